"""How good a ranking is. Pure functions of what is relevant and how it was scored.

``is_relevant`` and ``scores`` have shape (issues,); higher scores come first. All measures
refuse one-class input, where they mean nothing. Ties are never settled by luck: a cut through
a tie counts the tie's average, and a stopping point reads the whole tie.

References: Davis & Goadrich 2006 (average precision), Cohen et al. 2006 (work saved over
sampling), Naeini et al. 2015 (expected calibration error), Efron & Tibshirani 1993 (bootstrap).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from classifier import curves
from classifier.curves import Booleans, Counts, Curve, Floats, descend
from classifier.errors import InputError


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with the bounds of its interval."""

    value: float
    low: float
    high: float


def average_precision(is_relevant: ArrayLike, scores: ArrayLike) -> float:
    """Mean precision over the recall steps, 0 to 1; chance is the share of relevant issues."""
    return float(curves.average_precision(_curve(is_relevant, scores)))


def roc_auc(is_relevant: ArrayLike, scores: ArrayLike) -> float:
    """Chance that a relevant issue is scored above an irrelevant one, ties half, 0 to 1."""
    return float(curves.roc_auc(_curve(is_relevant, scores)))


def precision_at(is_relevant: ArrayLike, scores: ArrayLike, count: int = 20) -> float:
    """Share of relevant issues among the first ``count``, 0 to 1."""
    curve = _curve(is_relevant, scores)
    issues = int(curve.read[-1])
    if not 1 <= count <= issues:
        raise InputError(f"Cannot read the first {count} of {issues} issues")
    return float(curves.precision_at(curve, count))


def recall_at(is_relevant: ArrayLike, scores: ArrayLike, share: float = 0.2) -> float:
    """Share of the relevant issues that stand in the first ``share`` of all, 0 to 1."""
    curve = _curve(is_relevant, scores)
    if not 0.0 < share <= 1.0:
        raise InputError(f"A share of {share} is not above 0 and at most 1")
    return float(curves.recall_at(curve, share))


def wss_at(is_relevant: ArrayLike, scores: ArrayLike, recall: float = 0.95) -> float:
    """Work saved over sampling: the share left unread at ``recall``, minus what chance saves."""
    if not 0.0 < recall <= 1.0:
        raise InputError(f"A recall of {recall} is not above 0 and at most 1")
    return float(curves.wss_at(_curve(is_relevant, scores), recall))


def brier(is_relevant: ArrayLike, probabilities: ArrayLike) -> float:
    """Mean squared distance of the probabilities from the truth, 0 (best) to 1."""
    return float(_probability_curve(is_relevant, probabilities).error)


def expected_calibration_error(
    is_relevant: ArrayLike, probabilities: ArrayLike, bins: int = 10
) -> float:
    """Mean distance of probability from frequency over bins of equal count, 0 (best) to 1."""
    curve = _probability_curve(is_relevant, probabilities)
    return float(curves.calibration_error(curve, bins))


def reliability(is_relevant: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> Floats:
    """Mean probability, share of relevant issues and count, per bin of equal count: (bins, 3)."""
    rows = curves.reliability(_probability_curve(is_relevant, probabilities), bins)
    return rows[rows[:, 2] > 0]


def recall_curve(is_relevant: ArrayLike, scores: ArrayLike) -> Floats:
    """Share inspected and recall after each distinct score, from (0, 0): (points, 2)."""
    curve = _curve(is_relevant, scores)
    return np.column_stack([curve.read / curve.read[-1], curve.found / curve.found[-1]])


def precision_curve(is_relevant: ArrayLike, scores: ArrayLike) -> Floats:
    """Recall and precision after each distinct score: (points, 2)."""
    curve = _curve(is_relevant, scores)
    found, read = curve.found[1:], curve.read[1:]
    return np.column_stack([found / found[-1], found / read])


Measure = Callable[[ArrayLike, ArrayLike], float]

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "average_precision": average_precision,
        "roc_auc": roc_auc,
        "precision_at_20": lambda relevant, scores: precision_at(relevant, scores, 20),
        "recall_at_5_percent": lambda relevant, scores: recall_at(relevant, scores, 0.05),
        "recall_at_10_percent": lambda relevant, scores: recall_at(relevant, scores, 0.10),
        "recall_at_20_percent": lambda relevant, scores: recall_at(relevant, scores, 0.20),
        "wss_at_95_percent": lambda relevant, scores: wss_at(relevant, scores, 0.95),
        "brier": brier,
        "expected_calibration_error": expected_calibration_error,
    }
)
"""What every protocol reports, in this order."""

RANKING_MEASURES = tuple(
    name for name in MEASURES if name not in {"brier", "expected_calibration_error"}
)
"""Those that depend on the order alone, so that scores need not be probabilities of the label."""

