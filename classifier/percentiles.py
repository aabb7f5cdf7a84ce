"""Where a probability stands among those of many issues, of which only some quantiles are kept."""

import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

POINTS = (0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5, 100)
"""Percentages of the issues; dense where silent bugs are."""
TABLE = Path(__file__).with_name("score_quantiles.toml")


def quantiles_of(probabilities: NDArray[np.float64]) -> tuple[float, ...]:
    """The probabilities below which ``POINTS`` per cent of (issues,) lie."""
    return tuple(np.percentile(probabilities, POINTS).tolist())


def percentile_of(probability: float, quantiles: tuple[float, ...]) -> float:
    """Per cent of the issues that have less, 0.0 to 100.0; between quantiles a straight line."""
    return float(np.interp(probability, quantiles, POINTS))


def passed_by(share: float, quantiles: tuple[float, ...]) -> float:
    """The probability that this share of the issues reaches, 0.0 to 1.0."""
    return float(np.interp(100.0 * (1.0 - share), POINTS, quantiles))


def are_quantiles(numbers: tuple[float, ...]) -> bool:
    """Whether ``quantiles_of`` could have returned these."""
    is_rising = all(low <= high for low, high in pairwise(numbers))
    return len(numbers) == len(POINTS) and is_rising and 0 <= numbers[0] <= numbers[-1] <= 1


def model_quantiles(model_id: str) -> tuple[float, ...]:
    """Quantiles of what a released model says of issues that it had not seen; () if not known."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    quantiles = tuple(map(float, table.get(model_id, {}).get("quantiles", ())))
    return quantiles if are_quantiles(quantiles) else ()
