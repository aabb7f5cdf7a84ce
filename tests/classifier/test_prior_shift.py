import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifier.errors import InputError
from classifier.prior_shift import (
    add_offset,
    count_rate,
    estimate_rate,
    offset_between,
    offset_to_mean,
    shift,
)

Floats = NDArray[np.float64]
rates = st.floats(0.001, 0.999)
probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=50).map(np.array)


@given(given=probabilities, from_rate=rates, to_rate=rates)
def test_shifting_lets_no_two_issues_change_places(
    given: Floats, from_rate: float, to_rate: float
) -> None:
    shifted = shift(np.sort(given), from_rate, to_rate)

    assert (np.diff(shifted) >= -1e-15).all()
    assert shifted.min() >= 0.0
    assert shifted.max() <= 1.0


@given(given=probabilities, from_rate=rates, to_rate=rates)
def test_shifting_there_and_back_changes_nothing(
    given: Floats, from_rate: float, to_rate: float
) -> None:
    back = shift(shift(given, from_rate, to_rate), to_rate, from_rate)

    assert back == pytest.approx(given, rel=1e-6, abs=1e-9)


@given(given=probabilities, rate=rates)
def test_the_same_base_rate_changes_nothing(given: Floats, rate: float) -> None:
    assert shift(given, rate, rate) == pytest.approx(given)


def test_a_known_shift_comes_out_as_by_hand() -> None:
    # odds of 1 to 4, where both were as common, times 1 to 9
    assert shift(np.array([0.0, 0.2, 1.0]), 0.5, 0.1) == pytest.approx([0.0, 1 / 37, 1.0])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("planted", [0.02, 0.07, 0.3])
def test_a_planted_base_rate_is_recovered_without_labels(planted: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    is_silent = random.random(20_000) < planted
    evidence = random.normal(np.where(is_silent, 1.0, -1.0), 1.0)
    log_odds = 2 * evidence + offset_between(0.5, 0.1)  # two normals that are two apart
    probability = 1 / (1 + np.exp(-log_odds))

    assert estimate_rate(probability, 0.1) == pytest.approx(planted, abs=0.01)


@given(given=probabilities, rate=st.floats(0.01, 0.99))
def test_an_estimated_rate_is_held_half_an_issue_from_either_end(
    given: Floats, rate: float
) -> None:
    least = 0.5 / (len(given) + 1)

    assert least - 1e-9 <= estimate_rate(given, rate) <= 1 - least + 1e-9


@given(given=probabilities, rate=st.floats(0.01, 0.99), trust=st.floats(0, 1))
def test_less_trust_keeps_the_rate_nearer_to_the_models(
    given: Floats, rate: float, trust: float
) -> None:
    whole, some, none = (estimate_rate(given, rate, trust=t) for t in (1.0, trust, 0.0))

    assert min(whole, rate) - 1e-9 <= some <= max(whole, rate) + 1e-9
    least = 0.5 / (len(given) + 1)
    assert none == pytest.approx(min(max(rate, least), 1 - least))


def test_a_sample_that_looks_all_alike_runs_to_the_end_that_it_leans_to() -> None:
    assert estimate_rate(np.full(99, 0.01), 0.1) == pytest.approx(0.005)
    assert estimate_rate(np.full(99, 0.6), 0.1) == pytest.approx(0.995)


@given(given=st.lists(st.floats(0.001, 0.999), min_size=1, max_size=50).map(np.array), mean=rates)
def test_an_offset_to_a_mean_reaches_it(given: Floats, mean: float) -> None:
    assert add_offset(given, offset_to_mean(given, mean)).mean() == pytest.approx(mean)


def test_counting_gives_jeffreys_interval() -> None:
    # the 2.5 % quantiles of Beta(10.5, 30.5), by another library
    estimate = count_rate(10, 40)

    assert estimate.value == pytest.approx(10.5 / 41)
    assert (estimate.low, estimate.high) == pytest.approx((0.1364, 0.3983), abs=0.002)


@pytest.mark.parametrize(("silent_count", "count"), [(0, 50), (50, 50)])
def test_counting_never_comes_to_none_or_all(silent_count: int, count: int) -> None:
    estimate = count_rate(silent_count, count)

    assert 0 < estimate.low <= estimate.value <= estimate.high < 1


def test_more_silent_bugs_than_issues_are_refused() -> None:
    with pytest.raises(InputError, match="5 silent bugs among 4"):
        count_rate(5, 4)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, float("nan")])
def test_what_is_no_base_rate_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match="no base rate"):
        offset_between(0.1, rate)
