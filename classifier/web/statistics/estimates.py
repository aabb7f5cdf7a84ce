"""Shares with honest intervals: precision and recall at a threshold, from a random sample.

References: Clopper & Pearson 1934 (exact interval), Brown, Cai and DasGupta 2001 (how well it
covers).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from classifier.errors import InputError

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

TAIL = 0.025  # at either end of a 95 % interval


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and the 95 % interval of the share behind it."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share, 0.0 to 1.0; None of nothing."""
        return self.count / self.total if self.total else None


def clopper_pearson(count: int, total: int) -> Share:
    """Exact interval, which holds the truth in at least 95 of 100 cases, whatever the share.

    None of twenty is 0 with an upper end of .17, not a certain 0; nothing seen is 0 to 1.
    """
    _check(count, total)
    low = float(betaincinv(count, total - count + 1, TAIL)) if count else 0.0
    high = float(betaincinv(count + 1, total - count, 1.0 - TAIL)) if count < total else 1.0
    return Share(count, total, low, high)


def precision_at(threshold: float, probabilities: Floats, is_silent: Floats) -> Share:
    """Share of silent bugs among the sample's issues from the threshold on.

    ``is_silent`` is 1, 0, or NaN where nobody could tell: (issues,), as ``probabilities``. Both
    are of a random sample, so the part above the threshold is a random sample of what is there.
    """
    silent = is_silent[(probabilities >= threshold) & ~np.isnan(is_silent)]
    return clopper_pearson(int(silent.sum()), len(silent))


def recall_at(threshold: float, probabilities: Floats, is_silent: Floats) -> Share:
    """Share of the sample's silent bugs that lie from the threshold on: as for precision."""
    silent = is_silent == 1.0
    return clopper_pearson(int((silent & (probabilities >= threshold)).sum()), int(silent.sum()))


def reliability(
    probabilities: Floats, is_silent: Floats, *, bins: int = 5
) -> list[tuple[float, Share]]:
    """Mean probability and share of silent bugs of bins of equal count, the lowest first.

    Fewer bins where issues are fewer, none without a clear label.
    """
    is_known = ~np.isnan(is_silent)
    order = np.argsort(probabilities[is_known], kind="stable")
    said, silent = probabilities[is_known][order], is_silent[is_known][order]
    parts = [part for part in np.array_split(np.arange(len(order)), bins) if len(part)]
    return [
        (float(said[part].mean()), clopper_pearson(int(silent[part].sum()), len(part)))
        for part in parts
    ]


def _check(count: int, total: int) -> None:
    if not 0 <= count <= total:
        raise InputError(f"{count} of {total} is no share")
