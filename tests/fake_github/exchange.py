"""One request and its answer, between HTTP and what the fake GitHub knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fake_github.repository import Repository
    from tests.fake_github.store import Store, Token

DOCS = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in, and the status that it was answered with."""

    method: str
    path: str  # "/repos/octo/demo/issues", without an Enterprise prefix
    query: Mapping[str, str]
    status: int
    is_conditional: bool
    body: Any  # decoded JSON; None if there was none
    login: str | None  # who asked; None for anonymous
    headers: Mapping[str, str]  # names in lower case; without the token


@dataclass(frozen=True, slots=True)
class Call:
    """A request, taken apart, on its way to a route."""

    store: Store
    api: str  # the address that this client knows the API by
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    token: Token | None
    parameters: Mapping[str, str] = field(default_factory=dict)  # from the path

    @property
    def login(self) -> str:
        """Who does it; the routes that write have made sure that it is somebody."""
        return self.token.user.login if self.token else ""

    def decoded(self) -> Any:  # noqa: ANN401 - whatever JSON the client sent
        """Decode the body; GitHub takes an empty one for an empty object."""
        try:
            return json.loads(self.body or b"{}")
        except ValueError:
            raise ApiError(400, "Problems parsing JSON") from None

    def repository(self) -> Repository:
        """Find the repository that the path names, or raise GitHub's redirection or 404."""
        if "repository_id" in self.parameters:
            found = self.store.repository_by_id(int(self.parameters["repository_id"]))
        else:
            name = f"{self.parameters['owner']}/{self.parameters['repo']}"
            found = self.store.repository(name)
            if found and found.full_name.lower() != name.lower():
                rest = self.path.split("/", 4)[4:]
                self.redirect("/".join([f"/repositories/{found.id}", *rest]))
        if found is None or (found.is_private and self.token is None):
            raise ApiError(404, "Not Found")
        return found

    def redirect(self, path: str) -> NoReturn:
        """Send the client elsewhere, as GitHub does after a transfer or a new name."""
        keeps_method = self.method == "GET"
        raise ApiError(
            301 if keeps_method else 307,
            "Moved Permanently" if keeps_method else "Temporary Redirect",
            url=self.api + path,
        )


@dataclass(slots=True)
class Answer:
    """What goes back: a JSON value, or raw bytes from a fault."""

    status: int
    value: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def body(self) -> bytes:
        """Encode as GitHub does, without spaces."""
        if self.raw is not None:
            return self.raw
        if self.status in {204, 304}:
            return b""
        return json.dumps(self.value, separators=(",", ":"), ensure_ascii=False).encode()


class ApiError(Exception):
    """An answer that says no, in the shape that GitHub says it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: list[dict[str, str]] | None = None,
        url: str = "",
        docs: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.url = url
        self.docs = docs
        self.headers = headers or {}

    def answer(self, docs: str) -> Answer:
        """Make the answer; ``docs`` is the page of the route that was asked for."""
        value: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            value["errors"] = self.errors
        if self.url:
            value["url"] = self.url
        value["documentation_url"] = self.docs or f"{DOCS}/{docs}".rstrip("/")
        if not self.url:
            value["status"] = str(self.status)
        headers = dict(self.headers)
        if self.url:
            headers["Location"] = self.url
        return Answer(self.status, value, headers)


def invalid(resource: str, field_name: str, code: str, message: str = "") -> ApiError:
    """Make the 422 that names a field and what is wrong with it."""
    error = {"resource": resource, "field": field_name, "code": code}
    if message:
        error["message"] = message
    return ApiError(422, "Validation Failed", errors=[error])
