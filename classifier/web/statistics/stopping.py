"""What is left to find: "reading on would find about 3 more".

Down the ranking to the first issue that nobody has read all is known, so only what lies below
needs an estimate. There the audit is a random sample without repeats, and how many silent bugs
that part has follows from it exactly, as the hypergeometric distribution has it. Those that were
read without being drawn count as what they are.

References: Buonaccorsi 1987 (exact intervals for a finite population), Cormack and Grossman 2016
(stopping by a random sample of what is unread).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import hypergeom

from classifier.metrics import Estimate
from classifier.prior_shift import add_offset, offset_to_mean
from classifier.web.statistics.estimates import TAIL, Booleans, Floats

RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the unread issues hold, with 95 % intervals."""

    found_count: int  # silent bugs known
    unread_count: int
    audited_count: int  # of the sample, below the part that was read without a gap
    more: Estimate | None  # silent bugs among the unread; None where nothing was audited there

    @property
    def recall(self) -> Estimate | None:
        """Share of the silent bugs that is found, 0 to 1; None where there may be none at all."""
        if self.more is None or not self.found_count + self.more.value:
            return None
        most, value, least = (
            self.found_count / (self.found_count + more) if self.found_count + more else 1.0
            for more in (self.more.low, self.more.value, self.more.high)
        )
        return Estimate(value, least, most)

    @property
    def sentence(self) -> str:
        """In plain words, whether reading on is worth while."""
        if not self.unread_count:
            return f"Everything is read: {_bugs(self.found_count)} found, none left to find."
        if self.more is None:
            return (
                f"{_bugs(self.found_count)} found so far. How many more there are cannot be told "
                "yet: no issue below those read by rank has been audited."
            )
        low, high = math.floor(self.more.low), math.ceil(self.more.high)
        about = f"about {self.more.value:.0f} more" if round(self.more.value) else "likely no more"
        return (
            f"Reading on would find {about} (between {low} and {high}, with 95 % certainty) "
            f"in {self.unread_count:,} unread issues; {_bugs(self.found_count)} found so far."
        )


def remaining(
    ranks: Floats, is_silent: Floats, is_read: Booleans, is_sampled: Booleans
) -> Remaining:
    """Estimate what the unread hold: (issues,) each, in any order.

    ``ranks`` are scores, the highest read first, ``is_silent`` is 1, 0 or NaN where nobody said
    or could tell, ``is_sampled`` the audit. What was read without a clear answer counts as not
    silent: it is not found, and reading on would not find it.
    """
    is_below = ranks <= ranks[~is_read].max(initial=-np.inf)
    silent = is_silent == 1.0
    sample = is_below & is_sampled
    unread_count = int((~is_read).sum())
    more = None
    if not unread_count:
        more = Estimate(0.0, 0.0, 0.0)
    elif sample.any():
        known = int((silent & is_below).sum())
        total = _total(int(is_below.sum()), int(sample.sum()), int((silent & sample).sum()))
        more = Estimate(*(min(max(0.0, value - known), unread_count) for value in total))
    return Remaining(int(silent.sum()), unread_count, int(sample.sum()), more)


def expect(
    probabilities: Floats,
    sampled: Floats,
    is_silent: Floats,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Silent bugs to expect among the next issues, whose ``probabilities`` are (next,).

    The model's probabilities are believed once their log-odds are shifted so that they are right
    on average for the audit, ``sampled`` and ``is_silent`` without NaN: (audited,) each; as they
    are without one. The interval has the audit drawn anew and each issue settled by its
    probability.
    """
    random = np.random.default_rng(seed)
    draws = np.empty(resamples)
    for number in range(resamples):
        drawn = random.integers(0, len(sampled), len(sampled))
        shifted = _shifted(probabilities, sampled[drawn], is_silent[drawn])
        draws[number] = (random.random(len(shifted)) < shifted).sum()
    value = float(_shifted(probabilities, sampled, is_silent).sum())
    low, high = np.quantile(draws, [TAIL, 1.0 - TAIL])
    return Estimate(value, min(float(low), value), max(float(high), value))


def _shifted(probabilities: Floats, sampled: Floats, is_silent: Floats) -> Floats:
    if not len(sampled):
        return probabilities
    silent = int(is_silent.sum())
    rate = (silent + 0.5) / (len(sampled) + 1)
    return add_offset(probabilities, offset_to_mean(sampled, rate))


def _total(issues: int, sampled: int, silent: int) -> tuple[float, float, float]:
    """Silent bugs among all issues, with the exact interval: value, low, high."""
    others = sampled - silent

    def too_few(total: int) -> bool:
        return silent > 0 and float(hypergeom.sf(silent - 1, issues, total, sampled)) <= TAIL

    def possible(total: int) -> bool:
        return float(hypergeom.cdf(silent, issues, total, sampled)) > TAIL

    low = _first(lambda total: not too_few(total), silent, issues - others)
    high = _first(lambda total: not possible(total), low, issues - others + 1) - 1
    return issues * silent / sampled, float(low), float(max(high, low))


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
    return f"{count:,} silent bug{'' if count == 1 else 's'}"
