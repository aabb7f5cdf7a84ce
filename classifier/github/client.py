"""Requests to GitHub: PyGithub's, with answers kept on disk."""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil
from pathlib import Path
from typing import Any, Self

from github import GithubException
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, RequestException
from requests.utils import parse_header_links

from classifier.errors import GitHubError
from classifier.github.answers import Answers
from classifier.github.connections import requester
from classifier.github.failures import Failures, expecting
from classifier.github.retries import OnWait
from classifier.github.server import Server, find_server

PER_PAGE = 100  # GitHub's most
TRIES_OF_BROKEN_ANSWERS = 3

GRAPHQL_LIMITS = ("RATE_LIMITED", "RATE_LIMIT")

Parameters = Mapping[str, str | int]
Answer = tuple[Mapping[str, Any], Any]  # headers in lower case, and decoded JSON


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests are left, as GitHub said last."""

    left: int
    limit: int
    resets_at: datetime


class Client:
    """One GitHub under one token. Close it, or use it as a context.

    Every method raises GitHubError for whatever goes wrong on the way. Paths are those of REST,
    from ``/`` on, or whole addresses that GitHub gave.
    """

    def __init__(
        self, server: Server, token: str | None, answers: Answers | None, on_wait: OnWait
    ) -> None:
        self.server = server
        self.answers = answers
        self.has_token = token is not None
        self._failures = Failures(token, is_kept=answers is not None)
        self._requester = requester(server.api, token, answers, on_wait)

    @property
    def quota(self) -> Quota | None:
        """What is left; None before the first answer."""
        left, limit = self._requester.rate_limiting
        resets_at = datetime.fromtimestamp(self._requester.rate_limiting_resettime, UTC)
        return Quota(left, limit, resets_at) if limit >= 0 else None

    def get(
        self,
        path: str,
        parameters: Parameters | None = None,
        *,
        fetched_since: float | None = None,
    ) -> Any:  # noqa: ANN401 - decoded JSON
        """Get decoded JSON; what is on disk is used if GitHub says that it is still so.

        What was fetched at or after ``fetched_since``, in seconds since 1970, is not asked for
        again.
        """
        return self._read(path, parameters, fetched_since)[1]

    def pages(
        self, path: str, parameters: Parameters, *, fetched_since: float | None = None
    ) -> Iterator[Any]:
        """Get a list page by page, each as ``get`` does and gone before the next comes.

        PyGithub's own lists keep all that they have read.
        """
        following: str | None = path
        given: Parameters | None = {**parameters, "per_page": PER_PAGE}
        while following is not None:
            headers, page = self._read(following, given, fetched_since)
            yield page
            following, given = self._next(headers), None  # the next one's address has them all

    def graphql(self, query: str) -> tuple[Any, list[Any]]:
        """Ask in GraphQL. Returns the data, and the errors where parts of it are missing."""
        address, question = self._requester.graphql_url, {"query": query, "variables": {}}
        headers, answer = self._persistently("POST", address, subject="a query", input=question)
        with expecting("a query"):
            data, errors = answer.get("data"), list(answer.get("errors") or ())
            limits = [error for error in errors if error.get("type") in GRAPHQL_LIMITS]
        for error in limits:  # which REST tells by the status
            raise self._failures.told(GithubException(403, error, dict(headers)), "a query")
        return data, errors

    def send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Change something: ``POST``, ``PATCH``, ``PUT`` or ``DELETE``; returns decoded JSON.

        A ``POST`` whose answer got lost is not sent again: it may have been obeyed.
        """
        return self._ask(method, path, subject=_subject(path), input=body)[1]

    def send_once(self, path: str, body: object) -> tuple[Any, bool]:
        """Post what can be there but once; returns decoded JSON, and whether it is new."""
        with self._telling_of(_subject(path)):
            status, headers, text = self._requester.requestJson("POST", path, input=body)
            answer = json.loads(text)
            if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
                raise self._requester.createException(status, headers, answer)
        return answer, status == HTTPStatus.CREATED

    def close(self) -> None:
        """Close connections and the file of answers."""
        self._requester.close()
        if self.answers is not None:
            self.answers.close()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _read(
        self, path: str, parameters: Parameters | None, fetched_since: float | None
    ) -> Answer:
        # one second more: GitHub dates its answers in whole seconds
        age = 0 if fetched_since is None else max(0, ceil(time.time() - fetched_since) + 1)
        return self._persistently(
            "GET",
            path,
            subject=_subject(path),
            parameters=dict(parameters or {}),
            headers={"Cache-Control": f"max-age={age}"},
        )

    def _persistently(self, method: str, path: str, *, subject: str, **how: object) -> Answer:
        """Ask again for what came broken, which PyGithub would hand on."""
        for _ in range(TRIES_OF_BROKEN_ANSWERS - 1):
            try:
                return self._ask(method, path, subject=subject, **how)
            except BrokenAnswerError:
                if self.answers is not None and method == "GET":
                    self.answers.forget_latest()  # or it would be found again as it is
        return self._ask(method, path, subject=subject, **how)

    def _ask(self, method: str, path: str, *, subject: str, **how: Any) -> Answer:  # noqa: ANN401
        with self._telling_of(subject):
            headers, answer = self._requester.requestJsonAndCheck(method, path, **how)
            if isinstance(answer, Mapping) and isinstance(answer.get("data"), str):
                raise ContentDecodingError  # PyGithub wraps text up that is no JSON
            if method == "GET" and "location" in headers:
                raise RuntimeError(headers["location"])  # a redirection that it does not follow
            return headers, answer

    @contextlib.contextmanager
    def _telling_of(self, subject: str) -> Iterator[None]:
        try:
            yield
        except (ChunkedEncodingError, ContentDecodingError, ValueError) as error:
            failure = self._failures.told(error, subject)
            raise BrokenAnswerError(str(failure), hint=failure.hint) from error
        # RuntimeError and AssertionError: what PyGithub says of addresses that lead elsewhere
        except (GithubException, RequestException, RuntimeError, AssertionError) as error:
            raise self._failures.told(error, subject) from error

    def _next(self, headers: Mapping[str, Any]) -> str | None:
        links = parse_header_links(headers.get("link", ""))
        address = next((link["url"] for link in links if link.get("rel") == "next"), None)
        if address is not None and not address.startswith(f"{self.server.api}/"):
            raise GitHubError(f"GitHub's next page is not at {self.server.api}: {address}")
        return address


class BrokenAnswerError(GitHubError):
    """An answer came to an end too early, or is not what was asked for."""


def connect(
    *, cache: Path | None = None, token: str | None = None, on_wait: OnWait | None = None
) -> Client:
    """Make a client for the GitHub that the environment names; nothing is sent yet.

    ``cache`` is where answers are kept; without one, nothing is. ``on_wait`` hears, in seconds,
    of waits that are long enough for a person to wonder.
    """
    server = find_server()
    answers = None if cache is None else Answers(cache, api=server.api, token=token)
    return Client(server, token, answers, on_wait or (lambda _: None))


def _subject(path: str) -> str:
    """What a person calls it: ``octo/demo`` for ``/repos/octo/demo/issues``."""
    return path.partition("?")[0].removeprefix("/repos/").removesuffix("/issues")
