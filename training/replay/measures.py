"""Measures of a queue that may be as short as what somebody decides in an afternoon."""

from collections.abc import Mapping

import numpy as np

from classifier.curves import descend
from classifier.errors import InputError
from classifier.metrics import MEASURES, OF_CURVE, Estimate, draw_resamples, measure
from training.corpus import Booleans, Floats
from training.protocols import FEWEST_TESTED

LONGEST = "precision_at_20"
"""The one measure that needs ``FEWEST_TESTED`` issues."""


def measure_queue(
    is_silent: Booleans, probabilities: Floats, *, resamples: int, seed: int
) -> Mapping[str, Estimate]:
    """All measures of (issues,) that there are issues enough for, with 95 % bootstrap intervals.

    Raises InputError where all labels are of one kind.
    """
    check_labels(is_silent)
    if len(is_silent) >= FEWEST_TESTED:
        return measure(is_silent, probabilities, resamples=resamples, seed=seed)
    names = [name for name in MEASURES if name != LONGEST]
    curves = [
        descend(is_silent, probabilities, counts)
        for counts in draw_resamples(is_silent, resamples=resamples, seed=seed)
    ]
    found = {}
    for name in names:
        draws = np.concatenate([OF_CURVE[name](curve) for curve in curves])
        low, high = np.quantile(draws, [0.025, 0.975])
        value = MEASURES[name](is_silent, probabilities)
        found[name] = Estimate(value, float(low), float(high))
    return found


def check_labels(is_silent: Booleans) -> None:
    """Raise InputError where all labels are of one kind."""
    silent = int(is_silent.sum())
    if not 0 < silent < len(is_silent):
        kind = "silent" if silent else "not silent"
        raise InputError(
            f"All {len(is_silent)} labels say {kind}: with one kind alone nothing can be measured",
            hint="Decide more issues, until there are silent bugs and others among them.",
        )


def left_out(is_silent: Booleans) -> str:
    """What is not measured of so few issues, in a sentence; "" where nothing is left out."""
    if len(is_silent) >= FEWEST_TESTED:
        return ""
    return (
        f"{len(is_silent)} labelled issues say little: mind the intervals. Precision among the "
        f"first {FEWEST_TESTED} is left out, since it needs {FEWEST_TESTED}."
    )
