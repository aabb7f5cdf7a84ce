"""From probabilities, and labels where there are any, to a threshold and what it promises.

Where labels are, they are counted. Where none are, the model's own probabilities are believed,
once they are shifted to a base rate between the model's and the one at which they fit each
other best. The latter alone would be the textbook's answer, but it takes every difference in
wording for one in base rate: of fourteen repositories it put ten at 0. How far to trust it is
unknown, so intervals cover everything from not at all to wholly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.criteria import Criterion
from classifier.metrics import Estimate
from classifier.prior_shift import (
    add_offset,
    count_rate,
    estimate_rate,
    offset_between,
    offset_to_mean,
)

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

RESAMPLES = 500
INTERVAL = (0.025, 0.975)
NOTHING_PASSES = 1.0
MOST_OF_NONE_FOUND = 3.0
"""Upper end of a 95 % interval for a count that came out as 0 (Hanley and Lippman-Hand 1983),
where a bootstrap would see no doubt at all. Of labels that stand for more issues, it is more."""


@dataclass(frozen=True, slots=True, eq=False)
class Unlabelled:
    """Issues whose labels nobody knows."""

    probabilities: Floats  # (issues,), for the base rate that the model was calibrated for
    model_rate: float
    trust: float = 0.5  # in what the issues say of their base rate, 0 to 1

    def drawn(self, random: np.random.Generator) -> "Unlabelled":
        """As many issues, drawn with repeats, and another trust: likely little, or much."""
        issues = _draw(len(self.probabilities), random)
        return Unlabelled(self.probabilities[issues], self.model_rate, random.beta(0.5, 0.5))

    @property
    def labelled_count(self) -> int:
        """None of them."""
        return 0

    @property
    def silent_count(self) -> int:
        """None that anybody counted."""
        return 0

    def offset(self) -> float:
        """Log-odds from the model's base rate to this sample's."""
        rate = estimate_rate(self.probabilities, self.model_rate, trust=self.trust)
        return offset_between(self.model_rate, rate)

    def counted(self) -> Floats:
        """Each issue stands for itself: (issues,)."""
        return np.ones(len(self.probabilities))

    def real(self) -> Floats:
        """The shifted probabilities, whose sum is the expected number: (issues,)."""
        return add_offset(self.probabilities, self.offset())

    def settled(self, real: Floats, random: np.random.Generator) -> Floats:
        """Each issue is silent or not, by its probability: their sum is Poisson-binomial."""
        return (random.random(len(real)) < real).astype(np.float64)

    def base_rate(self, resampled: Floats) -> Estimate:
        """The share that is believed, and how it varies over resamples."""
        return _around(float(self.real().mean()), resampled)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Issues of which all, or some that were picked without a look at them, have labels."""

    probabilities: Floats  # (issues,), for whatever base rate
    is_silent: Floats  # (issues,) 1 or 0, NaN where there is no label

    def drawn(self, random: np.random.Generator) -> "Labelled":
        """As many issues, drawn with repeats."""
        issues = _draw(len(self.probabilities), random)
        return Labelled(self.probabilities[issues], self.is_silent[issues])

    @property
    def labelled_count(self) -> int:
        """How many of them."""
        return int(self._is_labelled.sum())

    @property
    def silent_count(self) -> int:
        """How many labels say silent."""
        return int(np.nansum(self.is_silent))

    def offset(self) -> float:
        """Log-odds that make the labelled issues' probabilities right on average.

        That needs no word on the base rate that the model was calibrated for.
        """
        return offset_to_mean(self.probabilities[self._is_labelled], self._rate().value)

    def counted(self) -> Floats:
        """A labelled issue stands also for its share of those without a label: (issues,)."""
        counted: Floats = self._is_labelled * len(self.is_silent) / max(1, self.labelled_count)
        return counted

    def real(self) -> Floats:
        """A silent bug stands also for its share of those without a label: (issues,)."""
        real: Floats = np.nan_to_num(self.is_silent, nan=0.0) * self.counted()
        return real

    def settled(self, real: Floats, random: np.random.Generator) -> Floats:  # noqa: ARG002 - as above
        """Labels are what they are."""
        return real

    def base_rate(self, resampled: Floats) -> Estimate:  # noqa: ARG002 - as above
        """The rate by counting, with its interval."""
        return self._rate()

    def _rate(self) -> Estimate:
        return count_rate(self.silent_count, self.labelled_count)

    @property
    def _is_labelled(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.is_silent)


