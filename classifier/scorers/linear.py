"""Serves a linear model over TF-IDF texts and facts, from plain arrays. Needs the extra ``linear``.

Not a serialised scikit-learn object: those run code when loaded or, stored safely, take seconds
for a vocabulary, and tie a model to one version of the library. Terms and numbers do neither.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from classifier.artifact import RESTORE, Manifest
from classifier.calibration import BetaCalibration, probability_of
from classifier.errors import ArtifactError, MissingExtraError
from classifier.scorers.features import FACTS, TEXT_COLUMNS, facts_of, texts_of
from classifier.types import Evidence, NormalizedIssue, Score

try:
    from sklearn.feature_extraction.text import TfidfVectorizer
except ImportError as error:
    raise MissingExtraError("A TF-IDF model", extra="linear") from error

TEXTS_FILE = "texts.json"
NUMBERS_FILE = "numbers.npz"
DAMAGE = (
    *(ValueError, TypeError, LookupError, AttributeError),  # what is said makes no sense
    *(OSError, EOFError, BadZipFile, zlib.error),  # what should be said is not there
)

Floats = NDArray[np.float64]

_COMMON: Mapping[str, Any] = {"sublinear_tf": True, "strip_accents": "unicode"}
_WORD = r"(?u)\b\w[\w.]*\b"
ANALYZERS: Mapping[str, Mapping[str, Any]] = {
    "words": {**_COMMON, "ngram_range": (1, 1), "token_pattern": _WORD},
    "word pairs": {**_COMMON, "ngram_range": (1, 2), "token_pattern": _WORD},
    "characters": {**_COMMON, "analyzer": "char_wb", "ngram_range": (3, 5)},
}
"""How a text may be cut into terms: arguments of TfidfVectorizer, and no others are read from a
model directory, since some make it open files or run any pattern."""


@dataclass(frozen=True, slots=True, eq=False)
class TextBlock:
    """One vectorized text: which, how it is cut into terms, and what each term weighs."""

    column: str  # one of TEXT_COLUMNS
    settings: Mapping[str, Any]  # one of ANALYZERS
    terms: tuple[str, ...]
    idf: Floats  # (terms,) inverse document frequencies
    weights: Floats  # (terms,) log-odds per unit of TF-IDF


@dataclass(frozen=True, slots=True, eq=False)
class LinearWeights:
    """The whole model: log-odds = intercept + texts + (facts - mean) / scale · weights."""

    texts: tuple[TextBlock, ...]
    fact_names: tuple[str, ...]  # names of FACTS, or none
    fact_mean: Floats  # (facts,)
    fact_scale: Floats  # (facts,)
    fact_weights: Floats  # (facts,)
    intercept: float


class LinearScorer:
    """Sums what terms and facts weigh."""

    has_aspects = False

    def __init__(self, weights: LinearWeights, calibration: BetaCalibration) -> None:
        self._weights = weights
        self._calibration = calibration
        self._vectorizers = []
        for block in weights.texts:
            vectorizer = TfidfVectorizer(**block.settings, vocabulary=block.terms)
            vectorizer.idf_ = block.idf
            self._vectorizers.append(vectorizer)

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        """Calibrated scores, in the order of the issues."""
        if not issues:
            return []
        calibrated = self._calibration.calibrate(self._raw(issues))
        return [
            Score(issue.key, float(probability))
            for issue, probability in zip(issues, calibrated, strict=True)
        ]

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        """What each fact adds to the calibrated log-odds, against the average issue.

        A fact is told as present where there is more of it than on average: a yes for what is
        yes or no, a long one for what is counted.
        """
        if not self._weights.fact_names:
            return []
        values = facts_of([issue])
        added = self._fact_terms(values)[0] * self._calibration.slope(float(self._raw([issue])[0]))
        return [
            Evidence(fact.present if value > mean else fact.absent, float(weight), is_quote=False)
            for fact, value, mean, weight in zip(
                FACTS, values[0], self._weights.fact_mean, added, strict=True
            )
        ]

    def _raw(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """Probabilities before calibration: (issues,)."""
        texts = texts_of(issues)
        log_odds = np.full(len(issues), self._weights.intercept)
        for block, vectorizer in zip(self._weights.texts, self._vectorizers, strict=True):
            log_odds += vectorizer.transform(texts[block.column]) @ block.weights
        if self._weights.fact_names:
            log_odds += self._fact_terms(facts_of(issues)).sum(axis=1)
        return probability_of(log_odds)

    def _fact_terms(self, values: Floats) -> Floats:
        """Log-odds that each fact adds: (issues, facts)."""
        scaled = (values - self._weights.fact_mean) / self._weights.fact_scale
        terms: Floats = scaled * self._weights.fact_weights
        return terms


def write(directory: Path, weights: LinearWeights) -> None:
    """Write the weights into a model directory, whose manifest comes after."""
    texts = [
        {"column": block.column, "settings": dict(block.settings), "terms": block.terms}
        for block in weights.texts
    ]
    content = {"texts": texts, "facts": weights.fact_names}
    (directory / TEXTS_FILE).write_text(
        json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
    )
    numbers = {
        "fact_mean": weights.fact_mean,
        "fact_scale": weights.fact_scale,
        "fact_weights": weights.fact_weights,
        "intercept": np.array(weights.intercept),
    }
    for i, block in enumerate(weights.texts):
        numbers[f"idf_{i}"] = block.idf
        numbers[f"weights_{i}"] = block.weights
    with (directory / NUMBERS_FILE).open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **numbers)


def load(directory: Path, manifest: Manifest) -> LinearScorer:
    """Load the weights of a verified model directory. Raises ArtifactError if they are damaged."""
    if unvouched := {TEXTS_FILE, NUMBERS_FILE} - set(manifest.files):
        raise ArtifactError(
            f"The manifest of {directory} vouches for no {' and no '.join(sorted(unvouched))}",
            hint=RESTORE,
        )
    try:
        return LinearScorer(_read(directory), manifest.calibration)
    except DAMAGE as error:
        raise ArtifactError(f"The weights in {directory} are damaged: {error}", hint=RESTORE) from (
            error
        )


def _read(directory: Path) -> LinearWeights:
    content = json.loads((directory / TEXTS_FILE).read_text(encoding="utf-8"))
    with (
        (directory / NUMBERS_FILE).open("rb") as file,  # NumPy leaves it open if it is damaged
        np.load(file, allow_pickle=False) as numbers,
    ):
        blocks = tuple(
            TextBlock(
                _known_column(text["column"]),
                _known_settings(text["settings"]),
                tuple(text["terms"]),
                numbers[f"idf_{i}"],
                numbers[f"weights_{i}"],
            )
            for i, text in enumerate(content["texts"])
        )
        weights = LinearWeights(
            blocks,
            tuple(content["facts"]),
            numbers["fact_mean"],
            numbers["fact_scale"],
            numbers["fact_weights"],
            float(numbers["intercept"]),
        )
    _check(weights)
    return weights


def _check(weights: LinearWeights) -> None:
    """Raise ValueError unless every term and every fact has its finite numbers."""
    if weights.fact_names not in ((), tuple(fact.name for fact in FACTS)):
        raise ValueError(f"facts {weights.fact_names} are not this version's")
    counts = [
        (numbers, len(block.terms))
        for block in weights.texts
        for numbers in (block.idf, block.weights)
    ]
    counts += [
        (numbers, len(weights.fact_names))
        for numbers in (weights.fact_mean, weights.fact_scale, weights.fact_weights)
    ]
    for numbers, count in [*counts, (np.array([weights.intercept]), 1)]:
        if numbers.shape != (count,) or not np.isfinite(numbers).all():
            raise ValueError(f"{numbers.shape} numbers, not all finite, for {count} terms or facts")


def _known_column(name: str) -> str:
    if name not in TEXT_COLUMNS:
        raise ValueError(f"no text {name!r}; known: {', '.join(TEXT_COLUMNS)}")
    return name


def _known_settings(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    for settings in ANALYZERS.values():
        if {**settings, "ngram_range": list(settings["ngram_range"])} == stored:
            return settings
    raise ValueError(f"texts cut as {dict(stored)}; known: {', '.join(ANALYZERS)}")
