"""Do the issues that come in still look like those that came before? Scores, length, templates.

Each check has a number, a threshold and a plain sentence. A difference is called drift only if it
is larger than chance makes it and large enough to matter.

References: Siddiqi 2006 (population stability index, .1 and .25), Yurdakul and Naranjo 2020 (its
distribution where nothing changed), Smirnov 1948 (the largest distance of two distributions).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import chi2, fisher_exact, kstwo

from classifier.chances import percent
from classifier.web.statistics.estimates import Booleans, Floats

FEWEST = 50  # issues on either side, below which nothing is said
CHANCE = 0.01  # how often chance alone may look like drift
BINS = 10
PSI_CHANGE = 0.1
PSI_DRIFT = 0.25
LENGTH_CHANGE = 0.15
LENGTH_DRIFT = 0.25
"""Of the six busiest projects among Denchmark's 25,872 bug reports, the newest quarter lies .05 to
.26 from what came before, odd issues .04 to .09 from even ones."""
TEMPLATE_DRIFT = 0.2  # share of issues; a fifth of the reading

SCORES_RULE = (
    f"Population stability index over {BINS} bins of equal count: from {PSI_CHANGE} on changed, "
    f"from {PSI_DRIFT} on drift (Siddiqi 2006), if it is above what chance gives in 99 of 100 "
    "cases (Yurdakul and Naranjo 2020)."
)
LENGTH_RULE = (
    f"Kolmogorov-Smirnov distance: from {LENGTH_CHANGE} on changed, from {LENGTH_DRIFT} on drift, "
    "as far as the newest quarter of six busy projects ever lay from what came before, if it is "
    "above what chance gives in 99 of 100 cases (Smirnov 1948)."
)
TEMPLATES_RULE = (
    "Share of issues of which two others or more are near-duplicates (four fifths of the word "
    f"triples in common): drift from {percent(TEMPLATE_DRIFT)} on, a fifth of the reading, if it "
    "was less before (Fisher's exact test, 1 of 100)."
)


class Level(StrEnum):
    """How a check ended."""

    STEADY = "steady"
    CHANGED = "changed"
    DRIFT = "drift"
    UNKNOWN = "too few to tell"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; without numbers where there is too little to tell."""

    name: str
    level: Level
    sentence: str
    rule: str  # the threshold and where it is from, in words
    value: float | None = None
    threshold: float | None = None


def psi(expected: Floats, observed: Floats) -> float:
    """Population stability index of two (bins,) counts; half an issue is added to every bin.

    0 where the shares are equal, and the same whichever of them comes first.
    """
    before = (expected + 0.5) / (expected + 0.5).sum()
    now = (observed + 0.5) / (observed + 0.5).sum()
    return float(((now - before) * np.log(now / before)).sum())


def psi_by_chance(expected_total: float, observed_total: float, bins: int) -> float:
    """What the index exceeds in 1 of 100 cases if nothing changed."""
    return float(chi2.ppf(1.0 - CHANCE, bins - 1)) * (1 / expected_total + 1 / observed_total)


def bin_edges(reference: Floats, bins: int = BINS) -> Floats:
    """Inner edges of bins that hold as many of the reference each; fewer where it has ties."""
    return np.unique(np.quantile(reference, np.linspace(0.0, 1.0, bins + 1)[1:-1]))


def into_bins(values: Floats, edges: Floats) -> Floats:
    """Counts of (values,) in each bin: (edges + 1,)."""
    bins = np.searchsorted(edges, values, side="right")
    return np.bincount(bins, minlength=len(edges) + 1).astype(np.float64)


