"""How the probabilities of a repository's issues are spread, for the little picture beside one."""

import time
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from classifier.web.store.tables import IssueRow

BINS = 20
SECONDS_TO_KEEP = 60.0  # counting 100,000 issues takes a while, and they change little
TALLEST = 20.0  # units of the picture


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin of the picture."""

    x: float
    height: float  # by the square root of the count, so that few are still seen beside many
    is_here: bool  # whether the issue is in it


@dataclass(frozen=True, slots=True)
class Spread:
    """Counts of open issues by probability, in twentieths."""

    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many issues there are."""
        return sum(self.counts)

    def bars(self, probability: float) -> tuple[Bar, ...]:
        """The picture, 100 wide and 20 high, with the issue's own bin told apart."""
        most = max(*self.counts, 1) ** 0.5
        return tuple(
            Bar(number * 100 / BINS, TALLEST * count**0.5 / most, number == bin_of(probability))
            for number, count in enumerate(self.counts)
        )


class Spreads:
    """Keeps what was counted for a minute."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Spread]] = {}

    def of(self, session: Session, repo: str) -> Spread:
        """Count a repository's open issues, or take what was counted a moment ago."""
        counted_at, spread = self._kept.get(repo, (0.0, Spread(())))
        if not spread.counts or time.monotonic() - counted_at > SECONDS_TO_KEEP:
            spread = count_spread(session, repo)
            self._kept[repo] = (time.monotonic(), spread)
        return spread


def count_spread(session: Session, repo: str) -> Spread:
    """Count a repository's open issues in each twentieth of the probability."""
    bins = case(
        *((IssueRow.current < (number + 1) / BINS, number) for number in range(BINS - 1)),
        else_=BINS - 1,
    )
    counted = session.execute(
        select(bins, func.count())
        .where(IssueRow.repo == repo, IssueRow.state == "open")
        .group_by(bins)
    )
    found = {number: count for number, count in counted}  # noqa: C416 - dict() takes a result for a mapping
    return Spread(tuple(found.get(number, 0) for number in range(BINS)))


def bin_of(probability: float) -> int:
    """Which twentieth a probability is in."""
    return next((n for n in range(BINS - 1) if probability < (n + 1) / BINS), BINS - 1)
