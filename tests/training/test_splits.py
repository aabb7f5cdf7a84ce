from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import InputError
from training.splits import (
    extra_training_rows,
    repeated_stratified_splits,
    split_in_time,
)

# (group, is positive); at least five groups of each class are added below
rows = st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60)
LARGE_ENOUGH = [(100 + number, number % 2 == 0) for number in range(12)]


@settings(deadline=None, max_examples=40)
@given(rows, st.integers(0, 1000))
def test_a_group_never_straddles_and_each_row_is_tested_once_a_repeat(
    some: list[tuple[int, bool]], seed: int
) -> None:
    groups, is_positive = map(list, zip(*some, *LARGE_ENOUGH, strict=True))
    splits = repeated_stratified_splits(is_positive, groups, repeats=2, seed=seed)
    group = np.array(groups)
    for split in splits:
        assert not set(group[split.train]) & set(group[split.test])
        assert sorted([*split.train, *split.test]) == list(range(len(groups)))
    for repeat in (splits[:5], splits[5:]):
        tested = np.concatenate([split.test for split in repeat])
        assert sorted(tested) == list(range(len(groups)))


def test_the_same_seed_gives_the_same_splits_and_another_seed_others() -> None:
    is_positive = [number % 7 == 0 for number in range(200)]
    first, again, other = (
        repeated_stratified_splits(is_positive, range(200), seed=seed) for seed in (1, 1, 2)
    )
    assert [split.test.tolist() for split in first] == [split.test.tolist() for split in again]
    assert [split.test.tolist() for split in first] != [split.test.tolist() for split in other]


def test_repeats_differ_and_every_split_has_its_own_name() -> None:
    is_positive = [number % 7 == 0 for number in range(200)]
    splits = repeated_stratified_splits(is_positive, range(200), repeats=3, seed=1)
    assert len({split.name for split in splits}) == 15
    assert len({tuple(split.test) for split in splits}) == 15
    assert splits[0].name == "repeat-1-fold-1"


def test_folds_hold_the_studys_share_of_positives() -> None:
    is_positive = [number < 77 for number in range(1166)]
    for split in repeated_stratified_splits(is_positive, range(1166), seed=0):
        assert np.take(is_positive, split.test).sum() in (15, 16)


@pytest.mark.parametrize(
    ("is_positive", "message"),
    [
        ([False] * 20, "0 positive and 20 negative groups"),
        ([True] * 20, "20 positive and 0 negative groups"),
        ([True] * 4 + [False] * 16, "4 positive and 16 negative groups .* for 5 folds"),
    ],
)
def test_too_few_of_a_class_is_refused_with_both_numbers(
    is_positive: list[bool], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        repeated_stratified_splits(is_positive, range(20), seed=0)


def test_many_positives_in_one_group_are_still_too_few() -> None:
    with pytest.raises(InputError, match="1 positive and 10 negative groups"):
        repeated_stratified_splits([True] * 10 + [False] * 10, [0] * 10 + [*range(1, 11)], seed=0)


def test_lengths_that_differ_are_refused_with_both_numbers() -> None:
    with pytest.raises(InputError, match="3 rows, 2 groups"):
        repeated_stratified_splits([True, False, True], [0, 1], seed=0)


FIRST_DAY = datetime(2018, 1, 1, tzinfo=UTC)
moments = st.integers(0, 4 * 365 * 24).map(lambda hours: FIRST_DAY + timedelta(hours=hours))


@given(st.lists(st.tuples(moments, st.integers(0, 5)), max_size=20))
def test_a_split_in_time_never_trains_on_the_future_or_on_a_copy_of_it(
    some: list[tuple[datetime, int]],
) -> None:
    earliest = (datetime(2017, 1, 1, tzinfo=UTC), 98)
    latest = (datetime(2023, 1, 1, tzinfo=UTC), 99)
    opened_at, groups = map(list, zip(*some, earliest, latest, strict=True))
    split = split_in_time(opened_at, groups, cutoff=date(2020, 1, 1))
    start = datetime(2020, 1, 1, tzinfo=UTC)
    assert all(opened_at[row] < start for row in split.train)
    assert split.test.tolist() == [row for row, moment in enumerate(opened_at) if moment >= start]
    tested = {groups[row] for row in split.test}
    left_out = set(range(len(groups))) - {*split.train, *split.test}
    assert not {groups[row] for row in split.train} & tested
    assert {groups[row] for row in left_out} <= tested


def test_the_cutoff_day_is_tested() -> None:
    opened_at = [datetime(2019, 12, 31, 23, 59, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)]
    split = split_in_time(opened_at, [0, 1], cutoff=date(2020, 1, 1))
    assert (split.name, split.train.tolist(), split.test.tolist()) == (
        "before-2020-01-01",
        [0],
        [1],
    )


@pytest.mark.parametrize(
    ("year", "message"),
    [(2010, "0 issues to train on and 2"), (2030, "2 issues to train on and 0")],
)
def test_a_cutoff_that_leaves_a_side_empty_is_refused(year: int, message: str) -> None:
    opened_at = [datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)]
    with pytest.raises(InputError, match=message):
        split_in_time(opened_at, [0, 1], cutoff=date(year, 1, 1))


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)))
def test_extra_rows_that_repeat_a_tested_issue_are_dropped(
    extra: list[int], tested: list[int]
) -> None:
    kept = extra_training_rows(extra, tested)
    assert kept.tolist() == [row for row, group in enumerate(extra) if group not in tested]
