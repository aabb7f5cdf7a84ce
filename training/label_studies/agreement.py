"""How well predicted classes agree with the true ones.

``confusion`` has shape (..., classes, classes), true by predicted: how many issues, or what they
weigh. A class that is neither true nor predicted of any issue does not count.

References: Cohen 1968 (weighted kappa), Sokolova & Lapalme 2009 (macro-averaged F1).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from classifier.metrics import Estimate
from training.corpus import Floats
from training.splits import Indices


def accuracy(confusion: Floats) -> Floats:
    """Share of issues whose class is right, 0 to 1: (...)."""
    total: Floats = confusion.sum(axis=(-2, -1))
    right: Floats = np.trace(confusion, axis1=-2, axis2=-1) / total
    return right


def macro_f1(confusion: Floats) -> Floats:
    """Mean over classes of the F1 score, 0 to 1: (...); rare classes count as much as others."""
    both = confusion.sum(axis=-1) + confusion.sum(axis=-2)  # (..., classes)
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    scores = 2 * right / np.maximum(both, 1)
    mean: Floats = scores.sum(axis=-1) / (both > 0).sum(axis=-1)
    return mean


def quadratic_kappa(confusion: Floats) -> Floats:
    """Agreement of ordered classes beyond chance, 1 at best, 0 by chance: (...).

    A miss weighs the square of its distance. 0 where all issues are of one class and are said
    to be, which tells nothing.
    """
    classes = np.arange(confusion.shape[-1])
    weights = np.subtract.outer(classes, classes) ** 2
    true, said = confusion.sum(axis=-1), confusion.sum(axis=-2)
    by_chance = np.einsum("...i,...j,ij->...", true, said, weights) / true.sum(axis=-1)
    observed = (confusion * weights).sum(axis=(-2, -1))
    kappa: Floats = np.where(by_chance > 0, 1 - observed / np.where(by_chance > 0, by_chance, 1), 0)
    return kappa


AGREEMENTS: Mapping[str, Callable[[Floats], Floats]] = MappingProxyType(
    {"accuracy": accuracy, "macro_f1": macro_f1, "quadratic_kappa": quadratic_kappa}
)


def measure_agreement(
    true: Indices, predicted: Indices, *, classes: int, resamples: int, seed: int
) -> dict[str, Estimate]:
    """All of ``AGREEMENTS`` with 95 % percentile bootstrap intervals over issues.

    ``true`` has shape (issues,), ``predicted`` (repeats, issues), both from 0; a measure is the
    mean over repeats, and a resample draws the same issues in each.
    """
    issues = len(true)
    random = np.random.default_rng(seed)
    draws = random.multinomial(issues, np.full(issues, 1 / issues), size=resamples)
    counts = np.vstack([np.ones((1, issues)), draws])  # the issues themselves, then resamples
    cells = np.stack([_cells(true, row, classes) for row in predicted])  # (repeats, issues, cells)
    confusion = (counts @ cells).reshape(len(predicted), len(counts), classes, classes)
    estimates = {}
    for name, function in AGREEMENTS.items():
        value, *resampled = function(confusion).mean(axis=0)
        low, high = np.quantile(resampled, [0.025, 0.975])
        estimates[name] = Estimate(float(value), float(low), float(high))
    return estimates


def _cells(true: Indices, predicted: Indices, classes: int) -> Floats:
    """Which cell of the confusion each issue is in: (issues, classes * classes)."""
    flat: Floats = np.eye(classes * classes)[true * classes + predicted]
    return flat
