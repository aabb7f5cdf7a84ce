import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.calibration import EDGE, IDENTITY, BetaCalibration
from classifier.errors import InputError

slopes = st.floats(0.0, 1000.0)
calibrations = st.builds(
    BetaCalibration, slopes.map(lambda a: a + 0.001), slopes, st.floats(-1000, 1000)
)
probabilities = st.floats(0.0, 1.0)


@given(st.lists(probabilities, min_size=1))
def test_the_identity_changes_nothing_but_certainty(raw: list[float]) -> None:
    calibrated = IDENTITY.calibrate(np.array(raw))

    assert calibrated == pytest.approx(np.clip(raw, EDGE, 1 - EDGE))


@given(calibrations, probabilities, probabilities)
def test_no_calibration_makes_issues_change_places(
    calibration: BetaCalibration, first: float, second: float
) -> None:
    low, high = calibration.calibrate(np.array(sorted([first, second])))

    assert low <= high


@given(calibrations, st.lists(probabilities, min_size=1))
def test_calibrated_probabilities_are_probabilities(
    calibration: BetaCalibration, raw: list[float]
) -> None:
    calibrated = calibration.calibrate(np.array(raw))

    assert calibrated.shape == (len(raw),)
    assert ((calibrated >= 0) & (calibrated <= 1)).all()


def test_three_numbers_do_what_they_say() -> None:
    (calibrated,) = BetaCalibration(2.0, 3.0, 0.5).calibrate(np.array([0.25]))

    log_odds = math.log(calibrated / (1 - calibrated))
    assert log_odds == pytest.approx(2 * math.log(0.25) - 3 * math.log(0.75) + 0.5)


@given(slopes, slopes.map(lambda b: b + 0.1), st.floats(0.05, 0.95))
def test_the_slope_is_the_derivative_of_calibrated_by_raw_log_odds(
    a: float, b: float, raw: float
) -> None:
    def calibrated_log_odds(log_odds: float) -> float:
        p = 1 / (1 + math.exp(-log_odds))
        return a * math.log(p) - b * math.log1p(-p)

    at, step = math.log(raw / (1 - raw)), 1e-4
    numeric = (calibrated_log_odds(at + step) - calibrated_log_odds(at - step)) / (2 * step)

    assert BetaCalibration(a, b, 0.0).slope(raw) == pytest.approx(numeric, rel=1e-4)


@pytest.mark.parametrize(
    "numbers", [(math.nan, 1.0, 0.0), (1.0, math.inf, 0.0), (1.0, 1.0, -math.inf)]
)
def test_numbers_that_are_none_are_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(InputError, match="not finite"):
        BetaCalibration(*numbers)


@pytest.mark.parametrize(("a", "b"), [(-0.1, 1.0), (1.0, -0.1), (0.0, 0.0)])
def test_what_would_turn_the_order_around_or_level_it_is_refused(a: float, b: float) -> None:
    with pytest.raises(InputError, match="would not rise"):
        BetaCalibration(a, b, 0.0)
