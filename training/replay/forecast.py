"""What reading N issues a week will find and miss, if the weeks to come are like those replayed.

References: Politis & Romano 1992 (circular block bootstrap), Hanley & Lippman-Hand 1983 (where
nothing was seen, three may have been missed by luck).
"""

from dataclasses import dataclass

import numpy as np

from classifier.metrics import Estimate
from training.corpus import Floats
from training.splits import Indices

WEEKS_A_BLOCK = 4  # neighbouring weeks are alike, as around a release
INTERVAL = (0.025, 0.975)
RULE_OF_THREE = 3.0  # resamples of zeros are zeros, which would promise too much


@dataclass(frozen=True, slots=True)
class Span:
    """Where a number lies in 95 of 100 cases."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of one budget. Estimates are means a week, with 95 % block bootstrap intervals."""

    per_week: int  # issues that a triager is ready to read
    weeks: int  # replayed
    read: float  # issues a week; fewer where fewer arrive
    found: Estimate  # silent bugs a week
    missed: Estimate
    recall: Estimate  # share of the silent bugs found, 0 to 1
    found_in_a_week: Span  # of single weeks, not of their mean
    missed_in_a_week: Span

    def over_all(self, mean: Estimate) -> Estimate:
        """A weekly mean as the total of as many weeks as were replayed."""
        return Estimate(mean.value * self.weeks, mean.low * self.weeks, mean.high * self.weeks)


def forecast(
    per_week: int,
    read: Floats,
    found: Floats,
    missed: Floats,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Forecast:
    """Forecast from the weeks of a replay: (weeks,) each, with something to find in them."""
    drawn = _draw_weeks(len(found), resamples, seed)
    return Forecast(
        per_week=per_week,
        weeks=len(found),
        read=float(read.mean()),
        found=_mean(found, drawn),
        missed=_mean(missed, drawn),
        recall=_recall(found, missed, drawn),
        found_in_a_week=_span(found),
        missed_in_a_week=_span(missed),
    )


def _draw_weeks(weeks: int, resamples: int, seed: int) -> Indices:
    """Weeks of each resample, in blocks of neighbours, of which the last has the first."""
    length = min(WEEKS_A_BLOCK, max(1, weeks // 2))
    blocks = -(-weeks // length)
    starts = np.random.default_rng(seed).integers(0, weeks, (resamples, blocks, 1))
    drawn: Indices = ((starts + np.arange(length)) % weeks).reshape(resamples, -1)[:, :weeks]
    return drawn


def _mean(weekly: Floats, drawn: Indices) -> Estimate:
    if not weekly.any():
        return Estimate(0.0, 0.0, RULE_OF_THREE / len(weekly))
    return _estimate(float(weekly.mean()), weekly[drawn].mean(axis=1))


def _recall(found: Floats, missed: Floats, drawn: Indices) -> Estimate:
    total = float(found.sum() + missed.sum())
    unseen = min(1.0, RULE_OF_THREE / total)
    if not missed.any():
        return Estimate(1.0, 1.0 - unseen, 1.0)
    if not found.any():
        return Estimate(0.0, 0.0, unseen)
    found_sums, missed_sums = found[drawn].sum(axis=1), missed[drawn].sum(axis=1)
    sums = found_sums + missed_sums
    has_some = sums > 0.0  # without a silent bug there is no recall
    return _estimate(float(found.sum()) / total, found_sums[has_some] / sums[has_some])


def _estimate(value: float, draws: Floats) -> Estimate:
    low, high = np.quantile(draws, INTERVAL)
    return Estimate(value, float(low), float(high))


def _span(weekly: Floats) -> Span:
    low, high = np.quantile(weekly, INTERVAL, method="inverted_cdf")
    return Span(float(low), float(high))
