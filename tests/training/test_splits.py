from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import InputError
from training.splits import (
    leave_group_out_splits,
    repeated_stratified_splits,
    rolling_origin_splits,
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


FIRST_DAY = np.datetime64("2018-01-01")
moments = st.integers(0, 4 * 365).map(lambda days: FIRST_DAY + days) | st.just(np.datetime64("NaT"))


def quarter_of(moment: np.datetime64) -> str:
    year, month, _ = str(moment.astype("datetime64[D]")).split("-")
    return f"{year}-Q{(int(month) + 2) // 3}"


@given(st.lists(st.tuples(moments, st.integers(0, 5)), max_size=20))
def test_a_rolling_origin_never_trains_on_the_future_or_on_a_copy_of_it(
    some: list[tuple[np.datetime64, int]],
) -> None:
    earliest, latest = (np.datetime64("2017-01-01"), 98), (np.datetime64("2023-01-01"), 99)
    opened_at, groups = map(np.array, zip(*some, earliest, latest, strict=True))
    splits = rolling_origin_splits(opened_at, groups, first=date(2020, 5, 1))
    for split in splits:
        assert {quarter_of(moment) for moment in opened_at[split.test]} == {split.name}
        assert not set(groups[split.train]) & set(groups[split.test])
        if split.train.size:
            assert opened_at[split.train].max() < opened_at[split.test].min()
    tested = np.concatenate([split.test for split in splits])
    late = [row for row, moment in enumerate(opened_at) if moment >= np.datetime64("2020-04-01")]
    assert sorted(tested) == late  # once each; what has no date is in neither


def test_quarters_follow_each_other_and_the_past_grows() -> None:
    opened_at = np.array(["2019-12-31T23:59", "2020-01-01", "2020-03-31", "2020-07-01"], "M8[s]")
    splits = rolling_origin_splits(opened_at, np.arange(4), first=date(2020, 2, 1))
    assert [(split.name, split.train.tolist(), split.test.tolist()) for split in splits] == [
        ("2020-Q1", [0], [1, 2]),
        ("2020-Q3", [0, 1, 2], [3]),
    ]


@pytest.mark.parametrize("year", [2010, 2030])
def test_an_origin_without_a_past_or_a_future_is_refused(year: int) -> None:
    opened_at = np.array(["2019-01-01", "2019-01-02"], "M8[s]")
    with pytest.raises(InputError, match=f"quarter of {year}-01-01") as refused:
        rolling_origin_splits(opened_at, np.arange(2), first=date(year, 1, 1))
    assert "first_origin" in refused.value.hint


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1))
def test_a_left_out_name_teaches_nothing_of_itself(some: list[tuple[str, int]]) -> None:
    names, groups = zip(*some, strict=True)
    splits = leave_group_out_splits(names, np.array(groups))
    assert [split.name for split in splits] == sorted(set(names))
    for split in splits:
        assert {names[row] for row in split.test} == {split.name}
        assert split.name not in {names[row] for row in split.train}
        assert not {groups[row] for row in split.train} & {groups[row] for row in split.test}
    assert sorted(row for split in splits for row in split.test) == list(range(len(names)))
