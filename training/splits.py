"""Who trains and who tests. A group of near-duplicates is never on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from classifier.errors import InputError

Indices = NDArray[np.intp]
MONTHS_A_QUARTER = 3


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Positions of the rows to train on and to test on, all rising."""

    name: str
    train: Indices  # judged rows: learned from, and what settings are chosen and calibrated on
    test: Indices
    repeat: int = 0  # each row is tested at most once in a repeat
    extra: Indices = field(default_factory=lambda: np.empty(0, dtype=np.intp))  # learned from only


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
    return _repeated(positive, group, folds=folds, repeats=repeats, seed=seed)


def repeated_class_splits(
    labels: Sequence[str], groups: Sequence[int], *, folds: int, repeats: int, seed: int
) -> list[Split]:
    """As ``repeated_stratified_splits``, of any number of classes.

    Raises InputError unless each class that occurs is in at least ``folds`` groups.
    """
    label, group = np.asarray(labels, dtype=np.str_), np.asarray(groups)
    _check_lengths(len(label), len(group), "groups")
    for name in np.unique(label):
        count = len(np.unique(group[label == name]))
        if count < folds:
            raise InputError(
                f"{count} groups of issues are {str(name)!r}, too few for {folds} folds",
                hint="Set fewer folds, or label more issues.",
            )
    return _repeated(label, group, folds=folds, repeats=repeats, seed=seed)


def _repeated(
    classes: NDArray[np.generic], group: Indices, *, folds: int, repeats: int, seed: int
) -> list[Split]:
    splits = []
    for repeat in range(repeats):
        folder = StratifiedGroupKFold(folds, shuffle=True, random_state=seed + repeat)
        for fold, (train, test) in enumerate(folder.split(classes, classes, group)):
            splits.append(Split(f"repeat-{repeat + 1}-fold-{fold + 1}", train, test, repeat))
    return splits


def rolling_origin_splits(
    opened_at: NDArray[np.datetime64], groups: Indices, *, first: date
) -> list[Split]:
    """Train on the past, test on the next quarter, from the quarter that ``first`` is in.

    A past row whose near-duplicate is tested stays out; rows without a date are in neither.
    Raises InputError if no quarter has both rows to test and rows before it.
    """
    _check_lengths(len(opened_at), len(groups), "groups")
    quarter = opened_at.astype("datetime64[M]").astype(int) // MONTHS_A_QUARTER
    start = np.datetime64(first, "M").astype(int) // MONTHS_A_QUARTER
    is_dated = ~np.isnat(opened_at)
    splits = []
    for origin in np.unique(quarter[is_dated & (quarter >= start)]):
        is_tested = is_dated & (quarter == origin)
        is_past = is_dated & (quarter < origin) & ~np.isin(groups, groups[is_tested])
        if is_past.any():
            splits.append(
                Split(_quarter_name(origin), np.flatnonzero(is_past), np.flatnonzero(is_tested))
            )
    if not splits:
        raise InputError(
            f"No issue was opened in or after the quarter of {first} with others before it",
            hint="Choose an earlier first_origin, between the first and the last issue.",
        )
    return splits


def leave_group_out_splits(names: Sequence[str], groups: Indices) -> list[Split]:
    """Test on each name's rows, train on the others that nearly repeat none of them."""
    _check_lengths(len(names), len(groups), "groups")
    name_of = np.asarray(names)
    splits = []
    for name in sorted(set(names)):
        is_tested = name_of == name
        is_apart = ~is_tested & ~np.isin(groups, groups[is_tested])
        splits.append(Split(name, np.flatnonzero(is_apart), np.flatnonzero(is_tested)))
    return splits


def _quarter_name(quarter: int) -> str:
    year, position = divmod(int(quarter), 4)
    return f"{1970 + year}-Q{position + 1}"


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
