"""Logistic regression over frozen sentence embeddings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from sklearn.linear_model import LogisticRegression

from classifier.calibration import probability_of
from classifier.types import NormalizedIssue
from training.families.embeddings import EmbeddingSettings, embed
from training.families.soft_targets import as_classes

Floats = NDArray[np.float64]


class EmbeddingLrSettings(EmbeddingSettings):
    """Which texts are embedded, and how freely the regression may weigh the dimensions."""

    inverse_regularization: float = Field(default=1.0, gt=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingLrModel:
    """Bench only: whoever scores an issue installs no torch."""

    settings: EmbeddingLrSettings
    coefficients: Floats  # (WIDTH,)
    intercept: float

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """Raw probabilities: (issues,)."""
        return probability_of(embed(self.settings, issues) @ self.coefficients + self.intercept)


def fit(
    settings: EmbeddingLrSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,
) -> list[EmbeddingLrModel]:
    """Fit one model to each row of ``targets``; the texts are embedded once for all."""
    embeddings = embed(settings, texts)
    models = []
    for row in targets:
        rows = as_classes(embeddings, row, weights)
        regression = LogisticRegression(
            C=settings.inverse_regularization, max_iter=1000, random_state=seed
        ).fit(rows.features, rows.is_silent, sample_weight=rows.weights)
        models.append(
            EmbeddingLrModel(settings, regression.coef_[0], float(regression.intercept_[0]))
        )
    return models
