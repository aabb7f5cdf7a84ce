"""How well reviewers agree beyond chance: Fleiss' kappa, for unequal numbers of votes, too.

References: Fleiss 1971; Fleiss and Cuzick 1979 (unequal numbers of raters: a disagreement weighs
by the votes less one, and equal numbers give Fleiss' own kappa); Landis and Koch 1977 (words).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.web.statistics import fewest
from classifier.web.statistics.estimates import TAIL, Floats, clopper_pearson

RESAMPLES = 1000
LEAST_VOTES = 2
EQUAL = 1e-12  # differences that rounding alone makes
WORDS = (
    (0.0, "no better than chance"),
    (0.2, "slight beyond chance"),
    (0.4, "fair beyond chance"),
    (0.6, "moderate beyond chance"),
    (0.8, "substantial beyond chance"),
    (1.0, "almost perfect beyond chance"),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa with its 95 % interval; None where it means nothing."""

    kappa: float | None  # 1 at best, 0 by chance
    low: float
    high: float
    issue_count: int  # with two votes or more

    @property
    def is_told(self) -> bool:
        """Whether there is a number, from issues enough."""
        return self.kappa is not None and self.issue_count >= fewest.AGREED

    @property
    def sentence(self) -> str:
        """In plain words, and why there is no number where there is none."""
        if not self.issue_count:
            return "No issue has votes of two reviewers yet, so agreement cannot be told."
        issues = "issue" if self.issue_count == 1 else "issues"
        of = f"on {self.issue_count:,} {issues} with two votes or more"
        if self.issue_count < fewest.AGREED:
            return (
                f"{self.issue_count} {issues} with two votes or more: too few to tell agreement, "
                f"which needs {fewest.AGREED}."
            )
        if self.kappa is None:
            return f"All votes {of} are the same word, so agreement beyond chance means nothing."
        word = next(word for most, word in WORDS if self.kappa <= most)
        value, low, high = map(spelt, (self.kappa, self.low, self.high))
        return f"Agreement {of} is {word}: kappa {value} ({low} to {high})."


def spelt(kappa: float) -> str:
    """Kappa in two digits, with a true minus."""
    return f"{kappa:.2f}".replace("-", "\N{MINUS SIGN}")


def fleiss_kappa(
    votes: NDArray[np.int64], *, resamples: int = RESAMPLES, seed: int = 0
) -> Agreement:
    """Agreement of ``votes`` (issues, categories): how many said so; single votes are left out.

    The interval is a percentile bootstrap over issues. Where nobody disagrees a bootstrap would
    see no doubt at all: then the lower end is what the share of disagreed issues may still be.
    """
    counts = votes[votes.sum(axis=1) >= LEAST_VOTES].astype(np.float64)
    issues = len(counts)
    kappa = float(_kappas(counts, np.ones((1, issues)))[0])
    if np.isnan(kappa):
        return Agreement(None, -1.0, 1.0, issues)
    if bool((counts.max(axis=1) == counts.sum(axis=1)).all()):
        shares = counts.sum(axis=0) / counts.sum()
        by_chance = 1.0 - float((shares**2).sum())
        return Agreement(kappa, 1.0 - clopper_pearson(0, issues).high / by_chance, 1.0, issues)
    draws = np.random.default_rng(seed).multinomial(issues, np.full(issues, 1 / issues), resamples)
    low, high = np.nanquantile(_kappas(counts, draws.astype(np.float64)), [TAIL, 1.0 - TAIL])
    return Agreement(kappa, min(float(low), kappa), max(float(high), kappa), issues)


def _kappas(counts: Floats, times: Floats) -> Floats:
    """Of each resample, which holds issues so many ``times`` (resamples, issues): (resamples,).

    NaN where all votes are the same word, or there is none.
    """
    of_issue = counts.sum(axis=1, keepdims=True)
    unequal = (counts * (of_issue - counts) / np.maximum(of_issue, 1.0)).sum(axis=1)
    shares = times @ counts / np.maximum(times @ of_issue, 1.0)
    by_chance = 1.0 - (shares**2).sum(axis=1)
    observed = times @ unequal / np.maximum(times @ (of_issue[:, 0] - 1.0), 1.0)
    means_something = (by_chance > EQUAL) & (times.sum(axis=1) > 0.0)
    kappas: Floats = np.where(
        means_something, 1.0 - observed / np.where(means_something, by_chance, 1.0), np.nan
    )
    return kappas
