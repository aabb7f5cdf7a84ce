"""Two models on identical issues and folds, and the t-test over these folds.

References: Nadeau & Bengio 2003 (corrected resampled t-test), Bouckaert & Frank 2004 (the same
for repeated cross-validation).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from classifier.errors import InputError
from classifier.metrics import MEASURES
from classifier.types import IssueKey
from training.corpus import Booleans, Floats
from training.splits import Indices

FOLD_MEASURES = ("average_precision", "roc_auc")
"""Those that a single fold is large enough for."""

SIGNIFICANCE = 0.05  # 95 % intervals
EQUAL = 1e-12  # differences that rounding alone makes


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What one model said of issues that it was not trained on."""

    name: str
    keys: Sequence[IssueKey]  # (issues,)
    truth: Booleans  # (issues,)
    probabilities: Floats  # (repeats, issues), NaN where the repeat did not test the issue
    folds: Indices  # (repeats, issues): which fold tested the issue, -1 where none did
    train_counts: Sequence[int]  # judged issues that each fold was trained on, by fold number


@dataclass(frozen=True, slots=True)
class FoldTest:
    """Corrected resampled t-test of the differences in each fold."""

    measure: str
    difference: float  # mean over folds
    low: float  # of the 95 % interval
    high: float
    p_value: float  # two-sided
    folds: int  # that were tested on
    left_out: int  # folds with one class only


def check_paired(first: Predictions, second: Predictions) -> None:
    """Raise InputError unless both were tested on identical issues and folds."""
    for model in (first, second):
        _check_shapes(model)
    pair = f"{first.name} and {second.name}"
    hint = "Evaluate both with the same data, protocol, repeats and fold_seed."
    if list(first.keys) != list(second.keys):
        raise InputError(f"{pair} were not tested on the same issues", hint=hint)
    if not np.array_equal(first.truth, second.truth):
        count = int((first.truth != second.truth).sum())
        raise InputError(f"{pair} disagree about what is true of {count} issues", hint=hint)
    is_same = np.array_equal(first.folds, second.folds)
    if not is_same or list(first.train_counts) != list(second.train_counts):
        raise InputError(f"{pair} were not tested on the same folds", hint=hint)


def _check_shapes(model: Predictions) -> None:
    issues, shape = (len(model.keys),), model.probabilities.shape
    if model.truth.shape != issues or shape[1:] != issues or model.folds.shape != shape:
        raise InputError(
            f"{model.name}: {len(model.keys)} issues, truth of shape {model.truth.shape}, "
            f"probabilities {shape} and folds {model.folds.shape} do not fit"
        )
    if not np.array_equal(np.isfinite(model.probabilities), model.folds >= 0):
        raise InputError(f"{model.name}: not every tested issue, and none else, has a probability")
    if model.folds.max(initial=-1) >= len(model.train_counts):
        raise InputError(
            f"{model.name}: fold {model.folds.max()}, but train_counts of "
            f"{len(model.train_counts)} folds"
        )


def resampled_t_test(
    first: Predictions, second: Predictions, *, measure: str = "average_precision"
) -> FoldTest | None:
    """Test whether the mean difference over folds is 0.

    Folds share training issues, so the variance of their mean is taken 1/folds + tested/trained
    times that of one fold, not 1/folds times. Folds with one class are left out. None where
    fewer than two are left, or where all differ by the same, so that nothing tells the spread.
    """
    check_paired(first, second)
    if measure not in FOLD_MEASURES:
        raise InputError(
            f"A fold is too small for {measure!r}", hint=f"Available: {', '.join(FOLD_MEASURES)}."
        )
    both = [fold for fold in _folds(first) if 0 < first.truth[fold[1]].sum() < len(fold[1])]
    differences = np.array([_in_fold(first, second, fold, measure) for fold in both])
    if len(both) < 2 or np.ptp(differences) <= EQUAL:  # noqa: PLR2004 - a spread needs two
        return None
    numbers = [int(first.folds[fold][0]) for fold in both]
    shares = [len(fold[1]) / first.train_counts[n] for fold, n in zip(both, numbers, strict=True)]
    mean = float(differences.mean())
    error = float(np.sqrt((1 / len(both) + np.mean(shares)) * differences.var(ddof=1)))
    distribution = student(len(both) - 1)
    margin = float(distribution.ppf(1 - SIGNIFICANCE / 2)) * error
    return FoldTest(
        measure=measure,
        difference=mean,
        low=mean - margin,
        high=mean + margin,
        p_value=float(2 * distribution.sf(abs(mean) / error)),
        folds=len(both),
        left_out=len(_folds(first)) - len(both),
    )


Fold = tuple[int, Indices]  # the repeat, the positions of the issues that it tested


def _folds(predictions: Predictions) -> list[Fold]:
    return [
        (repeat, np.flatnonzero(row == number))
        for repeat, row in enumerate(predictions.folds)
        for number in np.unique(row[row >= 0])
    ]


def _in_fold(first: Predictions, second: Predictions, fold: Fold, measure: str) -> float:
    truth = first.truth[fold[1]]
    function = MEASURES[measure]
    return function(truth, first.probabilities[fold]) - function(truth, second.probabilities[fold])
