"""How good a ranking is. Pure functions of what is relevant and how it was scored.

``is_relevant`` and ``scores`` have shape (issues,); higher scores come first. All measures
refuse one-class input, where they mean nothing. Ties are never settled by luck: a cut through
a tie counts the tie's average, and a stopping point reads the whole tie.

References: Davis & Goadrich 2006 (average precision), Cohen et al. 2006 (work saved over
sampling), Naeini et al. 2015 (expected calibration error), Efron & Tibshirani 1993 (bootstrap).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classifier.errors import InputError

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with the bounds of its interval."""

    value: float
    low: float
    high: float


def average_precision(is_relevant: ArrayLike, scores: ArrayLike) -> float:
    """Mean precision over the recall steps, 0 to 1; chance is the share of relevant issues."""
    found, read = _cumulate(*_check(is_relevant, scores))
    steps = np.diff(found, prepend=0.0) / found[-1]
    return float(np.sum(steps * found / read))


def roc_auc(is_relevant: ArrayLike, scores: ArrayLike) -> float:
    """Chance that a relevant issue is scored above an irrelevant one, ties half, 0 to 1."""
    found, read = _cumulate(*_check(is_relevant, scores))
    false = np.concatenate([[0.0], read - found])
    true = np.concatenate([[0.0], found])
    return float(np.trapezoid(true, false) / (true[-1] * false[-1]))


def precision_at(is_relevant: ArrayLike, scores: ArrayLike, count: int = 20) -> float:
    """Share of relevant issues among the first ``count``, 0 to 1."""
    relevant, values = _check(is_relevant, scores)
    if not 1 <= count <= len(relevant):
        raise InputError(f"Cannot read the first {count} of {len(relevant)} issues")
    return _found_after(relevant, values, count) / count


def recall_at(is_relevant: ArrayLike, scores: ArrayLike, share: float = 0.2) -> float:
    """Share of the relevant issues that stand in the first ``share`` of all, 0 to 1."""
    relevant, values = _check(is_relevant, scores)
    if not 0.0 < share <= 1.0:
        raise InputError(f"A share of {share} is not above 0 and at most 1")
    count = max(1, round(share * len(relevant)))
    return _found_after(relevant, values, count) / float(relevant.sum())


def wss_at(is_relevant: ArrayLike, scores: ArrayLike, recall: float = 0.95) -> float:
    """Work saved over sampling: the share left unread at ``recall``, minus what chance saves."""
    if not 0.0 < recall <= 1.0:
        raise InputError(f"A recall of {recall} is not above 0 and at most 1")
    found, read = _cumulate(*_check(is_relevant, scores))
    needed = np.ceil(recall * found[-1] - 1e-9)
    stop = read[np.searchsorted(found, needed)]
    return float(1.0 - stop / read[-1] - (1.0 - recall))


def brier(is_relevant: ArrayLike, probabilities: ArrayLike) -> float:
    """Mean squared distance of the probabilities from the truth, 0 (best) to 1."""
    relevant, values = _check_probabilities(is_relevant, probabilities)
    return float(np.mean((values - relevant) ** 2))


def expected_calibration_error(
    is_relevant: ArrayLike, probabilities: ArrayLike, bins: int = 10
) -> float:
    """Mean distance of probability from frequency over bins of equal count, 0 (best) to 1."""
    curve = reliability(is_relevant, probabilities, bins)
    gaps = np.abs(curve[:, 0] - curve[:, 1])
    return float(np.average(gaps, weights=curve[:, 2]))


def reliability(is_relevant: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> Floats:
    """Mean probability, share of relevant issues and count, per bin of equal count: (bins, 3)."""
    relevant, values = _check_probabilities(is_relevant, probabilities)
    _, tie, counts = np.unique(values, return_inverse=True, return_counts=True)
    frequency = (np.bincount(tie, weights=relevant) / counts)[tie]
    parts = [part for part in np.array_split(np.argsort(values), bins) if len(part)]
    return np.array([[values[p].mean(), frequency[p].mean(), len(p)] for p in parts])


def recall_curve(is_relevant: ArrayLike, scores: ArrayLike) -> Floats:
    """Share inspected and recall after each distinct score, from (0, 0): (points, 2)."""
    found, read = _cumulate(*_check(is_relevant, scores))
    points = np.column_stack([read / read[-1], found / found[-1]])
    return np.vstack([[0.0, 0.0], points])


def precision_curve(is_relevant: ArrayLike, scores: ArrayLike) -> Floats:
    """Recall and precision after each distinct score: (points, 2)."""
    found, read = _cumulate(*_check(is_relevant, scores))
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
    values = _measure_all(relevant, repeats)  # first, as it refuses what cannot be measured
    draws = _measure_resamples(relevant, repeats, resamples, seed)
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return {
        name: Estimate(float(values[i]), float(low[i]), float(high[i]))
        for i, name in enumerate(MEASURES)
    }


def _measure_resamples(relevant: Booleans, repeats: Floats, resamples: int, seed: int) -> Floats:
    """Measures of each resample of issues: (resamples, measures)."""
    random = np.random.default_rng(seed)
    rows: list[Floats] = []
    while len(rows) < resamples:
        drawn = random.integers(0, len(relevant), len(relevant))
        if 0 < relevant[drawn].sum() < len(drawn):
            rows.append(_measure_all(relevant[drawn], repeats[:, drawn]))
    return np.array(rows)


def _measure_all(relevant: Booleans, repeats: Floats) -> Floats:
    rows = [[function(relevant, row) for function in MEASURES.values()] for row in repeats]
    means: Floats = np.mean(rows, axis=0)
    return means


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


def _check_probabilities(is_relevant: ArrayLike, scores: ArrayLike) -> tuple[Booleans, Floats]:
    relevant, values = _check(is_relevant, scores)
    if values.min() < 0.0 or values.max() > 1.0:
        raise InputError(f"Probabilities reach from {values.min()} to {values.max()}, not 0 to 1")
    return relevant, values


def _cumulate(relevant: Booleans, scores: Floats) -> tuple[Floats, Floats]:
    """Relevant issues found and issues read after each distinct score, highest first."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    found = np.cumsum(relevant[order])[ends].astype(np.float64)
    return found, (ends + 1).astype(np.float64)


def _found_after(relevant: Booleans, scores: Floats, count: int) -> float:
    """Relevant issues among the first ``count``; a tie at the cut counts its average."""
    found, read = _cumulate(relevant, scores)
    return float(np.interp(count, np.append(0.0, read), np.append(0.0, found)))
