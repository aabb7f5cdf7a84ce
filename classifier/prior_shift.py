"""Moves probabilities to a repository where silent bugs are rarer or more common.

A model is calibrated for one base rate: the share of silent bugs among the issues that its
calibration was fitted on. Elsewhere the same text is as telling, but the odds before reading
differ: all odds are to be multiplied by one factor, which adds the same to all log-odds and lets
no two issues change places. That holds if silent and other issues each read alike in both places.

References: Saerens, Latinne and Decaestecker 2002 (adjusting to new priors), Brown, Cai and
DasGupta 2001 (Jeffreys' interval).
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError
from classifier.metrics import Estimate

Floats = NDArray[np.float64]

WIDEST_OFFSET = 100.0  # log-odds
STEPS = 60  # each halves what is left, so that doubles can tell no more
POSTERIOR_DRAWS = 100_000


def offset_between(from_rate: float, to_rate: float) -> float:
    """Log-odds to add to a probability calibrated for one base rate, to suit another.

    Raises InputError unless both rates are above 0 and below 1.
    """
    return _log_odds(to_rate) - _log_odds(from_rate)


def add_offset(probabilities: Floats, offset: float) -> Floats:
    """Add to the log-odds of probabilities of any shape; 0 stays 0, and 1 stays 1."""
    likelier = probabilities * math.exp(offset)
    shifted: Floats = likelier / (likelier + (1.0 - probabilities))
    return shifted


def shift(probabilities: Floats, from_rate: float, to_rate: float) -> Floats:
    """Suit probabilities, calibrated for one base rate, to another."""
    return add_offset(probabilities, offset_between(from_rate, to_rate))


def estimate_rate(probabilities: Floats, from_rate: float, *, trust: float = 1.0) -> float:
    """The base rate of issues whose labels nobody knows, given (issues,) calibrated.

    With a ``trust`` of 1 it is where the EM algorithm of Saerens et al. comes to rest: the mean
    of the shifted probabilities is the rate that they were shifted to. There the likelihood has
    its one maximum, which halving finds without EM's many small steps. Small or odd samples
    have it at 0 or 1, which no sample can prove: it is held at half an issue from either end.

    With less trust, ``from_rate`` has a say: as much as a sample of it would have that has
    1 - ``trust`` of all issues (a Beta prior). At 0 it is the answer.
    """
    least = 0.5 / (len(probabilities) + 1)

    def excess(rate: float) -> float:
        mean = float(shift(probabilities, from_rate, rate).mean())
        return trust * mean + (1.0 - trust) * from_rate - rate

    return _where_it_falls_below_zero(excess, least, 1.0 - least)


def offset_to_mean(probabilities: Floats, mean: float) -> float:
    """Log-odds to add so that (issues,) probabilities have this mean, above 0 and below 1."""

    def lack(offset: float) -> float:
        return mean - float(add_offset(probabilities, offset).mean())

    return _where_it_falls_below_zero(lack, -WIDEST_OFFSET, WIDEST_OFFSET)


def count_rate(silent_count: int, count: int, *, seed: int = 0) -> Estimate:
    """The base rate by counting: mean and 95 % interval of the posterior on Jeffreys' prior.

    The mean lies half an issue from 0 and 1 at the least. The interval's bounds are quantiles
    of seeded draws, good to a hundredth of their distance.
    """
    if not 0 <= silent_count <= count:
        raise InputError(f"{silent_count} silent bugs among {count} issues cannot be")
    draws = np.random.default_rng(seed).beta(
        silent_count + 0.5, count - silent_count + 0.5, POSTERIOR_DRAWS
    )
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate((silent_count + 0.5) / (count + 1), float(low), float(high))


def _log_odds(rate: float) -> float:
    if not 0.0 < rate < 1.0:
        raise InputError(
            f"{rate} is no base rate", hint="Give a share above 0 and below 1, such as 0.07."
        )
    return math.log(rate) - math.log1p(-rate)


def _where_it_falls_below_zero(
    function: Callable[[float], float], low: float, high: float
) -> float:
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if function(middle) > 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
