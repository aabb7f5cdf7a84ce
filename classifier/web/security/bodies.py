"""How much a request may send, and how long it may take to.

Bodies are read whole before a route sees them, so that a refusal is an answer and not a broken
connection, and no thread waits for a slow client.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.web.problems import Problem, answer, busy
from classifier.web.security.signatures import check_signature

MEGABYTE = 1024 * 1024
SECONDS_TO_SEND = 20.0  # from the first byte to the last
MOST_AT_ONCE = 256 * MEGABYTE
SECONDS_UNTIL_LESS_IS_HELD = 2
WEBHOOKS = "/webhooks/github"
NUMBER = re.compile(r"[0-9]{1,18}")
LARGER = {
    WEBHOOKS: 25 * MEGABYTE,  # the most that GitHub sends
    "/labels": 25 * MEGABYTE,  # some 100,000 labels
    "/api/score": 5 * MEGABYTE,
    "/api/rank": 5 * MEGABYTE,
}


class TooLargeError(Exception):
    """A body is larger than its path takes."""


@dataclass(slots=True)
class Budget:
    """What all bodies that are held at one time may take."""

    left: int  # bytes


@dataclass(slots=True)
class _Held:
    """What one request has of the budget."""

    budget: Budget
    size: int = 0

    def take(self, size: int) -> None:
        """Take some more. Raises Problem (429) if others hold too much."""
        if size > self.budget.left:
            raise busy(SECONDS_UNTIL_LESS_IS_HELD)
        self.budget.left -= size
        self.size += size

    def let_go(self) -> None:
        """Give all of it back."""
        self.budget.left += self.size
        self.size = 0


class Bodies:
    """Refuse bodies that are too large (413) or take too long (408)."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        seconds_to_send: float = SECONDS_TO_SEND,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._app = app
        self._budget = Budget(most_at_once)
        self._seconds_to_send = seconds_to_send

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body and pass the request on with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LARGER.get(scope["path"], MEGABYTE)
        held = _Held(self._budget)
        try:
            headers = Headers(scope=scope)
            _check_declared(headers, most)
            if scope["path"] == WEBHOOKS:
                _check_webhook(scope["app"].state.settings.webhook_secret, headers)
            with anyio.fail_after(self._seconds_to_send):
                body = await _read(receive, most, held)
            if body is not None:
                scope.setdefault("state", {})["body"] = body
                await self._app(scope, replay(body, receive), send)
        except Problem as problem:
            await answer(scope["path"], problem)(scope, receive, send)
        except TooLargeError:
            await answer(scope["path"], _too_large(most))(scope, receive, send)
        except TimeoutError:
            await answer(scope["path"], self._too_slow())(scope, receive, send)
        finally:
            held.let_go()

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


def _check_webhook(secret: str, headers: Headers) -> None:
    """Refuse what no signature can be right of before 25 MiB of it are read."""
    signature = headers.get("x-hub-signature-256", "")
    if not (secret and signature):
        check_signature(secret, b"", "")


async def _read(receive: Receive, most: int, held: _Held) -> bytes | None:
    """Read all of it; None if the client went away."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        held.take(len(chunks[-1]))
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
