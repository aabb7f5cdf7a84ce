"""Complement naive Bayes (Rennie et al., ICML 2003) over TF-IDF.

It counts, so it reads texts alone: standardised facts can be negative. Its log-odds are exactly
linear in the features and, as words are not independent, far too large: they are Platt-scaled.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from sklearn.naive_bayes import ComplementNB

from classifier.types import NormalizedIssue
from training.families.linear_model import LinearModel, fit_features
from training.families.platt import Machine, fit_scaled
from training.families.soft_targets import Classes
from training.families.tfidf_features import TextsSettings

Floats = NDArray[np.float64]


class TfidfNbSettings(TextsSettings):
    """Which texts are read, and how much each term is smoothed."""

    smoothing: float = Field(default=1.0, gt=0.0)
    """Added to every term's weight in each class."""
    margin_folds: int = Field(default=3, ge=2)
    """Folds that the log-odds for Platt scaling come from."""


def fit(
    settings: TfidfNbSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,
) -> list[LinearModel]:
    """Fit one model to each row of ``targets``; the texts are vectorized once for all."""
    fitted, features = fit_features(settings.texts, texts, facts_factor=0.0)
    train = partial(_train, settings)
    folds = settings.margin_folds
    return [
        fitted.model(*fit_scaled(train, features, row, weights, folds=folds, seed=seed))
        for row in targets
    ]


def _train(settings: TfidfNbSettings, rows: Classes) -> Machine:
    bayes = ComplementNB(alpha=settings.smoothing).fit(
        rows.features, rows.is_silent, sample_weight=rows.weights
    )
    other, silent = bayes.feature_log_prob_
    return silent - other, 0.0