Sample = Unlabelled | Labelled


@dataclass(frozen=True, slots=True)
class Decision:
    """A threshold and what it promises; probabilities are shifted to the sample's base rate."""

    base_rate: Estimate
    offset: float  # log-odds that were added to the model's probabilities
    threshold: float
    band: tuple[float, float]  # in which 95 % of the resamples had their threshold
    passing_count: int
    real: Estimate  # silent bugs among those that pass


def decide(
    sample: Sample, criterion: Criterion, *, resamples: int = RESAMPLES, seed: int = 0
) -> Decision | None:
    """Choose the threshold; None if what the criterion asks for cannot be had.

    Intervals are of 95 %, by bootstrap over issues. Each resample has its base rate estimated
    and its threshold chosen anew; how many real ones pass is asked of the one threshold that is
    returned. A resample in which the criterion cannot be met counts as letting nothing pass.
    """
    chosen = _threshold(sample.probabilities, sample.counted(), sample.real(), criterion)
    if chosen is None:
        return None
    passes = sample.probabilities >= chosen
    rates, thresholds, found = _resampled(sample, criterion, chosen, resamples, seed)
    offset = sample.offset()
    bounds = np.quantile(thresholds, INTERVAL, method="nearest")
    low, threshold, high = add_offset(np.array([bounds[0], chosen, bounds[1]]), offset)
    return Decision(
        base_rate=sample.base_rate(rates),
        offset=offset,
        threshold=float(threshold),
        band=(float(min(low, threshold)), float(max(high, threshold))),
        passing_count=int(passes.sum()),
        real=_among(sample.counted()[passes] > 0.0, float(sample.real()[passes].sum()), found),
    )


def _threshold(
    probabilities: Floats, counted: Floats, real: Floats, criterion: Criterion
) -> float | None:
    """Halfway between the last that passes and the first that does not, so no rounding matters."""
    order = np.argsort(-probabilities, kind="stable")
    ordered = probabilities[order]
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    sums = (np.cumsum(values[order])[ends] for values in (np.ones(len(order)), counted, real))
    cut = criterion.cut(*sums)
    if cut is None:
        return None
    below = ordered[ends[cut] + 1] if cut + 1 < len(ends) else 0.0
    return float((ordered[ends[cut]] + below) / 2.0)


def _resampled(
    sample: Sample, criterion: Criterion, chosen: float, resamples: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Base rates, the model's own thresholds, and real ones at ``chosen``: (resamples,) each."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(resamples):
        drawn = sample.drawn(random)
        real = drawn.real()
        threshold = _threshold(drawn.probabilities, drawn.counted(), real, criterion)
        found = drawn.settled(real, random)[drawn.probabilities >= chosen].sum()
        rows.append((real.mean(), NOTHING_PASSES if threshold is None else threshold, found))
    rates, thresholds, founds = np.array(rows).T
    return rates, thresholds, founds


def _among(is_known: Booleans, real: float, resampled: Floats) -> Estimate:
    """How many of those that pass are real; ``is_known`` tells which of them speak for the rest.

    No more than those that pass, which labels of a few, counted up, could come to.
    """
    passing_count = float(len(is_known))
    if real:
        found = _around(real, resampled)
    else:
        most = passing_count * MOST_OF_NONE_FOUND / max(1.0, is_known.sum())
        found = Estimate(0.0, 0.0, most if is_known.any() else passing_count)
    return Estimate(*(min(value, passing_count) for value in (found.value, found.low, found.high)))


def _draw(count: int, random: np.random.Generator) -> Indices:
    return random.integers(0, count, count)


def _around(value: float, resampled: Floats) -> Estimate:
    low, high = np.quantile(resampled, INTERVAL)
    return Estimate(value, min(float(low), value), max(float(high), value))
