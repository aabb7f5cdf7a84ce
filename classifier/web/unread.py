"""What the unread issues hold: all of them, and the next ones; one story for both."""

from dataclasses import dataclass

import numpy as np

from classifier.metrics import Estimate
from classifier.web.audits import Screened
from classifier.web.statistics.estimates import Booleans, Floats
from classifier.web.statistics.expectation import shift_of
from classifier.web.statistics.stopping import Remaining, remaining, within

NEXT = 20  # issues of which it is said how many silent bugs to expect


@dataclass(frozen=True, slots=True)
class Unread:
    """How many silent bugs to expect of those whom nobody has read."""

    remaining: Remaining
    expected: Estimate | None  # silent bugs in the next of the queue; None where it is empty
    expected_of: int
    odds_factor: float  # what the audit multiplies all odds by


def unread(known: Screened, ranks: Floats, is_open: Booleans) -> Unread:
    """Tell from the audit, and from the probabilities that issues are ranked by: (issues,) each."""
    sampled, is_read = known.audit.is_sampled, known.is_read
    clear = sampled & ~np.isnan(known.is_silent)
    shift = shift_of(ranks[clear], known.is_silent[clear])
    believed = float(shift.apply(ranks[~is_read]).sum())
    left = remaining(ranks, known.is_silent, is_read, sampled & is_read, believed=believed)
    waiting = np.flatnonzero(~is_read & is_open)
    first = waiting[np.argsort(-ranks[waiting], kind="stable")][:NEXT]
    expected = within(shift.expect(ranks[first]), left) if len(first) else None
    return Unread(left, expected, len(first), float(np.exp(shift.likeliest)))
