"""Turns a model's raw probability into one that means what it says.

Beta calibration (Kull, Silva Filho and Flach, AISTATS 2017): three numbers, fitted in training
on out-of-fold predictions and stored in the artifact. It never lets two issues change places.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError

EDGE = 1e-7
"""Raw probabilities are kept this far from 0 and 1, where the logarithm ends."""


@dataclass(frozen=True, slots=True)
class BetaCalibration:
    """Calibrated log-odds = ``a`` ln p - ``b`` ln(1 - p) + ``c``; a = b = 1, c = 0 is identity."""

    a: float
    b: float
    c: float

    def __post_init__(self) -> None:
        """Refuse what would reorder issues."""
        if not all(map(math.isfinite, (self.a, self.b, self.c))):
            raise InputError(f"Calibration {self.a}, {self.b}, {self.c} is not finite")
        if self.a < 0.0 or self.b < 0.0 or self.a + self.b == 0.0:
            raise InputError(f"Calibration a={self.a}, b={self.b} would not rise with its input")

    def calibrate(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities of the same shape, 0 to 1."""
        inside = np.clip(raw, EDGE, 1.0 - EDGE)
        log_odds = self.a * np.log(inside) - self.b * np.log1p(-inside) + self.c
        return probability_of(log_odds)

    def slope(self, raw: float) -> float:
        """Calibrated log-odds gained per unit of raw log-odds, at ``raw``."""
        return self.a * (1.0 - raw) + self.b * raw


def probability_of(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, which no number is too large for."""
    probability: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, -log_odds))
    return probability


IDENTITY = BetaCalibration(1.0, 1.0, 0.0)
