"""The light head: a logistic regression that learns from one repository's decisions.

It sees the model's log-odds and the words of an issue, hashed, by TF-IDF. The same labels and the
same seed give the same head, to the last digit that is kept, in whatever order labels come.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack
from sklearn.linear_model import LogisticRegression

from classifier.calibration import EDGE, probability_of
from classifier.web.statistics.estimates import Floats
from classifier.web.statistics.terms import count_words, frequency_of, rarity, weigh

WORDS = 2**13  # places that words are hashed to
TRUST = 5.0
"""The model's log-odds count as so many, so that leaving them as they are costs little."""
PENALTY = 1.0  # the inverse of how much the weights of words are held down
DIGITS = 6
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """One decided issue, as the head learns from it."""

    name: str  # repository and number, or a digest; near-duplicates share one
    text: str
    probability: float  # the model's
    is_silent: bool
    is_audited: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Log-odds = intercept + trust · the model's log-odds + words · weights."""

    intercept: float
    trust: float
    idf: Floats  # (WORDS,) 0 where no labelled issue had the word
    weights: Floats  # (WORDS,)

    def probabilities(self, texts: Sequence[str], model: Floats) -> Floats:
        """What it says of (issues,) of which the model says ``model``."""
        terms = weigh(count_words(texts, WORDS), self.idf)
        return probability_of(self.intercept + self.trust * _log_odds(model) + terms @ self.weights)

    @property
    def coefficients(self) -> dict[str, Any]:
        """Plain numbers, the words' by their places; nothing that runs when read."""
        places = np.flatnonzero(self.idf)
        return {
            "intercept": self.intercept,
            "trust": self.trust,
            "places": places.tolist(),
            "idf": self.idf[places].tolist(),
            "weights": self.weights[places].tolist(),
        }

    @property
    def digest(self) -> str:
        """SHA-256 of all coefficients: equal heads have equal ones."""
        return hashlib.sha256(json.dumps(self.coefficients).encode()).hexdigest()


def head_of(coefficients: Mapping[str, Any]) -> Head:
    """Read what ``Head.coefficients`` gave."""
    idf, weights = np.zeros(WORDS), np.zeros(WORDS)
    places = coefficients["places"]
    idf[places], weights[places] = coefficients["idf"], coefficients["weights"]
    return Head(coefficients["intercept"], coefficients["trust"], idf, weights)


def fit(labels: Sequence[Labelled]) -> Head:
    """Fit to labels of both kinds; their order does not matter."""
    ordered = sorted(labels, key=_order)
    texts = [label.text for label in ordered]
    counts = count_words(texts, WORDS)
    frequency = frequency_of(counts)
    places = np.flatnonzero(frequency)
    idf, weights = np.zeros(WORDS), np.zeros(WORDS)
    idf[places] = _rounded(rarity(frequency[places], len(texts)))
    model = TRUST * _log_odds(np.array([label.probability for label in ordered]))
    terms = csc_array(weigh(counts, idf))[:, places]
    regression = LogisticRegression(C=PENALTY, tol=1e-8, max_iter=2000)
    regression.fit(
        csr_array(hstack([csr_array(model[:, np.newaxis]), terms])),
        [label.is_silent for label in ordered],
    )
    trust, *of_places = regression.coef_[0]
    weights[places] = _rounded(np.array(of_places))
    intercept, trust = _rounded(np.array([regression.intercept_[0], TRUST * trust]))
    return Head(float(intercept), float(trust), idf, weights)


def out_of_fold(labels: Sequence[Labelled], *, seed: int = 0) -> Floats:
    """What heads say of each label that saw neither it nor its near-duplicates: (labels,).

    A label's fold follows from its name and the seed alone, so more labels move no old one. A
    fold that leaves one kind of label out of training says what the model says.
    """
    folds = np.array([_fold(label.name, seed) for label in labels])
    said = np.array([label.probability for label in labels], dtype=np.float64)
    for number in range(FOLDS):
        is_tested = folds == number
        train = [label for label, tested in zip(labels, is_tested, strict=True) if not tested]
        tested = [label for label, tested in zip(labels, is_tested, strict=True) if tested]
        if tested and len({label.is_silent for label in train}) == 2:  # noqa: PLR2004 - both kinds
            texts = [label.text for label in tested]
            said[is_tested] = fit(train).probabilities(texts, said[is_tested])
    return said


def labels_digest(labels: Sequence[Labelled]) -> str:
    """SHA-256 of what a head would learn from, in whatever order."""
    rows = [
        (
            label.name,
            hashlib.sha256(label.text.encode("utf-8", "replace")).hexdigest(),
            label.probability,
            label.is_silent,
            label.is_audited,
        )
        for label in sorted(labels, key=_order)
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _order(label: Labelled) -> tuple[str, str, float, bool]:
    return label.name, label.text, label.probability, label.is_silent


def _fold(name: str, seed: int) -> int:
    drawn = hashlib.sha256(f"{seed}:{name}".encode("utf-8", "replace")).digest()
    return int.from_bytes(drawn[:8], "big") % FOLDS


def _log_odds(probabilities: Floats) -> Floats:
    inside = np.clip(probabilities, EDGE, 1.0 - EDGE)
    odds: Floats = np.log(inside) - np.log1p(-inside)
    return odds


def _rounded(numbers: Floats) -> Floats:
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers])
