"""How much a request may send, and how long it may take to.

Bodies are read whole before a route sees them, so that a refusal is an answer and not a broken
connection, and no thread waits for a slow client.
"""

import re
from http import HTTPStatus

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.web.problems import Problem, answer

MEGABYTE = 1024 * 1024
SECONDS_TO_SEND = 20.0  # from the first byte to the last
NUMBER = re.compile(r"[0-9]{1,18}")
LARGER = {
    "/webhooks/github": 25 * MEGABYTE,  # the most that GitHub sends
    "/labels": 25 * MEGABYTE,  # some 100,000 labels
    "/api/score": 5 * MEGABYTE,
    "/api/rank": 5 * MEGABYTE,
}


class TooLargeError(Exception):
    """A body is larger than its path takes."""


class Bodies:
    """Refuse bodies that are too large (413) or take too long (408)."""

    def __init__(self, app: ASGIApp, *, seconds_to_send: float = SECONDS_TO_SEND) -> None:
        self._app = app
        self._seconds_to_send = seconds_to_send

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body and pass the request on with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LARGER.get(scope["path"], MEGABYTE)
        try:
            _check_declared(Headers(scope=scope), most)
            with anyio.fail_after(self._seconds_to_send):
                body = await _read(receive, most)
        except TooLargeError:
            await answer(scope["path"], _too_large(most))(scope, receive, send)
            return
        except TimeoutError:
            await answer(scope["path"], self._too_slow())(scope, receive, send)
            return
        if body is not None:
            scope["state"]["body"] = body
            await self._app(scope, replay(body, receive), send)

    def _too_slow(self) -> Problem:
        return Problem(
            HTTPStatus.REQUEST_TIMEOUT,
            "The request took too long to arrive",
            hint=f"All of it must be here within {self._seconds_to_send:g} s.",
            headers={"Connection": "close"},
        )


def replay(body: bytes, receive: Receive) -> Receive:
    """Give out a body that was read already, then what comes after it."""
    whole: Message = {"type": "http.request", "body": body, "more_body": False}
    messages = iter([whole])

    async def receive_again() -> Message:
        message = next(messages, None)
        return message if message is not None else await receive()

    return receive_again


def _check_declared(headers: Headers, most: int) -> None:
    declared = headers.get("content-length", "0")
    if not NUMBER.fullmatch(declared) or int(declared) > most:
        raise TooLargeError


async def _read(receive: Receive, most: int) -> bytes | None:
    """Read all of it; None if the client went away."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > most:
            raise TooLargeError
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(most: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The request is too large",
        hint=f"Send no more than {most // MEGABYTE} MiB at once.",
        headers={"Connection": "close"},
    )
