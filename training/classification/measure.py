"""F1 of each class, their mean, and the mean over groups, with bootstrap intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.metrics import Estimate
from training.splits import Indices

Floats = NDArray[np.float64]
Rows = dict[str, dict[str, Estimate]]

MEAN = "mean"
"""The row that is the mean over groups, and the column that is the mean over classes."""
QUANTILES = (0.025, 0.975)


def f1_scores(truth: Indices, predicted: Indices, counts: Floats, classes: int) -> Floats:
    """F1 of each class in each resample: (resamples, classes); 0 where a class is nowhere right.

    ``counts`` say how often each resample holds each issue: (resamples, issues).
    """
    found = []
    for label in range(classes):
        is_true, is_predicted = truth == label, predicted == label
        right = counts @ (is_true & is_predicted)
        either = counts @ (is_true.astype(np.float64) + is_predicted)
        found.append(2.0 * right / np.maximum(either, 1.0))
    return np.stack(found, axis=1)


def measure_task(
    truth: Indices,
    predicted: Indices,
    groups: NDArray[np.str_],
    labels: Sequence[str],
    *,
    resamples: int,
    seed: int,
) -> Rows:
    """A row a group, and the mean over groups if there are several; 95 % intervals over issues.

    ``predicted`` has shape (repeats, issues): measures are means over repeats, and a resample
    draws the same issues in every repeat. Issues are drawn within their group.
    """
    draws = _draws(truth, predicted, groups, len(labels), resamples=resamples, seed=seed)
    rows = {name: _row(scores, labels) for name, scores in draws.items()}
    if len(draws) > 1:
        rows[MEAN] = _row(np.mean(list(draws.values()), axis=0), labels)
    return rows


def difference(
    truth: Indices,
    ours: Indices,
    theirs: Indices,
    groups: NDArray[np.str_],
    classes: int,
    *,
    resamples: int,
    seed: int,
) -> Estimate:
    """Mean F1 of ours less theirs, on the same issues in each resample: paired."""
    means = [
        np.mean(
            list(_draws(truth, one, groups, classes, resamples=resamples, seed=seed).values()),
            axis=(0, 2),
        )
        for one in (ours, theirs)
    ]
    return _estimate(means[0] - means[1])


def _draws(
    truth: Indices,
    predicted: Indices,
    groups: NDArray[np.str_],
    classes: int,
    *,
    resamples: int,
    seed: int,
) -> Mapping[str, Floats]:
    """By group, F1 of each class: (1 + resamples, classes), the whole sample first."""
    random = np.random.default_rng(seed)
    draws = {}
    for name in np.unique(groups):
        rows = np.flatnonzero(groups == name)
        drawn = random.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=resamples)
        counts = np.vstack([np.ones(len(rows)), drawn])
        draws[str(name)] = np.mean(
            [f1_scores(truth[rows], one[rows], counts, classes) for one in predicted], axis=0
        )
    return draws


def _row(scores: Floats, labels: Sequence[str]) -> dict[str, Estimate]:
    row = {label: _estimate(scores[:, at]) for at, label in enumerate(labels)}
    return row | {MEAN: _estimate(scores.mean(axis=1))}


def _estimate(scores: Floats) -> Estimate:
    low, high = np.quantile(scores[1:], QUANTILES)
    return Estimate(float(scores[0]), float(low), float(high))
