"""TF-IDF over the texts of an issue, its facts beside them, and a logistic regression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from classifier.calibration import IDENTITY
from classifier.errors import InputError
from classifier.scorers import linear
from classifier.scorers.features import FACTS, facts_of, texts_of
from classifier.scorers.linear import ANALYZERS, LinearScorer, LinearWeights, TextBlock
from classifier.types import NormalizedIssue
from training.config import Settings

Floats = NDArray[np.float64]


class TextSettings(Settings):
    """One vectorized text."""

    column: Literal["title", "prose", "error", "code"]
    analyzer: Literal["words", "word pairs", "characters"] = "words"
    minimum_count: int = Field(default=2, ge=1)
    """Terms in fewer issues of the training part are left out."""
    factor: float = Field(default=1.0, gt=0.0)
    """How strongly this text speaks before the regression learns, against the others."""


class TfidfSettings(Settings):
    """Which texts and facts are read, and how freely the regression may weigh them."""

    texts: tuple[TextSettings, ...] = Field(min_length=1, strict=False)
    facts_factor: float = Field(default=0.2, ge=0.0)
    """As ``factor``, for the standardised facts; 0 leaves them out."""
    inverse_regularization: float = Field(default=1.0, gt=0.0)


@dataclass(frozen=True, slots=True)
class TfidfModel:
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


def fit(
    settings: TfidfSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,
) -> list[TfidfModel]:
    """Fit one model to each row of ``targets``; the texts are vectorized once for all."""
    vectorizers, scaler, features = _vectorize(settings, texts)
    return [
        TfidfModel(
            _freeze(settings, vectorizers, scaler, _regress(settings, features, row, weights, seed))
        )
        for row in targets
    ]


def _vectorize(
    settings: TfidfSettings, texts: Sequence[NormalizedIssue]
) -> tuple[list[TfidfVectorizer], StandardScaler, sparse.csr_array]:
    columns = texts_of(texts)
    vectorizers, parts = [], []
    for text in settings.texts:
        vectorizer = TfidfVectorizer(**ANALYZERS[text.analyzer], min_df=text.minimum_count)
        parts.append(text.factor * _fit_transform(vectorizer, text.column, columns))
        vectorizers.append(vectorizer)
    scaler = StandardScaler()
    facts = scaler.fit_transform(np.array([_facts(text) for text in texts]))
    if settings.facts_factor:
        parts.append(sparse.csr_array(settings.facts_factor * facts))
    return vectorizers, scaler, sparse.csr_array(sparse.hstack(parts))


def _fit_transform(
    vectorizer: TfidfVectorizer, column: str, columns: Mapping[str, Sequence[str]]
) -> sparse.csr_array:
    try:
        return vectorizer.fit_transform(columns[column])
    except ValueError as error:  # no term is left
        raise InputError(
            f"The {len(columns[column])} texts {column!r} to train on: {error}",
            hint="Lower its minimum_count, or leave the text out.",
        ) from error


@cache
def _facts(text: NormalizedIssue) -> Floats:
    """Measured once a process: the folds of a run share most of their issues."""
    facts: Floats = facts_of([text])[0]
    return facts


def _regress(
    settings: TfidfSettings,
    features: sparse.csr_array,
    targets: Floats,
    weights: Floats,
    seed: int,
) -> LogisticRegression:
    """A soft target is the row twice: as silent at its target's weight, as not at the rest's."""
    both = sparse.vstack([features, features])
    classes = np.repeat([True, False], len(targets))
    shares = np.concatenate([weights * targets, weights * (1.0 - targets)])
    counts = shares > 0.0
    regression = LogisticRegression(
        C=settings.inverse_regularization, max_iter=1000, random_state=seed
    )
    return regression.fit(both[counts], classes[counts], sample_weight=shares[counts])


def _freeze(
    settings: TfidfSettings,
    vectorizers: Sequence[TfidfVectorizer],
    scaler: StandardScaler,
    regression: LogisticRegression,
) -> LinearWeights:
    blocks, start = [], 0
    coefficients = regression.coef_[0]
    for text, vectorizer in zip(settings.texts, vectorizers, strict=True):
        terms = vectorizer.get_feature_names_out()
        part = coefficients[start : start + len(terms)]
        blocks.append(
            TextBlock(
                text.column,
                ANALYZERS[text.analyzer],
                tuple(terms),
                vectorizer.idf_,
                part * text.factor,
            )
        )
        start += len(terms)
    has_facts = settings.facts_factor > 0.0
    return LinearWeights(
        texts=tuple(blocks),
        fact_names=tuple(fact.name for fact in FACTS) if has_facts else (),
        fact_mean=scaler.mean_ if has_facts else np.empty(0),
        fact_scale=scaler.scale_ if has_facts else np.empty(0),
        fact_weights=coefficients[start:] * settings.facts_factor,
        intercept=float(regression.intercept_[0]),
    )
