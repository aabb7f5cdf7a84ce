"""What the unread issues hold: all of them, and the next ones; one story for both."""

from dataclasses import dataclass, replace

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
    covered_count: int = 0  # issues that the audit speaks of
    skipped_count: int = 0  # of the audited


def unread(known: Screened, ranks: Floats, probabilities: Floats, is_open: Booleans) -> Unread:
    """Tell from the audit, the ranking and the model's calibrated probabilities: (issues,) each.

    How many are left is told only of those that the audit covers, not of what came since. What
    issues are ranked by may be a head's word, which is good for the order alone.
    """
    sampled, is_read = known.audit.is_sampled, known.is_read
    clear = sampled & ~np.isnan(known.is_silent)
    shift = shift_of(probabilities[clear], known.is_silent[clear])
    here = known.audit.is_covered
    left = remaining(
        ranks[here],
        known.is_silent[here],
        is_read[here],
        sampled[here],
        believed=float(shift.apply(probabilities[here & ~is_read]).sum()),
    )
    newer = int((~here & ~is_read).sum())
    newer_found = int((~here & (known.is_silent == 1.0)).sum())
    left = replace(left, newer_count=newer, newer_found_count=newer_found)
    waiting = np.flatnonzero(~is_read & is_open)
    first = waiting[np.argsort(-ranks[waiting], kind="stable")][:NEXT]
    expected = shift.expect(probabilities[first]) if len(first) else None
    if expected is not None and not newer:
        expected = within(expected, left)
    return Unread(
        left,
        expected,
        len(first),
        float(np.exp(shift.likeliest)),
        int(here.sum()),
        int((sampled & ~is_read).sum()),
    )
