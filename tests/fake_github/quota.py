"""How many requests each client has left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fake_github.store import Token

HOUR = 3600.0
MINUTE = 60.0
ANONYMOUS = {"core": 60, "search": 10, "graphql": 0}


@dataclass(slots=True)
class Quota:
    """One client's share of one resource, until ``reset``."""

    resource: str
    limit: int
    reset: float  # seconds since 1970, by the real clock: clients compare it with theirs
    used: int = 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def headers(self) -> dict[str, str]:
        """Tell the client, in the headers of each answer."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(int(self.reset)),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Resource": self.resource,
        }

    def shown(self) -> dict[str, int]:
        """Tell whoever asks for ``/rate_limit``."""
        return {
            "limit": self.limit,
            "used": self.used,
            "remaining": self.remaining,
            "reset": int(self.reset),
        }


class Quotas:
    """Everybody's shares; a share is full again when its time has come."""

    def __init__(self) -> None:
        self._quotas: dict[tuple[str, str], Quota] = {}
        self._decreed: dict[str, tuple[int, float]] = {}

    def of(self, token: Token | None, resource: str) -> Quota:
        """Find the share of a token, or that of all who come without one."""
        key = (token.user.login if token else "", resource)
        quota = self._quotas.get(key)
        if quota is None or quota.reset <= time.time():
            quota = self._quotas[key] = self._new(token, resource)
        return quota

    def decree(self, resource: str, *, remaining: int, reset_in_seconds: float) -> None:
        """Leave every client with this much, until then."""
        self._decreed[resource] = (remaining, time.time() + reset_in_seconds)
        for key in [key for key in self._quotas if key[1] == resource]:
            del self._quotas[key]

    def _new(self, token: Token | None, resource: str) -> Quota:
        now = time.time()
        limit = _limit(token, resource)
        remaining, reset = self._decreed.get(resource, (limit, 0.0))
        if reset > now:
            return Quota(resource, limit, reset, used=max(0, limit - remaining))
        return Quota(resource, limit, now + (MINUTE if resource == "search" else HOUR))


def _limit(token: Token | None, resource: str) -> int:
    if token is None:
        return ANONYMOUS[resource]
    return {"core": token.hourly_limit, "search": 30, "graphql": token.hourly_limit}[resource]


def resource_of(path: str) -> str:
    """Tell which share a request is taken from."""
    first = path.split("/", 2)[1]
    return first if first in {"search", "graphql"} else "core"
