"""Fits the calibrator on predictions for issues that the model did not see.

Beta calibration has three parameters, and a few dozen silent bugs often cannot carry them: its
slopes then differ from sample to sample more than they help. So it must beat its own special
case, a shift of the log-odds that makes the mean probability right, by Schwarz's criterion
(BIC, 1978).
"""

import warnings

import numpy as np
from betacal import BetaCalibration as BetaCalibrator
from numpy.typing import NDArray
from scipy.optimize import brentq
from sklearn.metrics import log_loss

from classifier.calibration import EDGE, BetaCalibration
from classifier.errors import InputError

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

WIDEST_SHIFT = 50.0
EXTRA_PARAMETERS = 2
"""Of the whole beta calibration, over the shift."""


def fit_calibration(is_silent: Booleans, raw: Floats) -> BetaCalibration:
    """Calibrate raw out-of-fold probabilities: (issues,) each, both classes among them.

    Where beta calibration would not rise, since silent bugs score no higher than others, the
    shift is left: it makes no model better than it is, and keeps its order.
    """
    shift = _fit_shift(is_silent, raw)
    try:
        beta = _fit_beta(is_silent, raw)
    except InputError:
        return shift
    gain = 2.0 * (_log_likelihood(is_silent, raw, beta) - _log_likelihood(is_silent, raw, shift))
    return beta if gain > EXTRA_PARAMETERS * np.log(len(raw)) else shift


def _fit_beta(is_silent: Booleans, raw: Floats) -> BetaCalibration:
    with warnings.catch_warnings():  # betacal turns all warnings off, for everybody
        calibrator = BetaCalibrator(parameters="abm")
        calibrator.fit(np.clip(raw, EDGE, 1 - EDGE).reshape(-1, 1), is_silent)
    fitted = calibrator.calibrator_
    a, b, _ = fitted.map_
    return BetaCalibration(float(a), float(b), float(fitted.lr_.intercept_[0]))


def _fit_shift(is_silent: Booleans, raw: Floats) -> BetaCalibration:
    """The likeliest shift is the one whose mean probability is the share of silent bugs."""

    def excess(shift: float) -> float:
        return float(BetaCalibration(1.0, 1.0, shift).calibrate(raw).mean() - is_silent.mean())

    return BetaCalibration(1.0, 1.0, float(brentq(excess, -WIDEST_SHIFT, WIDEST_SHIFT)))


def _log_likelihood(is_silent: Booleans, raw: Floats, calibration: BetaCalibration) -> float:
    return -float(log_loss(is_silent, calibration.calibrate(raw), normalize=False))
