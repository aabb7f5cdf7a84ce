"""Has the vocabulary of issues changed? And which words are new, which are gone?

The distance is Jensen and Shannon's, of how the issues' words are spread (Lin 1991, in bits, its
square root). Few issues differ a lot by chance, so it is held against the distances that come out
when the same issues are dealt to both sides at random.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer

from classifier.web.statistics.drift import CHANCE, Finding, Level, level_of, too_few
from classifier.web.statistics.estimates import Floats

PERMUTATIONS = 199
WORD = r"(?u)\b[^\W\d]\w{2,29}\b"  # no numbers, nothing of one or two letters
MOST_WORDS = 3000
CHANGE = 0.1
DRIFT = 0.2
"""Distances beyond chance's own. Of the six busiest projects among Denchmark's 25,872 bug reports,
the newest quarter lies .05 to .13 from what came before, the halves of their history .06 to .18
from each other, two projects .39 to .51, and odd issues less than .01 from even ones."""
NAMED = 5
RULE = (
    "Jensen-Shannon distance of the words' frequencies, minus its mean over "
    f"{PERMUTATIONS} random deals of the same issues: from {CHANGE} on changed, from {DRIFT} on "
    "drift, more than six busy projects changed over their history, if it is among the largest "
    "1 of 100 of such deals."
)


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the words moved, by what chance gives, and the words that moved most."""

    distance: float
    mean_by_chance: float
    high_by_chance: float
    more: tuple[str, ...]
    less: tuple[str, ...]


def vocabulary_drift(reference: Sequence[str], recent: Sequence[str], *, seed: int = 0) -> Finding:
    """Compare the words of issues before and now."""
    if missing := too_few("vocabulary", RULE, len(reference), len(recent)):
        return missing
    found = shift_of(reference, recent, seed=seed)
    excess = found.distance - found.mean_by_chance
    is_chance = found.distance <= found.high_by_chance
    level = Level.STEADY if is_chance else level_of(excess, CHANGE, DRIFT)
    words = f"more often {_listed(found.more)}; less often {_listed(found.less)}"
    sentence = {
        Level.STEADY: "Issues use the words that they used before.",
        Level.CHANGED: f"The vocabulary has changed somewhat: {words}.",
        Level.DRIFT: f"The vocabulary has changed: {words}. The model may not know what is new; "
        "look whether precision still holds.",
    }[level]
    return Finding("vocabulary", level, sentence, RULE, excess, DRIFT)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "nothing"


def shift_of(reference: Sequence[str], recent: Sequence[str], *, seed: int = 0) -> Shift:
    """Measure the distance, and deal the issues out anew for what chance gives."""
    vectorizer = CountVectorizer(binary=True, token_pattern=WORD, max_features=MOST_WORDS)
    try:
        words = csr_array(vectorizer.fit_transform([*reference, *recent]), dtype=np.float64)
    except ValueError:  # not one word
        return Shift(0.0, 0.0, 0.0, (), ())
    is_recent = np.repeat([0.0, 1.0], [len(reference), len(recent)])
    random = np.random.default_rng(seed)
    deals = np.array([is_recent, *(random.permutation(is_recent) for _ in range(PERMUTATIONS))])
    now = deals @ words  # (deals, words) issues that have the word
    before = np.asarray(words.sum(axis=0)) - now
    distances = js_distance(before, now)
    change = now[0] / len(recent) - before[0] / len(reference)
    order = np.argsort(change, kind="stable")
    names = vectorizer.get_feature_names_out()
    return Shift(
        float(distances[0]),
        float(distances[1:].mean()),
        float(np.quantile(distances[1:], 1.0 - CHANCE)),
        tuple(str(names[i]) for i in order[::-1][:NAMED] if change[i] > 0.0),
        tuple(str(names[i]) for i in order[:NAMED] if change[i] < 0.0),
    )


def js_distance(first: Floats, second: Floats) -> Floats:
    """Distance of the shares of two (..., terms) counts, 0.0 to 1.0: (...,)."""
    one = first / np.maximum(first.sum(axis=-1, keepdims=True), 1.0)
    other = second / np.maximum(second.sum(axis=-1, keepdims=True), 1.0)
    middle = (one + other) / 2.0
    divergence = (_information(one, middle) + _information(other, middle)) / 2.0
    distance: Floats = np.sqrt(np.clip(divergence, 0.0, 1.0))
    return distance


def _information(shares: Floats, against: Floats) -> Floats:
    """Bits gained by knowing the shares, where 0 times anything is 0."""
    ratio = np.divide(shares, against, out=np.ones_like(shares), where=shares > 0.0)
    gained: Floats = (shares * np.log2(ratio)).sum(axis=-1)
    return gained
