"""What is left to find: "reading on would find about 3 more".

Down the ranking to the first issue that nobody has read all is known, so only what lies below
needs an estimate. There the audit is a random sample without repeats, and how many silent bugs
that part has follows from it exactly, as the hypergeometric distribution has it. Those that were
read without being drawn count as what they are. This gives the interval, whatever the model is
worth; within it the number itself is what the unread issues' probabilities promise, so that it
fits what the queue shows of each.

References: Buonaccorsi 1987 (exact intervals for a finite population), Cormack and Grossman 2016
(stopping by a random sample of what is unread).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import hypergeom

from classifier.metrics import Estimate
from classifier.web.statistics import fewest
from classifier.web.statistics.estimates import TAIL, Booleans, Floats


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the unread issues hold, with 95 % intervals."""

    found_count: int  # silent bugs known
    unread_count: int
    audited_count: int  # of the sample, below the part that was read without a gap
    more: Estimate | None  # silent bugs among the unread; None where nothing was audited there
    open_count: int = 0  # read, but unsure or disagreed about
    newer_count: int = 0  # unread, and come since the audit: it says nothing of them
    newer_found_count: int = 0  # silent bugs known among those that came since

    @property
    def is_told(self) -> bool:
        """Whether enough is audited to say how many are left, or there is nothing left to read."""
        return self.more is not None and (
            not self.unread_count or self.audited_count >= fewest.BELOW
        )

    @property
    def recall(self) -> Estimate | None:
        """Share of the silent bugs that is found, 0 to 1; None where there may be none at all.

        At worst all open questions are silent bugs, too.
        """
        if self.more is None or not self.found_count + self.more.value:
            return None
        most, value, least = (
            self.found_count / (self.found_count + more) if self.found_count + more else 1.0
            for more in (self.more.low, self.more.value, self.more.high + self.open_count)
        )
        return Estimate(value, least, most)

    @property
    def sentence(self) -> str:
        """In plain words, whether reading on is worth while."""
        if self.newer_count:
            are = "newer issue is" if self.newer_count == 1 else "newer issues are"
            return f"{self._of_audited} {self.newer_count:,} {are} not audited yet."
        return self._of_audited

    @property
    def _of_audited(self) -> str:
        found = _bugs(self.found_count + self.newer_found_count)
        everything = "Everything older" if self.newer_count else "Everything"
        if not self.unread_count and self.open_count:
            questions = _count(self.open_count, "open question")
            return f"{everything} is read, but {questions} may hold more: {found} found so far."
        if not self.unread_count:
            return f"{everything} is read: {found} found, none left to find."
        if self.more is None or not self.is_told:
            return f"{found} found so far. {self._missing}"
        low, high = math.floor(self.more.low), math.ceil(self.more.high)
        unread = _count(self.unread_count, "unread issue")
        about = f"about {self.more.value:.0f} more" if round(self.more.value) else "likely no more"
        return (
            f"Reading on would find {about} (between {low} and {high}, with 95 % certainty) "
            f"in {unread}; {found} found so far."
        )

    @property
    def _missing(self) -> str:
        are = "is" if self.audited_count == 1 else "are"
        return (
            "How many more there are cannot be told yet: of the issues below those read by rank "
            f"{self.audited_count} {are} audited, and {fewest.BELOW} are needed."
        )


def remaining(
    ranks: Floats,
    is_silent: Floats,
    is_read: Booleans,
    is_sampled: Booleans,
    *,
    believed: float | None = None,
) -> Remaining:
    """Estimate what the unread hold: (issues,) each, in any order.

    ``ranks`` are scores, the highest read first, ``is_silent`` is 1, 0 or NaN where nobody said
    or could tell, ``is_sampled`` the audit; who was sampled and not read, was skipped, and may be
    a silent bug or none: the interval allows for both. What was read without a clear answer is an
    open question: it is not found, and reading on would not find it. ``believed`` is what the
    unread issues' probabilities promise; without it the audit alone tells the number.
    """
    is_below = ranks <= ranks[~is_read].max(initial=-np.inf)
    silent = is_silent == 1.0
    sample = is_below & is_sampled
    unread_count = int((~is_read).sum())
    more = None
    if not unread_count:
        more = Estimate(0.0, 0.0, 0.0)
    elif answered := int((sample & is_read).sum()):
        known, sampled = int((silent & is_below).sum()), int(sample.sum())
        issues, hits = int(is_below.sum()), int((silent & sample).sum())
        value = issues * hits / answered
        low, _ = _total(issues, sampled, hits)
        _, high = _total(issues, sampled, hits + sampled - answered)
        value, low, high = (min(max(0.0, one - known), unread_count) for one in (value, low, high))
        more = Estimate(min(max(low, value if believed is None else believed), high), low, high)
    open_count = int((is_read & np.isnan(is_silent)).sum())
    return Remaining(
        int(silent.sum()), unread_count, int((sample & is_read).sum()), more, open_count
    )


def within(expected: Estimate, left: Remaining) -> Estimate:
    """What some of the unread are expected to hold, which is never more than all of them do."""
    if left.more is None:
        return expected
    value, high = min(expected.value, left.more.value), min(expected.high, left.more.high)
    return Estimate(value, min(expected.low, value), max(high, value))


def _total(issues: int, sampled: int, silent: int) -> tuple[float, float]:
    """The exact interval of the silent bugs among all issues."""
    others = sampled - silent

    def too_few(total: int) -> bool:
        return silent > 0 and float(hypergeom.sf(silent - 1, issues, total, sampled)) <= TAIL

    def possible(total: int) -> bool:
        return float(hypergeom.cdf(silent, issues, total, sampled)) > TAIL

    low = _first(lambda total: not too_few(total), silent, issues - others)
    high = _first(lambda total: not possible(total), low, issues - others + 1) - 1
    return float(low), float(max(high, low))


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The smallest number from ``low`` on that it holds for; ``high`` if for none below."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _bugs(count: int) -> str:
    return _count(count, "silent bug")


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
