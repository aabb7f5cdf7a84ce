"""What is learned of texts before any label is seen: terms, means, scales, typical dates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer
from sklearn.preprocessing import StandardScaler

from classifier.scorers.linear import ANALYZERS
from training.classification.settings import ModelSettings, WordsSettings
from training.classification.texts import Texts
from training.families.terms import count_terms
from training.splits import Indices

Floats = NDArray[np.float64]

DATE_CENTRES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A vectorized text: its terms and what they are worth."""

    settings: WordsSettings
    terms: tuple[str, ...]
    idf: Floats  # (terms,) inverse document frequencies

    def features(self, texts: Sequence[str]) -> sparse.csr_array:
        """TF-IDF of length ``factor``: (texts, terms)."""
        vectorizer = TfidfVectorizer(**ANALYZERS[self.settings.analyzer], vocabulary=self.terms)
        vectorizer.idf_ = self.idf
        return sparse.csr_array(self.settings.factor * vectorizer.transform(texts))


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Numbers to features: (value - mean) times scale."""

    mean: Floats  # (numbers,)
    scale: Floats  # (numbers,)

    def features(self, numbers: Floats) -> Floats:
        """(issues, numbers)."""
        scaled: Floats = (numbers - self.mean) * self.scale
        return scaled


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """All that was learned; nothing of it knows a label."""

    settings: ModelSettings
    words: tuple[Words, ...]
    embeddings: tuple[Scaling, ...]
    facts: Scaling | None
    dates: Floats  # (centres,) in years; none if dates are not read

    def matrix(self, texts: Texts, rows: Indices) -> sparse.csr_array:
        """Words, embeddings, facts and dates of some issues: (rows, features)."""
        parts = [one.features(texts.columns_of(one.settings.column, rows)) for one in self.words]
        own = zip(self.settings.embeddings, self.embeddings, strict=True)
        parts += [scaling.features(texts.embeddings[one][rows]) for one, scaling in own]
        if self.facts:
            parts.append(self.facts.features(texts.facts[rows]))
        if self.dates.size:
            parts.append(_nearness(texts.dates[rows], self.dates, self.settings))
        return sparse.csr_array(sparse.hstack([sparse.csr_array(part) for part in parts]))


def fit_features(settings: ModelSettings, texts: Texts, rows: Indices) -> Features:
    """Learn the features of some issues; words without a frequent term have no terms."""
    has_dates = settings.date_factor > 0.0
    steps = np.linspace(0.0, 1.0, DATE_CENTRES)
    return Features(
        settings=settings,
        words=tuple(_fit_words(one, texts, rows) for one in settings.words),
        embeddings=tuple(
            _fit_scaling(texts.embeddings[one][rows], one.factor) for one in settings.embeddings
        ),
        facts=_fit_scaling(texts.facts[rows], settings.facts_factor)
        if settings.facts_factor
        else None,
        dates=np.unique(np.quantile(texts.dates[rows], steps)) if has_dates else np.empty(0),
    )


def _fit_words(settings: WordsSettings, texts: Texts, rows: Indices) -> Words:
    counts, terms = count_terms(
        texts.columns_of(settings.column, rows),
        settings.analyzer,
        minimum_count=settings.minimum_count,
    )
    idf = TfidfTransformer().fit(counts).idf_ if terms else np.empty(0)
    return Words(settings, terms, idf)


def _fit_scaling(numbers: Floats, factor: float) -> Scaling:
    """Together, the numbers of an issue are about as long as ``factor``."""
    scaler = StandardScaler().fit(numbers)
    return Scaling(scaler.mean_, factor / (scaler.scale_ * np.sqrt(numbers.shape[1])))


def _nearness(dates: Floats, centres: Floats, settings: ModelSettings) -> Floats:
    """How near dates are to each centre, once for each width: (issues, widths x centres)."""
    distances = dates[:, np.newaxis] - centres
    near = [np.exp(-0.5 * (distances / width) ** 2) for width in settings.date_widths]
    return settings.date_factor * np.hstack(near)
