"""A linear support vector machine over TF-IDF and facts, its margin made a probability."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from sklearn.svm import LinearSVC

from classifier.types import NormalizedIssue
from training.families.linear_model import FeatureSettings, LinearModel, fit_features
from training.families.platt import Machine, fit_scaled
from training.families.soft_targets import Classes

Floats = NDArray[np.float64]


class TfidfSvmSettings(FeatureSettings):
    """Which texts and facts are read, and how freely the machine may weigh them."""

    inverse_regularization: float = Field(default=0.1, gt=0.0)
    margin_folds: int = Field(default=3, ge=2)
    """Folds that the margins for Platt scaling come from."""


def fit(
    settings: TfidfSvmSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,
) -> list[LinearModel]:
    """Fit one model to each row of ``targets``; the texts are vectorized once for all."""
    fitted, features = fit_features(settings.texts, texts, facts_factor=settings.facts_factor)
    train = partial(_train, settings, seed)
    folds = settings.margin_folds
    return [
        fitted.model(*fit_scaled(train, features, row, weights, folds=folds, seed=seed))
        for row in targets
    ]


def _train(settings: TfidfSvmSettings, seed: int, rows: Classes) -> Machine:
    machine = LinearSVC(
        C=settings.inverse_regularization, dual=False, max_iter=10_000, random_state=seed
    ).fit(rows.features, rows.is_silent, sample_weight=rows.weights)
    return machine.coef_[0], float(machine.intercept_[0])
