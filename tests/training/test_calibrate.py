import warnings

import numpy as np
import pytest
from betacal import BetaCalibration as Reference
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from classifier.calibration import EDGE, BetaCalibration
from training.calibrate import Booleans, Floats, fit_calibration


def drawn(truth: BetaCalibration, count: int, seed: int) -> tuple[Booleans, Floats]:
    """Raw probabilities, and labels as frequent as the truth says."""
    random = np.random.default_rng(seed)
    raw = random.uniform(0.02, 0.98, count)
    return random.random(count) < truth.calibrate(raw), raw


@pytest.mark.parametrize("numbers", [(1.0, 1.0, 0.0), (0.5, 2.0, -1.0), (2.0, 0.7, 1.0)])
def test_a_known_distortion_is_found_again(numbers: tuple[float, float, float]) -> None:
    truth = BetaCalibration(*numbers)
    fitted = fit_calibration(*drawn(truth, 50_000, 1))

    assert (fitted.a, fitted.b, fitted.c) == pytest.approx(numbers, abs=0.12)
    grid = np.linspace(0.05, 0.95, 50)
    assert fitted.calibrate(grid) == pytest.approx(truth.calibrate(grid), abs=0.02)


def test_where_three_parameters_pay_the_predictions_are_those_of_the_library() -> None:
    is_silent, raw = drawn(BetaCalibration(0.4, 2.0, 0.5), 2_000, 7)
    with warnings.catch_warnings():  # betacal turns all warnings off
        reference = Reference(parameters="abm").fit(raw.reshape(-1, 1), is_silent)

    fitted = fit_calibration(is_silent, raw)

    assert fitted.calibrate(raw) == pytest.approx(reference.predict(raw.reshape(-1, 1)), abs=1e-9)


def criterion(parameters: int, is_silent: Booleans, predicted: Floats) -> float:
    """Schwarz's: the less, the better."""
    return float(
        2 * log_loss(is_silent, predicted, normalize=False) + parameters * np.log(len(predicted))
    )


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 999),
    a=st.floats(0.3, 3),
    b=st.floats(0.3, 3),
    c=st.floats(-1, 1),
    count=st.sampled_from([100, 500, 3000]),
)
def test_predictions_are_those_of_the_library_where_its_three_parameters_pay(
    seed: int, a: float, b: float, c: float, count: int
) -> None:
    is_silent, raw = drawn(BetaCalibration(a, b, c), count, seed)
    with warnings.catch_warnings():  # betacal turns all warnings off
        library = Reference(parameters="abm").fit(raw.reshape(-1, 1), is_silent)
    beta = library.predict(raw.reshape(-1, 1))
    assume(min(library.calibrator_.map_[:2]) >= 0)  # by chance, few labels can point the wrong way

    fitted = fit_calibration(is_silent, raw)
    predicted = fitted.calibrate(raw)

    if (fitted.a, fitted.b) == (1.0, 1.0):  # a shift, which makes the mean right
        assert predicted.mean() == pytest.approx(is_silent.mean())
        assert criterion(1, is_silent, predicted) <= criterion(3, is_silent, beta) + 1e-6
    else:
        assert predicted == pytest.approx(beta, abs=1e-9)


def test_few_silent_bugs_get_a_shift_and_many_their_slopes() -> None:
    truth = BetaCalibration(1.6, 0.6, -1.0)

    few, many = (fit_calibration(*drawn(truth, count, 2)) for count in (60, 20_000))

    assert (few.a, few.b) == (1.0, 1.0)
    assert (many.a, many.b) == pytest.approx((1.6, 0.6), abs=0.12)


def test_certain_predictions_do_not_break_it() -> None:
    is_silent, raw = drawn(BetaCalibration(1.0, 1.0, 0.0), 200, 3)
    raw[:2], is_silent[:2] = (0.0, 1.0), (False, True)

    fitted = fit_calibration(is_silent, raw)

    assert fitted == fit_calibration(is_silent, np.clip(raw, EDGE, 1 - EDGE))


def test_warnings_of_others_stay_on() -> None:
    before = list(warnings.filters)

    fit_calibration(*drawn(BetaCalibration(1.0, 1.0, 0.0), 100, 4))

    assert warnings.filters == before


def test_predictions_that_point_the_wrong_way_or_nowhere_are_only_shifted() -> None:
    is_silent, raw = drawn(BetaCalibration(2.0, 2.0, 0.0), 2_000, 5)

    for predicted in (raw, np.full(2_000, 0.2)):
        fitted = fit_calibration(~is_silent, predicted)
        assert (fitted.a, fitted.b) == (1.0, 1.0)
        assert fitted.calibrate(predicted).mean() == pytest.approx((~is_silent).mean())
