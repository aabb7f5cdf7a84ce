"""What reading down a ranking finds, for one sample or for many resamples of it at once.

Each measure is defined once, here, on arrays whose last axis runs over the distinct scores,
highest first, and whose first axis, where there is one, runs over resamples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Running totals after each distinct score, from zeros: (..., 1 + distinct scores).

    A resample may lack a score that others have; its totals then stand still.
    """

    found: Floats  # relevant issues
    read: Floats
    said: Floats  # sum of the scores
    error: Floats  # mean squared distance of the scores from the truth: (...,)


def descend(relevant: Booleans, scores: Floats, counts: Counts | None = None) -> Curve:
    """Read from the highest score to the lowest.

    ``relevant`` and ``scores`` have shape (issues,), ``counts`` (resamples, issues): how often
    each resample holds an issue. Without counts, each is there once.
    """
    order = np.argsort(-scores, kind="stable")
    truth, ordered = relevant[order].astype(np.float64), scores[order]
    times = np.ones(len(order)) if counts is None else counts[:, order].astype(np.float64)
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    found, read = _total(times * truth, ends), _total(times, ends)
    with np.errstate(over="ignore", invalid="ignore"):  # scores need not be probabilities
        said = _total(times * ordered, ends)
        error = times @ (ordered - truth) ** 2 / read[..., -1]
    return Curve(found, read, said, error)


def average_precision(curve: Curve) -> Floats:
    """Mean precision over the recall steps: (...,)."""
    steps = np.diff(curve.found) / curve.found[..., -1:]
    precision = curve.found[..., 1:] / np.maximum(curve.read[..., 1:], 1.0)
    return np.asarray(np.sum(steps * precision, axis=-1))


def roc_auc(curve: Curve) -> Floats:
    """Chance that a relevant issue is scored above an irrelevant one, ties half: (...,)."""
    false = curve.read - curve.found
    area = np.trapezoid(curve.found, false, axis=-1)
    return np.asarray(area / (curve.found[..., -1] * false[..., -1]))


def precision_at(curve: Curve, count: int) -> Floats:
    """Share of relevant issues among the first ``count``: (...,)."""
    return _at(curve.found, curve.read, np.array([count]))[..., 0] / count


def recall_at(curve: Curve, share: float) -> Floats:
    """Share of the relevant issues in the first ``share`` of all: (...,)."""
    count = np.maximum(1.0, np.round(share * curve.read[..., -1:]))
    return np.asarray(_at(curve.found, curve.read, count)[..., 0] / curve.found[..., -1])


def wss_at(curve: Curve, recall: float) -> Floats:
    """Share left unread once ``recall`` is reached, minus what chance saves: (...,)."""
    needed = np.ceil(recall * curve.found[..., -1:] - 1e-9)
    first = np.argmax(curve.found >= needed, axis=-1)[..., np.newaxis]
    stop = np.take_along_axis(curve.read, first, axis=-1)[..., 0]
    return np.asarray(1.0 - stop / curve.read[..., -1] - (1.0 - recall))


def reliability(curve: Curve, bins: int) -> Floats:
    """Mean score, share of relevant issues and count, per bin: (..., bins, 3).

    Bins are of equal count, the lowest scores first and these one larger where it does not come
    out even. A score that several bins share is shared out among them.
    """
    issues = curve.read[..., -1:]
    larger, size = issues % bins, issues // bins
    numbers = np.arange(bins + 1)
    edges = issues - (numbers * size + np.minimum(numbers, larger))
    count = -np.diff(edges)
    filled = np.maximum(count, 1.0)
    said = -np.diff(_at(curve.said, curve.read, edges)) / filled
    seen = -np.diff(_at(curve.found, curve.read, edges)) / filled
    return np.stack([said, seen, count], axis=-1)


def calibration_error(curve: Curve, bins: int) -> Floats:
    """Mean distance of probability from frequency over the bins: (...,)."""
    said, seen, count = np.moveaxis(reliability(curve, bins), -1, 0)
    return np.asarray((np.abs(said - seen) * count).sum(axis=-1) / curve.read[..., -1])


def _total(values: Floats, ends: NDArray[np.intp]) -> Floats:
    """Running total up to and including each of ``ends``, from 0."""
    totals = np.zeros((*values.shape[:-1], len(ends) + 1))
    totals[..., 1:] = np.cumsum(values, axis=-1)[..., ends]
    return totals


def _at(totals: Floats, read: Floats, positions: Floats | Counts) -> Floats:
    """Totals after reading so many issues; within a tie, the average of its orders."""
    wanted = np.broadcast_to(positions, (*read.shape[:-1], positions.shape[-1]))
    last = read.shape[-1] - 1
    before = (read[..., np.newaxis] <= wanted[..., np.newaxis, :]).sum(axis=-2) - 1
    after = np.minimum(before + 1, last)
    low, high = (np.take_along_axis(totals, index, axis=-1) for index in (before, after))
    start, stop = (np.take_along_axis(read, index, axis=-1) for index in (before, after))
    return np.asarray(low + (wanted - start) * (high - low) / np.maximum(stop - start, 1.0))
