"""Who trains and who tests. A group of near-duplicates is never on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from classifier.errors import InputError

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Positions of the rows to train on and to test on, both rising."""

    name: str
    train: Indices
    test: Indices
    repeat: int = 0  # each row is tested at most once in a repeat


def repeated_stratified_splits(
    is_positive: Sequence[bool],
    groups: Sequence[int],
    *,
    folds: int = 5,
    repeats: int = 5,
    seed: int,
) -> list[Split]:
    """Cross-validation, ``repeats`` times: each row is tested once in every repeat.

    Folds hold nearly the same share of positives. Raises InputError unless each class is in at
    least ``folds`` groups.
    """
    positive = np.asarray(is_positive, dtype=bool)
    group = np.asarray(groups)
    _check_lengths(len(positive), len(group), "groups")
    _check_both_classes(positive, group, folds)
    splits = []
    for repeat in range(repeats):
        folder = StratifiedGroupKFold(folds, shuffle=True, random_state=seed + repeat)
        for fold, (train, test) in enumerate(folder.split(positive, positive, group)):
            splits.append(Split(f"repeat-{repeat + 1}-fold-{fold + 1}", train, test, repeat))
    return splits


def split_in_time(opened_at: Sequence[datetime], groups: Sequence[int], *, cutoff: date) -> Split:
    """Train on issues opened before ``cutoff`` (UTC), test on the rest.

    A row before the cutoff whose near-duplicate came later is in neither. Raises InputError if a
    side is empty.
    """
    _check_lengths(len(opened_at), len(groups), "groups")
    start = datetime(cutoff.year, cutoff.month, cutoff.day, tzinfo=UTC)
    is_later = np.array([moment >= start for moment in opened_at], dtype=bool)
    group = np.asarray(groups)
    is_tested = np.isin(group, group[is_later])
    split = Split(
        f"before-{cutoff.isoformat()}", np.flatnonzero(~is_tested), np.flatnonzero(is_later)
    )
    if not (split.train.size and split.test.size):
        raise InputError(
            f"The cutoff {cutoff} leaves {split.train.size} issues to train on and "
            f"{split.test.size} to test on",
            hint="Choose a date between the first and the last issue.",
        )
    return split


def extra_training_rows(extra_groups: Sequence[int], test_groups: Sequence[int]) -> Indices:
    """Positions of the extra rows, such as silver ones, that repeat no tested issue.

    Both come from one call of ``group_near_duplicates`` over all texts.
    """
    return np.flatnonzero(~np.isin(np.asarray(extra_groups), np.asarray(test_groups)))


def _check_lengths(rows: int, others: int, name: str) -> None:
    if rows != others:
        raise InputError(f"{rows} rows, {others} {name}", hint="Give one to each row.")


def _check_both_classes(positive: NDArray[np.bool_], group: Indices, folds: int) -> None:
    positives = len(np.unique(group[positive]))
    negatives = len(np.unique(group[~positive]))
    if min(positives, negatives) < folds:
        raise InputError(
            f"{positives} positive and {negatives} negative groups of issues are too few "
            f"for {folds} folds",
            hint=f"Each class needs at least {folds}.",
        )