OF_CURVE: Mapping[str, Callable[[Curve], Floats]] = MappingProxyType(
    {
        "average_precision": curves.average_precision,
        "roc_auc": curves.roc_auc,
        "precision_at_20": lambda curve: curves.precision_at(curve, 20),
        "recall_at_5_percent": lambda curve: curves.recall_at(curve, 0.05),
        "recall_at_10_percent": lambda curve: curves.recall_at(curve, 0.10),
        "recall_at_20_percent": lambda curve: curves.recall_at(curve, 0.20),
        "wss_at_95_percent": lambda curve: curves.wss_at(curve, 0.95),
        "brier": lambda curve: curve.error,
        "expected_calibration_error": lambda curve: curves.calibration_error(curve, 10),
    }
)
"""The same measures, of many resamples at once."""

CELLS_A_BLOCK = 2**18
"""Resamples times issues that are measured together: 2 MB an array stay in a processor's cache."""


def measure(
    is_relevant: ArrayLike,
    probabilities: ArrayLike,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> dict[str, Estimate]:
    """All of ``MEASURES`` with 95 % percentile bootstrap intervals over issues.

    ``probabilities`` has shape (issues,), or (repeats, issues) for repeated out-of-fold
    predictions: then each measure is the mean over repeats, and a resample draws the same
    issues in every repeat, so that repeats do not pass for independent evidence.
    """
    relevant = _booleans(is_relevant)
    repeats = np.atleast_2d(np.asarray(probabilities, dtype=np.float64))
    # first, as this refuses what cannot be measured
    values = {
        name: float(np.mean([function(relevant, row) for row in repeats]))
        for name, function in MEASURES.items()
    }
    blocks = [
        measure_resamples(relevant, repeats, counts)
        for counts in draw_resamples(relevant, resamples=resamples, seed=seed)
    ]
    estimates = {}
    for name, value in values.items():
        draws = np.concatenate([block[name] for block in blocks])
        low, high = np.quantile(draws, [0.025, 0.975])
        estimates[name] = Estimate(value, float(low), float(high))
    return estimates


def draw_resamples(
    is_relevant: Booleans, is_tested: Booleans | None = None, *, resamples: int, seed: int
) -> Iterator[Counts]:
    """How often each bootstrap resample holds each issue: blocks of shape (some, issues).

    ``is_tested`` of shape (repeats, issues) says who was tested when; without it, all always. A
    resample that lacks one of the classes in one of the repeats is drawn again.
    """
    issues = len(is_relevant)
    tested = np.ones((1, issues)) if is_tested is None else is_tested.astype(np.float64)
    relevant = tested * is_relevant
    random = np.random.default_rng(seed)
    block = max(1, CELLS_A_BLOCK // issues)
    for start in range(0, resamples, block):
        rows: list[Counts] = []
        while len(rows) < min(block, resamples - start):
            counts = np.bincount(random.integers(0, issues, issues), minlength=issues)
            found = relevant @ counts
            if found.min() > 0 and (tested @ counts - found).min() > 0:
                rows.append(counts)
        yield np.array(rows)


def measure_resamples(
    is_relevant: Booleans, probabilities: Floats, counts: Counts
) -> dict[str, Floats]:
    """All of ``MEASURES`` of each resample, mean over repeats: name to (resamples,).

    ``probabilities`` have shape (repeats, issues), NaN where a repeat did not test an issue.
    """
    is_tested = ~np.isnan(probabilities)
    repeats = [
        descend(is_relevant[tested], row[tested], counts[:, tested])
        for row, tested in zip(probabilities, is_tested, strict=True)
    ]
    return {
        name: np.mean([function(curve) for curve in repeats], axis=0)
        for name, function in OF_CURVE.items()
    }


def _check(is_relevant: ArrayLike, scores: ArrayLike) -> tuple[Booleans, Floats]:
    relevant = _booleans(is_relevant)
    values = np.asarray(scores, dtype=np.float64)
    if relevant.shape != values.shape or relevant.ndim != 1:
        raise InputError(f"{relevant.shape} labels do not fit {values.shape} scores")
    if not np.isfinite(values).all():
        raise InputError(f"{int((~np.isfinite(values)).sum())} scores are not finite numbers")
    if not 0 < relevant.sum() < len(relevant):
        raise InputError(
            f"{int(relevant.sum())} of {len(relevant)} issues are relevant",
            hint="A ranking can be measured only where both classes occur.",
        )
    return relevant, values


def _booleans(is_relevant: ArrayLike) -> Booleans:
    labels = np.asarray(is_relevant)
    relevant = labels.astype(bool)
    if labels.dtype != bool and not np.array_equal(relevant, labels):
        raise InputError("Labels are not all true or false", hint="Leave out what has no label.")
    return relevant


def _curve(is_relevant: ArrayLike, scores: ArrayLike) -> Curve:
    return descend(*_check(is_relevant, scores))


def _probability_curve(is_relevant: ArrayLike, scores: ArrayLike) -> Curve:
    relevant, values = _check(is_relevant, scores)
    if values.min() < 0.0 or values.max() > 1.0:
        raise InputError(f"Probabilities reach from {values.min()} to {values.max()}, not 0 to 1")
    return descend(relevant, values)
