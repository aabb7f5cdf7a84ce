"""The numbers on top of the status page; "?" and what is needed where one says nothing yet."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.web.statistics import fewest
from classifier.web.wording import share

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.overview import Overview

UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Tile:
    """A number, what it is of, and what it rests on."""

    title: str
    value: str
    hint: str


def tiles(found: "Overview") -> tuple[Tile, ...]:
    """All of them, in order."""
    return (
        Tile("Issues", f"{found.issue_count:,}", f"{found.open_count:,} open"),
        _read(found),
        _found(found),
        _left(found),
        _precision(found),
        _agreement(found),
    )


def _read(found: "Overview") -> Tile:
    hint = _count(found.decision_count, "decision")
    if found.edited_count:
        hint += f", {_count(found.edited_count, 'issue')} edited since"
    if found.open_question_count:
        hint += f", {_count(found.open_question_count, 'open question')}"
    return Tile("Read", f"{found.read_count:,}", hint)


def _found(found: "Overview") -> Tile:
    left = found.unread.remaining
    hint = "of how many is not known yet"
    if left.is_told and left.recall:
        low, high = share(left.recall.low), share(left.recall.high)
        hint = f"{low} to {high} of all there are" if left.recall.low < 1.0 else "all there are"
        if left.newer_count:
            hint = f"of those before {_count(left.newer_count, 'newer issue')}: {low} to {high}"
    return Tile("Silent bugs found", f"{left.found_count + left.newer_found_count:,}", hint)


def _left(found: "Overview") -> Tile:
    left = found.unread.remaining
    title, few = "Left to find", f"too few audited yet: {left.audited_count} of {fewest.BELOW}"
    if not left.unread_count and left.open_count:
        return Tile(title, UNKNOWN, f"{_count(left.open_count, 'open question')} may hold more")
    if left.more is None or not left.is_told:
        return Tile(title, UNKNOWN, few)
    hint = f"{left.more.low:.0f} to {left.more.high:.0f}"
    if left.newer_count:
        hint += f", and {_count(left.newer_count, 'newer issue')} not audited yet"
    return Tile(title, f"{left.more.value:.0f}", hint)


def _precision(found: "Overview") -> Tile:
    title, one = f"Precision at {share(found.threshold)}", found.precision
    if not found.has_precision or one.value is None:
        return Tile(title, UNKNOWN, f"too few audited yet: {one.total} of {fewest.ABOVE}")
    return Tile(title, share(one.value), f"{share(one.low)} to {share(one.high)}")


def _agreement(found: "Overview") -> Tile:
    from classifier.web.statistics.agreement import spelt  # noqa: PLC0415 - see above

    title, one = "Agreement, kappa", found.agreement
    if one.issue_count < fewest.AGREED:
        return Tile(
            title, UNKNOWN, f"too few read by two yet: {one.issue_count} of {fewest.AGREED}"
        )
    if one.kappa is None:
        return Tile(title, UNKNOWN, "all votes are the same word")
    return Tile(title, spelt(one.kappa), f"{spelt(one.low)} to {spelt(one.high)}")


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
