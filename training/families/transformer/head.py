"""The linear heads: silent or not over embedding, terms and facts; scenario and impact."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from classifier.scorers.reading import TERM_COLUMNS, Reading
from training.families.soft_targets import as_classes
from training.families.transformer.graph import LinearHead, SoftmaxHead
from training.families.transformer.settings import TransformerSettings
from training.families.transformer.terms import Terms, fit_terms

Floats = NDArray[np.float64]

LEAST_SCALE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What was learned of the features before any label was seen.

    A feature is (value - mean) times its scale; opinions are embeddings · opinion.
    """

    settings: TransformerSettings
    terms: Terms
    term_scales: Floats  # (columns,)
    opinion: Floats  # (width,), of standard deviation opinion_factor; 0 where there is none
    embedding_means: Floats  # (width,)
    embedding_scales: Floats  # (width,)
    fact_means: Floats  # (facts,)
    fact_scales: Floats  # (facts,)

    def matrix(
        self, readings: Sequence[Reading], embeddings: Floats, facts: Floats
    ) -> sparse.csr_array:
        """Terms, opinion, embedding, facts: (issues, features)."""
        terms = self.terms.features(readings)
        scales = np.repeat(self.term_scales, self.terms.idf.shape[1])
        centred = embeddings - self.embedding_means
        dense = [(centred @ self.opinion)[:, np.newaxis]]
        if self.settings.embedding_factor:
            dense.append(centred * self.embedding_scales)
        dense.append((facts - self.fact_means) * self.fact_scales)
        return sparse.csr_array(sparse.hstack([terms * scales, *map(sparse.csr_array, dense)]))

    def head(self, coefficients: Floats, intercept: float) -> LinearHead:
        """The same sums over what is not scaled: coefficients are (features,)."""
        size = self.terms.idf.size
        terms, opinion, rest = np.split(coefficients, [size, size + 1])
        weights = opinion * self.opinion
        if self.settings.embedding_factor:
            embedding, rest = np.split(rest, [len(self.embedding_means)])
            weights = weights + embedding * self.embedding_scales
        return LinearHead(
            embedding=weights,
            terms=terms.reshape(self.terms.idf.shape) * self.term_scales[:, np.newaxis],
            idf=self.terms.idf,
            facts=rest * self.fact_scales,
            fact_means=self.fact_means,
            intercept=intercept - float(weights @ self.embedding_means),
        )


def fit_features(
    settings: TransformerSettings,
    readings: Sequence[Reading],
    embeddings: Floats,
    facts: Floats,
    opinion: Floats,
    *,
    vocabulary: int,
) -> Features:
    """Learn frequencies, means and scales of these issues."""
    terms = fit_terms(readings, vocabulary=vocabulary, minimum_count=settings.minimum_count)
    of_embedding, of_facts = StandardScaler().fit(embeddings), StandardScaler().fit(facts)
    direction = opinion if opinion.size else np.zeros(embeddings.shape[1])
    spread = max(float((embeddings @ direction).std()), LEAST_SCALE)
    columns = {"title": settings.title_factor}
    return Features(
        settings=settings,
        terms=terms,
        term_scales=settings.terms_factor
        * np.array([columns.get(column, 1.0) for column in TERM_COLUMNS]),
        opinion=direction * settings.opinion_factor / spread,
        embedding_means=of_embedding.mean_,
        embedding_scales=settings.embedding_factor / of_embedding.scale_,
        fact_means=of_facts.mean_,
        fact_scales=settings.facts_factor / of_facts.scale_,
    )


def fit_head(
    features: Features, matrix: sparse.csr_array, targets: Floats, weights: Floats, *, seed: int
) -> LinearHead:
    """Logistic regression on soft targets, (issues,), with weights, (issues,)."""
    rows = as_classes(matrix, targets, weights)
    regression = LogisticRegression(
        C=features.settings.inverse_regularization, max_iter=1000, random_state=seed
    ).fit(rows.features, rows.is_silent, sample_weight=rows.weights)
    confidence = features.settings.confidence
    return features.head(
        regression.coef_[0] * confidence, float(regression.intercept_[0]) * confidence
    )


def fit_softmax(
    embeddings: Floats,
    classes: Floats,
    weights: Floats,
    *,
    inverse_regularization: float,
    seed: int,
) -> SoftmaxHead:
    """Multinomial regression on the rows whose class is known: one-hot (issues, classes) or NaN.

    Rare classes weigh as much as others. Without two known classes, all are equally likely.
    """
    is_known = ~np.isnan(classes).any(axis=1)
    known = classes[is_known].argmax(axis=1) if is_known.any() else np.empty(0, np.intp)
    count = classes.shape[1]
    width = embeddings.shape[1]
    coefficients, intercepts = np.zeros((width, count)), np.zeros(count)
    seen = np.unique(known)
    if len(seen) < 2:  # noqa: PLR2004 - of one class, nothing is learned
        return SoftmaxHead(coefficients, intercepts)
    scaler = StandardScaler().fit(embeddings)
    regression = LogisticRegression(
        C=inverse_regularization, class_weight="balanced", max_iter=2000, random_state=seed
    ).fit(scaler.transform(embeddings[is_known]), known, sample_weight=weights[is_known])
    own, start = _for_each_class(regression)
    coefficients[:, seen] = own / scaler.scale_[:, np.newaxis]
    intercepts[:] = NEVER
    intercepts[seen] = start - scaler.mean_ @ coefficients[:, seen]
    return SoftmaxHead(coefficients, intercepts)


NEVER = -30.0
"""Log-odds of a class that no issue to train on has."""


def _for_each_class(regression: LogisticRegression) -> tuple[Floats, Floats]:
    """Coefficients (width, classes) and intercepts (classes,), of two classes as of more."""
    weights, start = regression.coef_.T, regression.intercept_
    if weights.shape[1] == 1:
        return np.hstack([-weights / 2, weights / 2]), np.array([-start[0] / 2, start[0] / 2])
    return weights, start
