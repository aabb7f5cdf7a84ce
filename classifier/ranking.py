"""Putting issues in order."""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import get_args

from classifier.errors import InputError
from classifier.types import IssueKey, RankBy, RankedIssue, Verdict


def rank(
    entries: Iterable[RankedIssue],
    *,
    by: RankBy = "probability",
    top: int | None = None,
    min_probability: float = 0.0,
) -> tuple[RankedIssue, ...]:
    """Sort by falling probability or priority and number from 1, whatever ranks there were.

    Ties go to the older issue (the lower key, then title and address), so that reruns agree.
    What is ranked may be ranked again together with more: the result is as if ranked at once.

    Raises InputError if ``top`` is below 1, ``min_probability`` is not between 0 and 1, or an
    entry has no priority to be ranked by.
    """
    check_limits(by=by, top=top, min_probability=min_probability)
    likely = (entry for entry in entries if entry.probability >= min_probability)
    in_order = sorted(likely, key=partial(order, by=by))[:top]
    return tuple(replace(entry, rank=rank) for rank, entry in enumerate(in_order, start=1))


def verdict_of(entry: RankedIssue, threshold: float) -> Verdict:
    """Tell what is worth reading: what reaches the threshold, unless facts are missing near it."""
    if entry.missing:
        return Verdict.CANT_TELL
    return Verdict.READ if entry.probability >= threshold else Verdict.LEAVE


def check_limits(*, by: RankBy, top: int | None, min_probability: float) -> None:
    """Raise InputError for an order or limits that ``rank`` would refuse."""
    if by not in get_args(RankBy):
        raise InputError(
            f"Cannot rank by {by!r}", hint=f"Rank by one of: {', '.join(get_args(RankBy))}."
        )
    if top is not None and top < 1:
        raise InputError(f"Cannot keep the top {top} issues", hint="Ask for 1 or more.")
    if math.isnan(min_probability) or not 0.0 <= min_probability <= 1.0:
        raise InputError(
            f"{min_probability} is not a probability", hint="Give a number from 0 to 1."
        )


def order(entry: RankedIssue, *, by: RankBy = "probability") -> tuple[float, IssueKey, str, str]:
    """Return what entries are sorted by: the likeliest or most urgent, then the oldest first."""
    value = entry.probability if by == "probability" else entry.priority
    if value is None:
        raise InputError(
            f"Nothing tells the priority of {entry.title!r}",
            hint="Rank by probability, or score it with a model that knows scenarios.",
        )
    return -value, entry.key, entry.title, entry.url
