"""Models that are linear in TF-IDF and facts: what fits them differs, what serves them does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.preprocessing import StandardScaler

from classifier.calibration import IDENTITY
from classifier.scorers import linear
from classifier.scorers.features import FACTS
from classifier.scorers.linear import ANALYZERS, LinearScorer, LinearWeights, TextBlock
from classifier.types import NormalizedIssue
from training.families.tfidf_features import (
    FittedText,
    TextSettings,
    TextsSettings,
    fit_texts,
    measured_facts,
)

Floats = NDArray[np.float64]


class FeatureSettings(TextsSettings):
    """Which texts and facts are read."""

    facts_factor: float = Field(default=0.2, ge=0.0)
    """As a text's ``factor``, for the standardised facts; 0 leaves them out."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A fitted model: plain arrays, ready to be written."""

    weights: LinearWeights
    scorer: str = "linear"

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """Raw probabilities, as the artifact will give them: (issues,)."""
        scores = LinearScorer(self.weights, IDENTITY).score(issues)
        return np.array([score.probability for score in scores])

    def write(self, directory: Path) -> None:
        """Write the weights into a model directory."""
        linear.write(directory, self.weights)


@dataclass(frozen=True, slots=True, eq=False)
class FittedFeatures:
    """What was learned of texts and facts before any label was seen."""

    texts: Sequence[FittedText]
    fact_mean: Floats  # (facts,)
    fact_scale: Floats  # (facts,), 1 for a fact that is the same in all issues
    facts_factor: float

    def model(self, coefficients: Floats, intercept: float) -> LinearModel:
        """The model with these log-odds per unit of each feature: (terms and facts,)."""
        ends = np.cumsum([len(text.terms) for text in self.texts])
        *term_weights, fact_weights = np.split(coefficients, ends)
        blocks = [
            TextBlock(
                text.settings.column,
                ANALYZERS[text.settings.analyzer],
                text.terms,
                text.idf,
                part * text.settings.factor,
            )
            for text, part in zip(self.texts, term_weights, strict=True)
        ]
        has_facts = self.facts_factor > 0.0
        return LinearModel(
            LinearWeights(
                texts=tuple(blocks),
                fact_names=tuple(fact.name for fact in FACTS) if has_facts else (),
                fact_mean=self.fact_mean if has_facts else np.empty(0),
                fact_scale=self.fact_scale if has_facts else np.empty(0),
                fact_weights=fact_weights * self.facts_factor,
                intercept=intercept,
            )
        )


def fit_features(
    texts: Sequence[TextSettings], issues: Sequence[NormalizedIssue], *, facts_factor: float
) -> tuple[FittedFeatures, sparse.csr_array]:
    """Learn the features; with them come the issues' own: (issues, terms and facts)."""
    fitted, features = fit_texts(texts, issues)
    scaler = StandardScaler()
    facts = scaler.fit_transform(measured_facts(issues))
    if facts_factor:
        features = sparse.csr_array(sparse.hstack([features, facts_factor * facts]))
    return FittedFeatures(fitted, scaler.mean_, scaler.scale_, facts_factor), features
