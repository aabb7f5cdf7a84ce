"""What the status page says of the model and of the next issues, in plain sentences."""

from typing import TYPE_CHECKING

from classifier.web.statistics import fewest
from classifier.web.wording import share

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.overview import Overview
    from classifier.web.statistics.estimates import Share
    from classifier.web.unread import Unread

NOTICED = 1.1  # from this factor on it is said that the audit has moved the odds


def audit(found: "Overview") -> str:
    """How large the random sample is."""
    if not found.audited_count:
        return (
            "Nothing is audited yet. Precision and recall need issues that chance chose: decide "
            "some on the screening page, which mixes them in."
        )
    unclear = found.audited_count - found.clear_count
    rest = f", {unclear} of them without a clear answer" if unclear else ""
    issues = "issue is" if found.audited_count == 1 else "issues are"
    skipped = found.unread.skipped_count
    if skipped:
        rest += f", {skipped} skipped"
    told = f"{found.audited_count:,} {issues} audited: a random sample of the queue{rest}."
    if found.unread.remaining.newer_count:
        told += f" They speak of the {found.unread.covered_count:,} issues that came before."
    if any(head.is_active for head in found.heads):
        told += (
            " Precision and recall are those of the model's own probabilities; where a learned "
            "model is in use, it orders the queue instead."
        )
    return told


def precision(found: "Overview") -> str:
    """How many of the issues above the threshold are silent bugs."""
    at = share(found.threshold)
    if not found.precision.total:
        return f"No audited issue from the threshold of {at} on is decided yet."
    if not found.has_precision:
        return (
            f"{_of(found.precision, 'audited issue')} from the threshold of {at} on "
            f"{_are(found.precision)}: too few yet to tell precision, which needs {fewest.ABOVE}."
        )
    return (
        f"{_of(found.precision, 'audited issue')} from the threshold of {at} on "
        f"{_are(found.precision)}: precision {_interval(found.precision)}."
    )


def recall(found: "Overview") -> str:
    """How many of the silent bugs lie above the threshold."""
    at, total = share(found.threshold), found.recall.total
    if not total:
        return f"No audited issue is a silent bug yet, so recall at {at} cannot be told."
    if not found.has_recall:
        bugs = "audited issue is a silent bug" if total == 1 else "audited issues are silent bugs"
        return f"{total} {bugs}: too few yet to tell recall at {at}, which needs {fewest.SILENT}."
    return (
        f"{_of(found.recall, 'audited silent bug')} {'lies' if found.recall.count == 1 else 'lie'} "
        f"from {at} on: recall {_interval(found.recall)}."
    )


def reliability(found: "Overview") -> str:
    """What is missing before it can be drawn whether probabilities mean what they say."""
    if found.has_reliability:
        return ""
    return (
        "Whether probabilities mean what they say is drawn from "
        f"{fewest.RELIABLE} audited issues with a clear answer on; {found.clear_count} so far."
    )


def expected(found: "Unread") -> str:
    """How many silent bugs the next issues of the queue should hold."""
    if found.expected is None:
        return ""
    low, high = round(found.expected.low), round(found.expected.high)
    count = found.expected_of
    first = "the next issue" if count == 1 else f"the next {count} issues"
    factor = found.odds_factor
    moved = ""
    if max(factor, 1 / factor) >= NOTICED:
        moved = f", with odds times {factor:.2g} as the audit has it"
    return (
        f"By the probabilities{moved}, {first} of the queue should hold about "
        f"{found.expected.value:.1f} silent bugs ({low} to {high})."
    )


def _are(one: "Share") -> str:
    return "is a silent bug" if one.count == 1 else "are silent bugs"


def _of(one: "Share", what: str) -> str:
    return f"{one.count:,} of {one.total:,} {what}{'' if one.total == 1 else 's'}"


def _interval(one: "Share") -> str:
    return f"{share(one.value or 0.0)} ({share(one.low)} to {share(one.high)})"
