"""What both the triage page's database and those who ask must know."""

from dataclasses import dataclass
from functools import cache

from benchmarks.issues import issues

REPOS = tuple(f"octo/bench-{number}" for number in range(1, 9))
REVIEWERS = ("Ada", "Grace", "Kurt")


@dataclass(frozen=True, slots=True)
class Asking:
    """How much is asked."""

    clients: int  # at a time
    requests: int  # of each client for each thing, in a run
    runs: int
    page: int  # of the queue, from which on nobody has looked at an issue

    @property
    def count(self) -> int:
        """Requests for one thing."""
        return self.clients * self.requests * self.runs


@cache
def sent(count: int) -> list[dict[str, str]]:
    """Issues as programs send them to be scored."""
    return [{"title": row["title"], "body": row["body"]} for row in issues(count)]
