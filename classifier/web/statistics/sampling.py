"""Which decided issues are a random sample of the queue, whatever made people read them.

Every issue has a draw, uniform from 0 to 1. Audits take the undecided issue with the smallest
draw, so whatever lies below the draw of an audited issue was decided by then, by an audit or
before. An undecided one down there came later. Hence all issues up to an audited draw that
arrived before the first of those late ones are a simple random sample of all that arrived before
it. Reading by rank adds nothing to that sample and takes nothing from it.
"""

from dataclasses import dataclass

import numpy as np

from classifier.web.statistics.estimates import Booleans, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """A random sample and the population that it stands for: (issues,) each."""

    is_sampled: Booleans
    is_covered: Booleans  # the population: all that arrived before what is still to be audited

    @property
    def count(self) -> int:
        """Issues in the sample."""
        return int(self.is_sampled.sum())


def audit_of(draws: Floats, arrived_at: Floats, is_read: Booleans, is_audited: Booleans) -> Audit:
    """Find the largest such sample; all arrays are (issues,).

    Times are of any unit. ``is_read`` says who was voted on at all, unsure and skipped ones
    included, ``is_audited`` who was read because of its draw. Without an audit there is no
    sample: where reading by rank alone happens to stop, chance did not choose.
    """
    audited = np.sort(draws[is_read & is_audited])
    largest = Audit(np.zeros(len(draws), dtype=bool), np.ones(len(draws), dtype=bool))
    for end in _ends(draws, arrived_at, is_read, audited):
        is_drawn = draws <= end
        late = arrived_at[is_drawn & ~is_read]
        is_covered = arrived_at < late.min() if len(late) else np.ones(len(draws), dtype=bool)
        found = Audit(is_drawn & is_covered, is_covered)
        if found.count > largest.count:
            largest = found
    return largest


def _ends(draws: Floats, arrived_at: Floats, is_read: Booleans, audited: Floats) -> list[float]:
    """Audited draws worth ending at: the last of all, and the last before each earlier arrival.

    Going up the draws, the population shrinks only where a late issue is older than those before.
    """
    if not len(audited):
        return []
    late = np.flatnonzero(~is_read & (draws <= audited[-1]))
    late = late[np.argsort(draws[late], kind="stable")]
    times = arrived_at[late]
    is_older = times < np.minimum.accumulate(np.concatenate([[np.inf], times]))[:-1]
    places = np.searchsorted(audited, draws[late[is_older]]) - 1
    return [float(audited[-1]), *audited[places[places >= 0]].tolist()]
