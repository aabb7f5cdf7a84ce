import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifier.percentiles import POINTS, are_quantiles, passed_by, percentile_of, quantiles_of

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=50).map(np.array)
EVEN = tuple(point / 100 for point in POINTS)


@given(probabilities=PROBABILITIES)
def test_quantiles_of_any_probabilities_are_known_for_what_they_are(
    probabilities: NDArray[np.float64],
) -> None:
    assert are_quantiles(quantiles_of(probabilities))


@given(probabilities=PROBABILITIES, one=st.floats(0, 1), other=st.floats(0, 1))
def test_the_likelier_issue_never_stands_lower(
    probabilities: NDArray[np.float64], one: float, other: float
) -> None:
    quantiles = quantiles_of(probabilities)
    lower, higher = sorted([one, other])

    assert 0 <= percentile_of(lower, quantiles) <= percentile_of(higher, quantiles) <= 100


@pytest.mark.parametrize(
    ("probability", "expected"), [(0.0, 0), (0.55, 55), (0.995, 99.5), (1, 100)]
)
def test_among_evenly_spread_issues_the_percentile_is_the_probability(
    probability: float, expected: float
) -> None:
    assert percentile_of(probability, EVEN) == pytest.approx(expected)


def test_the_threshold_of_a_share_lets_that_share_pass() -> None:
    probabilities = np.linspace(0, 1, 1001)

    threshold = passed_by(0.05, quantiles_of(probabilities))

    assert (probabilities >= threshold).mean() == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("numbers", [(), EVEN[:-1], EVEN[::-1], (*EVEN[:-1], 1.5)])
def test_other_numbers_are_no_quantiles(numbers: tuple[float, ...]) -> None:
    assert not are_quantiles(numbers)
