"""How often one client may ask, so that one does not slow down all."""

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from classifier.errors import InputError
from classifier.web.problems import answer, busy

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNLIMITED_PATHS = frozenset({"/healthz", "/readyz"})
UNLIMITED_FOLDER = "/static/"
SIGN_IN = "/sign-in"
WHOLE_NUMBER = re.compile("[0-9]{1,9}", re.ASCII)
SET_BY = {  # variables of the environment
    "reads": "SILENTRANK_READS_A_MINUTE",
    "writes": "SILENTRANK_WRITES_A_MINUTE",
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests that one client may send in a minute; 0 is as many as it likes."""

    reads: int = 3000
    writes: int = 1200  # scoring is one, too; its queue has a bound of its own
    sign_ins: int = 10  # where a token is asked for


def rates_of(environment: Mapping[str, str]) -> Rates:
    """Read the rates that the server's environment sets; what it does not set is as in ``Rates()``.

    Raises InputError for what is no whole number.
    """
    given = {field: environment[name] for field, name in SET_BY.items() if name in environment}
    for field, count in given.items():
        if WHOLE_NUMBER.fullmatch(count) is None:
            raise InputError(
                f"{SET_BY[field]} is {count[:20]!r}",
                hint="Give a number of requests a minute; 0 is as many as a client likes.",
            )
    return replace(Rates(), **{field: int(count) for field, count in given.items()})


class RateLimits:
    """Answer 429 to a client that asks too often, and say when to try again."""

    def __init__(self, app: ASGIApp, *, is_open: bool, rates: Rates) -> None:
        self._app = app
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        allowed = {"reads": rates.reads, "writes": rates.writes, "sign-ins": rates.sign_ins}
        if is_open:
            del allowed["sign-ins"]  # nothing to guess
        self._items = {
            kind: RateLimitItemPerMinute(count, namespace=kind)
            for kind, count in allowed.items()
            if count
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if its client may still ask."""
        if scope["type"] == "http" and (seconds := self._seconds_to_wait(scope)):
            refused = answer(scope["path"], busy(seconds, "Too many requests"))
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _seconds_to_wait(self, scope: Scope) -> int:
        """Count the request; return 0 if it may pass."""
        item = self._items.get(_kind_of(scope))
        if item is None:
            return 0
        client = client_of(scope)
        if self._limiter.hit(item, client):
            return 0
        reset_time = self._limiter.get_window_stats(item, client).reset_time
        return max(1, math.ceil(reset_time - time.time()))


def client_of(scope: Scope) -> str:
    """Who asks: the address, of IPv6 the network, since one client has all of a network's."""
    client = scope.get("client")
    if not client:
        return "unknown"  # a Unix socket
    try:
        address = ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return str(address)


def _kind_of(scope: Scope) -> str:
    path = scope["path"]
    if path in UNLIMITED_PATHS or path.startswith(UNLIMITED_FOLDER):
        return ""
    if scope["method"] in SAFE_METHODS:
        return "reads"
    return "sign-ins" if path == SIGN_IN else "writes"
