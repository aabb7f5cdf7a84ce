"""Gradient-boosted trees over components of the TF-IDF texts, and the facts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier

from classifier.types import NormalizedIssue
from training.families.soft_targets import as_classes
from training.families.tfidf_features import (
    FittedText,
    TextsSettings,
    fit_texts,
    measured_facts,
    transform_texts,
)

Floats = NDArray[np.float64]


class TfidfGbmSettings(TextsSettings):
    """Which texts are read, into how many components, and how the trees grow."""

    components: int = Field(default=50, ge=1)
    """Of the texts' singular value decomposition; fewer where there are fewer terms."""
    trees: int = Field(default=60, ge=1)
    learning_rate: float = Field(default=0.1, gt=0.0, le=1.0)
    leaves: int = Field(default=7, ge=2)
    minimum_leaf: int = Field(default=20, ge=1)
    """Rows in a leaf, of which every soft target makes two."""
    regularization: float = Field(default=1.0, ge=0.0)
    bins: int = Field(default=32, ge=2, le=255)
    """Of each feature; finding them takes longer than growing the trees."""


@dataclass(frozen=True, slots=True, eq=False)
class TfidfGbmModel:
    """Bench only: no scorer serves trees."""

    texts: Sequence[FittedText]
    decomposition: TruncatedSVD
    trees: HistGradientBoostingClassifier

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """Raw probabilities: (issues,)."""
        components = self.decomposition.transform(transform_texts(self.texts, issues))
        features = np.hstack([components, measured_facts(issues)])
        probabilities: Floats = self.trees.predict_proba(features)[:, 1]
        return probabilities


def fit(
    settings: TfidfGbmSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,
) -> list[TfidfGbmModel]:
    """Fit one model to each row of ``targets``; the texts are decomposed once for all."""
    fitted, terms = fit_texts(settings.texts, texts)
    decomposition = TruncatedSVD(
        n_components=min(settings.components, *terms.shape), random_state=seed
    )
    features = np.hstack([decomposition.fit_transform(terms), measured_facts(texts)])
    return [
        TfidfGbmModel(fitted, decomposition, _grow(settings, features, row, weights, seed))
        for row in targets
    ]


def _grow(
    settings: TfidfGbmSettings, features: Floats, targets: Floats, weights: Floats, seed: int
) -> HistGradientBoostingClassifier:
    rows = as_classes(features, targets, weights)
    trees = HistGradientBoostingClassifier(
        max_iter=settings.trees,
        learning_rate=settings.learning_rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.minimum_leaf,
        l2_regularization=settings.regularization,
        max_bins=settings.bins,
        early_stopping=False,
        random_state=seed,
    )
    return trees.fit(rows.features, rows.is_silent, sample_weight=rows.weights)
