"""Logistic regression over TF-IDF of an issue's texts and its facts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from classifier.types import NormalizedIssue
from training.families.linear_model import FeatureSettings, LinearModel, fit_features
from training.families.soft_targets import as_classes

Floats = NDArray[np.float64]


class TfidfLrSettings(FeatureSettings):
    """Which texts and facts are read, and how freely the regression may weigh them."""

    inverse_regularization: float = Field(default=1.0, gt=0.0)


def fit(
    settings: TfidfLrSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,
) -> list[LinearModel]:
    """Fit one model to each row of ``targets``; the texts are vectorized once for all."""
    fitted, features = fit_features(settings.texts, texts, facts_factor=settings.facts_factor)
    regressions = [_regress(settings, features, row, weights, seed) for row in targets]
    return [
        fitted.model(regression.coef_[0], float(regression.intercept_[0]))
        for regression in regressions
    ]


def _regress(
    settings: TfidfLrSettings,
    features: sparse.csr_array,
    targets: Floats,
    weights: Floats,
    seed: int,
) -> LogisticRegression:
    rows = as_classes(features, targets, weights)
    regression = LogisticRegression(
        C=settings.inverse_regularization, max_iter=1000, random_state=seed
    )
    return regression.fit(rows.features, rows.is_silent, sample_weight=rows.weights)
