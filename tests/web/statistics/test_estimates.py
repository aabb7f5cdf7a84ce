import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from classifier.errors import InputError
from classifier.web.statistics.estimates import (
    clopper_pearson,
    precision_at,
    recall_at,
    reliability,
)

PROBABILITIES = np.array([0.9, 0.8, 0.5, 0.3, 0.2, 0.1])
IS_SILENT = np.array([1.0, np.nan, 0.0, 1.0, 0.0, 0.0])
counts = st.integers(1, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@given(counts)
def test_the_interval_is_scipys(counted: tuple[int, int]) -> None:
    expected = binomtest(*counted).proportion_ci(method="exact")
    found = clopper_pearson(*counted)

    assert found.low == pytest.approx(expected.low, abs=1e-9)
    assert found.high == pytest.approx(expected.high, abs=1e-9)


@given(counts)
def test_the_interval_holds_the_share_and_mirrors_the_rest(counted: tuple[int, int]) -> None:
    count, total = counted
    found, rest = clopper_pearson(count, total), clopper_pearson(total - count, total)

    assert found.value is not None
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    assert found.low == pytest.approx(1.0 - rest.high, abs=1e-9)


def test_none_of_twenty_is_not_a_certain_zero() -> None:
    found = clopper_pearson(0, 20)

    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(0.1684, abs=1e-4)  # 1 - .025 ** (1 / 20)


def test_nothing_seen_could_be_anything() -> None:
    found = clopper_pearson(0, 0)

    assert (found.value, found.low, found.high) == (None, 0.0, 1.0)


def test_more_than_all_is_refused() -> None:
    with pytest.raises(InputError, match="5 of 4 is no share"):
        clopper_pearson(5, 4)


@pytest.mark.parametrize("share", [0.01, 0.07, 0.5, 0.97])
@pytest.mark.parametrize("total", [10, 40, 200])
def test_the_interval_covers_in_95_of_100_cases(share: float, total: int) -> None:
    drawn = np.random.default_rng(1).binomial(total, share, 2000)
    intervals = [clopper_pearson(int(count), total) for count in drawn]

    assert np.mean([found.low <= share <= found.high for found in intervals]) >= 0.94


def test_precision_counts_clear_labels_from_the_threshold_on() -> None:
    found = precision_at(0.5, PROBABILITIES, IS_SILENT)

    assert (found.count, found.total) == (1, 2)  # .9 and .5; nobody could tell of .8


def test_recall_counts_silent_bugs_alone() -> None:
    found = recall_at(0.5, PROBABILITIES, IS_SILENT)

    assert (found.count, found.total) == (1, 2)


def test_without_a_silent_bug_recall_is_unknown() -> None:
    found = recall_at(0.5, PROBABILITIES, np.zeros(6))

    assert (found.value, found.low, found.high) == (None, 0.0, 1.0)


def test_reliability_has_bins_of_equal_count_from_the_lowest() -> None:
    found = reliability(PROBABILITIES, IS_SILENT, bins=2)

    assert [share.total for _, share in found] == [3, 2]
    assert [share.count for _, share in found] == [1, 1]
    assert [said for said, _ in found] == pytest.approx([0.2, 0.7])


def test_reliability_of_nothing_has_no_bins() -> None:
    assert reliability(PROBABILITIES, np.full(6, math.nan)) == []
