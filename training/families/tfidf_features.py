"""What the TF-IDF families see: TF-IDF of an issue's texts, and its facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer

from classifier.errors import InputError
from classifier.scorers.features import facts_of, texts_of
from classifier.scorers.linear import ANALYZERS
from classifier.types import NormalizedIssue
from training.config import Settings
from training.families.terms import count_terms

Floats = NDArray[np.float64]


class TextSettings(Settings):
    """One vectorized text."""

    column: Literal["title", "prose", "error", "code"]
    analyzer: Literal["words", "word pairs", "characters"] = "words"
    minimum_count: int = Field(default=2, ge=1)
    """Terms in fewer issues of the training part are left out."""
    factor: float = Field(default=1.0, gt=0.0)
    """How strongly this text speaks before the model learns, against the others."""


class TextsSettings(Settings):
    """Which texts are read."""

    texts: tuple[TextSettings, ...] = Field(min_length=1, strict=False)
    """One without a frequent term is left out: of some issues only titles are known."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedText:
    """A vectorized text: its settings, its terms and what they are worth."""

    settings: TextSettings
    terms: tuple[str, ...]
    idf: Floats  # (terms,) inverse document frequencies


def fit_texts(
    settings: Sequence[TextSettings], issues: Sequence[NormalizedIssue]
) -> tuple[list[FittedText], sparse.csr_array]:
    """Learn terms; with them come the issues' TF-IDF, text after text: (issues, terms).

    A text without a frequent term is left out. Raises InputError if no text has one.
    """
    columns = texts_of(issues)
    fitted, parts = [], []
    for text in settings:
        one, part = _fit_text(text, columns[text.column])
        if one.terms:
            fitted.append(one)
            parts.append(part)
    if not fitted:
        wanted = ", ".join(f"{text.column!r} in {text.minimum_count}" for text in settings)
        raise InputError(
            f"No term is frequent enough in the {len(issues)} issues to train on: {wanted}",
            hint="Lower minimum_count, or read another text, such as the title.",
        )
    return fitted, sparse.csr_array(sparse.hstack(parts))


def transform_texts(
    fitted: Sequence[FittedText], issues: Sequence[NormalizedIssue]
) -> sparse.csr_array:
    """TF-IDF of other issues: (issues, terms)."""
    columns = texts_of(issues)
    parts = []
    for text in fitted:
        vectorizer = TfidfVectorizer(**ANALYZERS[text.settings.analyzer], vocabulary=text.terms)
        vectorizer.idf_ = text.idf
        parts.append(text.settings.factor * vectorizer.transform(columns[text.settings.column]))
    return sparse.csr_array(sparse.hstack(parts))


def measured_facts(issues: Sequence[NormalizedIssue]) -> Floats:
    """The values of ``FACTS``: (issues, facts)."""
    return np.array([_facts(issue) for issue in issues])


@cache
def _facts(issue: NormalizedIssue) -> Floats:
    """Measured once a process: the folds of a run share most of their issues."""
    facts: Floats = facts_of([issue])[0]
    return facts


def _fit_text(settings: TextSettings, texts: Sequence[str]) -> tuple[FittedText, sparse.csr_array]:
    counts, terms = count_terms(texts, settings.analyzer, minimum_count=settings.minimum_count)
    if not terms:
        return FittedText(settings, (), np.empty(0)), counts
    transformer = TfidfTransformer(sublinear_tf=ANALYZERS[settings.analyzer]["sublinear_tf"])
    part = settings.factor * transformer.fit_transform(counts)
    return FittedText(settings, terms, transformer.idf_), part
