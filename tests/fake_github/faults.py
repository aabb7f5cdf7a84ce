"""What goes wrong when a test wants it to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fake_github.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

UNICORN = (
    b"<!DOCTYPE html>\n<html>\n  <head>\n    <title>Unicorn! &middot; GitHub</title>\n  </head>\n"
    b"  <body>\n    <p><strong>We couldn't respond to your request in time.</strong></p>\n"
    b"    <p>Sorry about that. Please try refreshing and contact us if the problem persists.</p>\n"
    b"  </body>\n</html>\n"
)


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with the next requests, or with the next to one path."""

    times: int
    path: str | None = None
    method: str | None = None
    answer: Answer | None = None
    slow_seconds: float = 0.0
    is_truncated: bool = False

    def strikes(self, method: str, path: str) -> bool:
        return self.path in {None, path} and self.method in {None, method}


@dataclass(slots=True)
class Faults:
    """Faults that wait for their request, in the order in which they were asked for."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        """Find what goes wrong with this request, and count it."""
        for fault in self.waiting:
            if fault.strikes(method, path):
                fault.times -= 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None


def failure(status: int, body: bytes | str | None, headers: Mapping[str, str] | None) -> Answer:
    """Make an answer that fails: GitHub's page for people unless a body is given."""
    kind = "text/html; charset=utf-8" if body is None else "application/json; charset=utf-8"
    raw = UNICORN if body is None else body.encode() if isinstance(body, str) else body
    return Answer(status, headers={"Content-Type": kind, **(headers or {})}, raw=raw)
