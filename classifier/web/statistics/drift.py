"""Do the issues that come in still look like those that came before? Scores, length, templates.

Each check has a number, a threshold and a plain sentence. A difference is called drift only if it
is larger than chance makes it and large enough to matter.

References: Siddiqi 2006 (population stability index, .1 and .25), Yurdakul and Naranjo 2020 (its
distribution where nothing changed), Smirnov 1948 (the largest distance of two distributions).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import chi2, fisher_exact, kstwo

from classifier.web.statistics.estimates import Booleans, Floats

FEWEST = 50  # issues on either side, below which nothing is said
CHANCE = 0.01  # how often chance alone may look like drift
BINS = 10
PSI_CHANGE = 0.1
PSI_DRIFT = 0.25
LENGTH_DRIFT = 0.15
"""Largest distance of two distributions of length that is let pass: halves of the study's queue,
by date, differ by .11 (training/LOG.md)."""
TEMPLATE_DRIFT = 0.2  # share of issues; a fifth of the reading


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
    name, rule = "scores", (
        f"Population stability index over {BINS} bins of equal count: from {PSI_CHANGE} on changed, "
        f"from {PSI_DRIFT} on drift (Siddiqi 2006), if it is above what chance gives in 99 of 100 "
        "cases (Yurdakul and Naranjo 2020)."
    )
    if missing := _too_few(name, rule, len(reference), len(recent)):
        return missing
    edges = bin_edges(reference)
    value = psi(into_bins(reference, edges), into_bins(recent, edges))
    chance = psi_by_chance(len(reference), len(recent), len(edges) + 1)
    level = _level(value, max(PSI_CHANGE, chance), max(PSI_DRIFT, chance))
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
    name, rule = "length", (
        f"Kolmogorov-Smirnov distance: drift from {LENGTH_DRIFT} on, somewhat more than the two "
        "halves of the study's queue differ by, if chance gives less in 99 of 100 cases."
    )
    if missing := _too_few(name, rule, len(reference), len(recent)):
        return missing
    value = ks_distance(reference, recent)
    chance = ks_by_chance(len(reference), len(recent))
    level = _level(value, max(LENGTH_DRIFT, chance), max(LENGTH_DRIFT, chance))
    before, now = (f"{float(np.median(part)):,.0f}" for part in (reference, recent))
    sentence = {
        Level.STEADY: f"Issues are as long as before: {now} characters in the median, {before} "
        "before.",
        Level.DRIFT: f"Issues have changed in length: {now} characters in the median, {before} "
        "before. A new issue template may be the cause.",
    }[level]
    return Finding(name, level, sentence, rule, value, max(LENGTH_DRIFT, chance))


def ks_distance(first: Floats, second: Floats) -> float:
    """Largest difference of the shares of both that lie at or below any one value."""
    both = np.sort(np.concatenate([first, second]))
    shares = [np.searchsorted(np.sort(part), both, side="right") / len(part) for part in (
        first, second)]
    return float(np.abs(shares[0] - shares[1]).max())


def ks_by_chance(first: int, second: int) -> float:
    """What that distance exceeds in 1 of 100 cases if nothing changed."""
    return float(kstwo.ppf(1.0 - CHANCE, max(1, round(first * second / (first + second)))))


def template_drift(reference: Booleans, recent: Booleans) -> Finding:
    """Compare which issues nearly repeat others, as reports filed by machines do."""
    name, rule = "templates", (
        "Share of issues of which two others or more are near-duplicates (four fifths of the "
        f"word triples in common): drift from {TEMPLATE_DRIFT:.0%} on, if it was less before "
        "(Fisher's exact test, 1 of 100). Our own threshold: a fifth of the reading."
    )
    if missing := _too_few(name, rule, len(reference), len(recent)):
        return missing
    value = float(recent.mean())
    table = [[int(part.sum()), int((~part).sum())] for part in (recent, reference)]
    is_more = float(fisher_exact(table, alternative="greater").pvalue) < CHANCE
    level = _level(value if is_more else 0.0, TEMPLATE_DRIFT, TEMPLATE_DRIFT)
    shares = f"{value:.0%} of the issues nearly repeat others, {float(reference.mean()):.0%} before"
    sentence = {
        Level.STEADY: f"Few reports look machine-filed: {shares}.",
        Level.DRIFT: f"Many reports look machine-filed: {shares}. One decision may do for all of "
        "them.",
    }[level]
    return Finding(name, level, sentence, rule, value, TEMPLATE_DRIFT)


def _level(value: float, change: float, drift: float) -> Level:
    if value >= drift:
        return Level.DRIFT
    return Level.CHANGED if value >= change else Level.STEADY


def _too_few(name: str, rule: str, *counts: int) -> Finding | None:
    if min(counts) >= FEWEST:
        return None
    sentence = f"Too few issues to tell: {counts[1]:,} now and {counts[0]:,} before; " + (
        f"{FEWEST} each are needed."
    )
    return Finding(name, Level.UNKNOWN, sentence, rule)


def worst(findings: Sequence[Finding]) -> Level:
    """The most alarming of several levels; unknown only if all are."""
    order = (Level.UNKNOWN, Level.STEADY, Level.CHANGED, Level.DRIFT)
    return max((finding.level for finding in findings), key=order.index, default=Level.UNKNOWN)
