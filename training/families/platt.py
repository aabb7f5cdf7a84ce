"""Platt scaling (1999): a linear machine's margin made log-odds, by a regression on the margin.

Margins of rows that a machine was trained on say too much, so they come from machines that did
not see the row.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from training.families.soft_targets import Classes, as_classes

Floats = NDArray[np.float64]
Machine = tuple[Floats, float]  # margin per unit of each feature (features,), and where it starts

WEAKEST = 100.0
"""Inverse regularisation of the slope, which has no end where margins part the classes."""


def fit_scaled(
    train: Callable[[Classes], Machine],
    features: sparse.csr_array,
    targets: Floats,
    weights: Floats,
    *,
    folds: int,
    seed: int,
) -> Machine:
    """A machine whose margin is log-odds. Raises InputError where a class is too rare to fold."""
    coefficients, start = train(as_classes(features, targets, weights))
    margins = np.empty(len(targets))
    fold_of = _deal(targets, folds, seed)
    for fold in range(folds):
        is_unseen = fold_of == fold
        seen = ~is_unseen
        blind, blind_start = train(as_classes(features[seen], targets[seen], weights[seen]))
        margins[is_unseen] = features[is_unseen] @ blind + blind_start
    rows = as_classes(margins.reshape(-1, 1), targets, weights)
    regression = LogisticRegression(C=WEAKEST).fit(
        rows.features, rows.is_silent, sample_weight=rows.weights
    )
    slope = float(regression.coef_[0, 0])
    return slope * coefficients, slope * start + float(regression.intercept_[0])


def _deal(targets: Floats, folds: int, seed: int) -> NDArray[np.intp]:
    """A fold for each row: shuffled, sorted by target and dealt out like cards: (rows,)."""
    shuffled = np.random.default_rng(seed).permutation(len(targets))
    by_target = shuffled[np.argsort(targets[shuffled], kind="stable")]
    fold_of = np.empty(len(targets), dtype=np.intp)
    fold_of[by_target] = np.arange(len(targets)) % folds
    return fold_of
