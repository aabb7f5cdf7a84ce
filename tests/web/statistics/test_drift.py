import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from classifier.web.statistics.drift import (
    Level,
    into_bins,
    ks_by_chance,
    ks_distance,
    length_drift,
    psi,
    psi_by_chance,
    score_drift,
    template_drift,
)

numbers = st.lists(st.integers(0, 20), min_size=1, max_size=60)


def test_the_index_is_that_of_the_textbook() -> None:
    """Shares .4, .6 against .6, .4: twice .2 times ln 1.5."""
    found = psi(np.array([40_000.0, 60_000.0]), np.array([60_000.0, 40_000.0]))

    assert found == pytest.approx(2 * 0.2 * np.log(1.5), abs=1e-4)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=10))
def test_the_index_is_never_below_zero_nor_infinite_and_has_no_direction(
    bins: list[tuple[int, int]],
) -> None:
    before, now = np.array(bins, dtype=np.float64).T

    assert 0.0 <= psi(before, now) < np.inf
    assert psi(before, now) == pytest.approx(psi(now, before))
    assert psi(before, before) == pytest.approx(0.0)


def test_chance_alone_passes_the_limit_in_about_one_of_a_hundred_cases() -> None:
    random = np.random.default_rng(4)
    tenths = np.full(10, 0.1)
    pairs = zip(
        random.multinomial(400, tenths, 2000), random.multinomial(100, tenths, 2000), strict=True
    )

    found = np.array([psi(before, now) for before, now in pairs])

    assert 0.0 < np.mean(found > psi_by_chance(400, 100, 10)) < 0.025


@given(numbers, numbers)
def test_the_distance_of_two_distributions_is_the_largest_gap_anywhere(
    first: list[int], second: list[int]
) -> None:
    gaps = [
        abs(np.mean(np.array(first) <= value) - np.mean(np.array(second) <= value))
        for value in range(21)
    ]

    found = ks_distance(np.array(first, dtype=np.float64), np.array(second, dtype=np.float64))

    assert found == pytest.approx(max(gaps))


def test_the_distance_of_two_distributions_is_scipys() -> None:
    random = np.random.default_rng(6)
    one, other = random.normal(size=80), random.normal(0.3, size=50)

    assert ks_distance(one, other) == pytest.approx(ks_2samp(one, other).statistic)


def test_its_limit_is_scipys_one_percent() -> None:
    both = np.arange(1000.0)
    limit = ks_by_chance(1000, 1000)
    shifted = both + round(limit * 1000)

    assert ks_2samp(both, shifted, method="asymp").pvalue == pytest.approx(0.01, abs=2e-3)


def test_equal_scores_are_steady_and_higher_ones_are_drift() -> None:
    random = np.random.default_rng(0)
    before, same = random.beta(1, 12, 400), random.beta(1, 12, 200)

    steady, drift = score_drift(before, same), score_drift(before, random.beta(3, 12, 200))

    assert steady.level is Level.STEADY
    assert drift.level is Level.DRIFT
    assert "higher on average than before" in drift.sentence
    assert drift.value is not None
    assert drift.threshold is not None
    assert drift.value > drift.threshold >= 0.25


def test_scores_that_are_all_the_same_are_steady() -> None:
    assert score_drift(np.full(60, 0.1), np.full(60, 0.1)).level is Level.STEADY


def test_few_issues_are_no_ground_for_an_alarm() -> None:
    found = score_drift(np.zeros(400), np.ones(49))

    assert found.level is Level.UNKNOWN
    assert found.value is None
    assert "49 now and 400 before; 50 each are needed" in found.sentence


def test_longer_issues_are_told_with_both_medians() -> None:
    found = length_drift(np.linspace(100, 1000, 200), np.linspace(600, 2000, 100))

    assert found.level is Level.DRIFT
    assert "1,300 characters in the median, 550 before" in found.sentence


def test_many_new_near_duplicates_look_machine_filed() -> None:
    few, many = np.arange(200) < 4, np.arange(100) < 40

    assert template_drift(few, many).level is Level.DRIFT
    assert (
        "40 % of the issues nearly repeat others, 2 % before" in template_drift(few, many).sentence
    )


def test_near_duplicates_that_were_always_there_are_no_drift() -> None:
    assert template_drift(np.arange(200) < 80, np.arange(100) < 40).level is Level.STEADY


@pytest.mark.parametrize(
    ("edges", "expected"), [([0.5], [1.0, 2.0]), ([], [3.0]), ([0.1, 0.2], [0.0, 1.0, 2.0])]
)
def test_a_value_on_an_edge_belongs_above_it(edges: list[float], expected: list[float]) -> None:
    found = into_bins(np.array([0.1, 0.5, 0.9]), np.array(edges))

    assert found.tolist() == expected
