"""Fits the calibrator on predictions for issues that the model did not see."""

import warnings

import numpy as np
from betacal import BetaCalibration as BetaCalibrator
from numpy.typing import NDArray

from classifier.calibration import EDGE, BetaCalibration


def fit_calibration(is_silent: NDArray[np.bool_], raw: NDArray[np.float64]) -> BetaCalibration:
    """Beta calibration by ``betacal``, on raw out-of-fold probabilities: (issues,) each.

    Raises InputError if silent bugs do not score higher than others, so that no rising
    calibration fits.
    """
    with warnings.catch_warnings():  # betacal turns all warnings off, for everybody
        calibrator = BetaCalibrator(parameters="abm")
        calibrator.fit(np.clip(raw, EDGE, 1 - EDGE).reshape(-1, 1), is_silent)
    fitted = calibrator.calibrator_
    a, b, _ = fitted.map_
    return BetaCalibration(float(a), float(b), float(fitted.lr_.intercept_[0]))
