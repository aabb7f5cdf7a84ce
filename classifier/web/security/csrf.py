"""Keeps other sites from acting in a reviewer's name (cross-site request forgery).

Whoever changes something must do so from this server's own pages, as far as the browser says, and
with the token that these pages have; programs show a token of their own instead. Without a cookie
the API acts in nobody's name but the one that the request gives, and only on loopback; there the
browser's word and the content type, which no form can send, keep other sites out.
"""

import hmac
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from classifier.web.problems import Problem, answer
from classifier.web.security.bodies import replay
from classifier.web.security.limits import SAFE_METHODS

FIELD = "csrf_token"
HEADER = "x-csrf-token"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
API = "/api/"
SIGNED = "/webhooks/"  # requests that carry a signature of their own
OWN_SITES = ("same-origin", "none")  # "none": no site at all; another port is "same-site"
MOST_FIELDS = 100


class Forgery:
    """Refuse what another site may have sent (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is the reviewer's own."""
        if scope["type"] != "http" or not _changes_something(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not _comes_from_here(headers):
            await answer(scope["path"], _refusal())(scope, receive, send)
            return
        if _needs_form_token(scope):
            body: bytes = scope["state"]["body"]
            given = headers.get(HEADER) or await _in_form(scope, body, receive)
            if not _fits(scope["state"], given):
                await answer(scope["path"], _refusal())(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _changes_something(scope: Scope) -> bool:
    return scope["method"] not in SAFE_METHODS and not scope["path"].startswith(SIGNED)


def _comes_from_here(headers: Headers) -> bool:
    """Whether the browser, if it is one, says that one of our own pages asks."""
    if headers.get("sec-fetch-site", OWN_SITES[0]) not in OWN_SITES:
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == headers.get("host", "").lower()


def _needs_form_token(scope: Scope) -> bool:
    """Programs need none: those with a token, and those that no cookie speaks for."""
    state = scope["state"]
    if state["has_token"]:
        return False
    return not scope["path"].startswith(API) or state["reviewer"] is not None


async def _in_form(scope: Scope, body: bytes, receive: Receive) -> str:
    """Find the token in a form; "" if there is none."""
    if not Headers(scope=scope).get("content-type", "").startswith(FORM_TYPES):
        return ""
    request = Request(dict(scope), replay(body, receive))
    try:
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            given = form.get(FIELD)
    except (HTTPException, MultiPartException):
        return ""
    return given if isinstance(given, str) else ""


def _fits(state: dict[str, Any], given: str) -> bool:
    if state["visit"] is None:
        return False
    expected: str = state["visits"].form_token(state["visit"])
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def _refusal() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "This form is not from a page of this server, or too old",
        hint="Load the page again and repeat what you did; cookies must be allowed.",
    )
