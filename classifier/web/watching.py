"""Watches every request: a line in the log, its time in the metrics, an answer if a route fails."""

import logging
import secrets
import time
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.web.metrics import Metrics
from classifier.web.problems import Problem, answer

LOG = logging.getLogger(__name__)
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
ASSETS = "/static/"
NO_ROUTE = "none"  # not the path: strangers choose it


class Traffic:
    """How many requests are being answered right now."""

    def __init__(self) -> None:
        self.count = 0  # changed in the event loop's thread alone

    @property
    def is_quiet(self) -> bool:
        """Whether there is none."""
        return not self.count


class Watch:
    """Log and count requests; answer 500, without a word of what went wrong, for a failed route."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, traffic: Traffic) -> None:
        self._app = app
        self._metrics = metrics
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of it when it is done."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        status = 0
        began = time.perf_counter()
        self._traffic.count += 1

        async def send_and_remember(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = state["request_id"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_remember)
        except Exception:
            LOG.exception("failed", extra={"request": state["request_id"]})
            if status:
                raise  # half an answer is sent; the server cuts the connection
            await answer(scope["path"], _failure(state["request_id"]))(
                scope, receive, send_and_remember
            )
        finally:
            self._traffic.count -= 1
            self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        state = scope["state"]
        reviewer = state.get("reviewer")
        facts = {
            "request": state["request_id"],
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "reviewer_id": reviewer.id if reviewer is not None else None,
        }
        LOG.log(logging.DEBUG if route == ASSETS else logging.INFO, "answered", extra=facts)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route, such as ``/issues/{issue_id}``."""
    if scope["path"].startswith(ASSETS):
        return ASSETS
    path = getattr(scope.get("route"), "path", NO_ROUTE)
    return path if isinstance(path, str) else NO_ROUTE


def _failure(request_id: str) -> Problem:
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on the server",
        hint=f"Its log has more, under request {request_id}.",
    )