def score_drift(reference: Floats, recent: Floats) -> Finding:
    """Compare the probabilities of issues before and now."""
    name, rule = "scores", SCORES_RULE
    if missing := too_few(name, rule, len(reference), len(recent)):
        return missing
    edges = bin_edges(reference)
    value = psi(into_bins(reference, edges), into_bins(recent, edges))
    chance = psi_by_chance(len(reference), len(recent), len(edges) + 1)
    level = level_of(value, max(PSI_CHANGE, chance), max(PSI_DRIFT, chance))
    rose = float(np.mean(recent)) > float(np.mean(reference))
    how = f"{'higher' if rose else 'lower'} on average than before"
    sentence = {
        Level.STEADY: "The model's probabilities are spread as before.",
        Level.CHANGED: f"The model's probabilities have changed somewhat: they are {how}.",
        Level.DRIFT: f"The model's probabilities have drifted: they are {how}. Decide some audited "
        "issues, and look whether precision still holds.",
    }[level]
    return Finding(name, level, sentence, rule, value, max(PSI_DRIFT, chance))


def length_drift(reference: Floats, recent: Floats) -> Finding:
    """Compare the lengths, in characters, of issues before and now."""
    name, rule = "length", LENGTH_RULE
    if missing := too_few(name, rule, len(reference), len(recent)):
        return missing
    value = ks_distance(reference, recent)
    chance = ks_by_chance(len(reference), len(recent))
    level = level_of(value, max(LENGTH_CHANGE, chance), max(LENGTH_DRIFT, chance))
    before, now = (f"{float(np.median(part)):,.0f}" for part in (reference, recent))
    medians = f"{now} characters in the median, {before} before"
    sentence = {
        Level.STEADY: f"Issues are as long as before: {medians}.",
        Level.CHANGED: f"Issues have changed somewhat in length: {medians}.",
        Level.DRIFT: f"Issues have changed in length: {medians}. A new issue template may be why.",
    }[level]
    return Finding(name, level, sentence, rule, value, max(LENGTH_DRIFT, chance))


def ks_distance(first: Floats, second: Floats) -> float:
    """Largest difference of the shares of both that lie at or below any one value."""
    both = np.sort(np.concatenate([first, second]))
    shares = [
        np.searchsorted(np.sort(part), both, side="right") / len(part) for part in (first, second)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


def ks_by_chance(first: int, second: int) -> float:
    """What that distance exceeds in 1 of 100 cases if nothing changed."""
    return float(kstwo.ppf(1.0 - CHANCE, max(1, round(first * second / (first + second)))))


def template_drift(reference: Booleans, recent: Booleans) -> Finding:
    """Compare which issues nearly repeat others, as reports filed by machines do."""
    name, rule = "templates", TEMPLATES_RULE
    if missing := too_few(name, rule, len(reference), len(recent)):
        return missing
    value = float(recent.mean())
    table = [[int(part.sum()), int((~part).sum())] for part in (recent, reference)]
    is_more = float(fisher_exact(table, alternative="greater").pvalue) < CHANCE
    level = level_of(value if is_more else 0.0, TEMPLATE_DRIFT, TEMPLATE_DRIFT)
    now, before = percent(value), percent(float(reference.mean()))
    shares = f"{now} of the issues nearly repeat others, {before} before"
    sentence = {
        Level.STEADY: f"Few reports look machine-filed: {shares}.",
        Level.DRIFT: f"Many reports look machine-filed: {shares}. One decision may do for all of "
        "them.",
    }[level]
    return Finding(name, level, sentence, rule, value, TEMPLATE_DRIFT)


def level_of(value: float, change: float, drift: float) -> Level:
    """Which of two thresholds is reached."""
    if value >= drift:
        return Level.DRIFT
    return Level.CHANGED if value >= change else Level.STEADY


def too_few(name: str, rule: str, reference: int, recent: int) -> Finding | None:
    """Say so if either side has too few issues for a comparison."""
    if min(reference, recent) >= FEWEST:
        return None
    sentence = (
        f"Too few issues to tell: {recent:,} now and {reference:,} before; {FEWEST} each are "
        "needed."
    )
    return Finding(name, Level.UNKNOWN, sentence, rule)
