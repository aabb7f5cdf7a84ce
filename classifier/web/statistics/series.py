"""Numbers over time: by week, by month, and by parts of equal count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classifier.web.statistics.drift import (
    BINS,
    LENGTH_DRIFT,
    PSI_DRIFT,
    TEMPLATE_DRIFT,
    bin_edges,
    into_bins,
    ks_by_chance,
    ks_distance,
    psi,
    psi_by_chance,
)
from classifier.web.statistics.estimates import Booleans, Floats, Share, clopper_pearson

WEEKS, MONTHS, PARTS = 104, 24, 12  # shown at most, the latest
FEWEST_A_PART = 100  # issues
RECENT_DAYS = 90.0
FEW_RECENT = 100  # issues, below which the recent ones are the newest of these many
LARGEST_RECENT = 1 / 3  # of all
ONE_DAY = 86400.0  # seconds
SINCE_MONDAY = 3  # days, on the first of 1970

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Dated:
    """A share of one month."""

    month: date  # its first day
    share: Share


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """How far one part lies from all before it, in thresholds: from 1 on it is drift."""

    start: date  # of the part
    scores: float
    length: float
    templates: float


def by_week(times: Floats) -> list[tuple[date, int]]:
    """Issues of each calendar week, from Monday in UTC; weeks without any are there, too."""
    if not len(times):
        return []
    weeks = (_dates(times, "D").astype(np.int64) + SINCE_MONDAY) // 7
    first = max(weeks.min(), weeks.max() - WEEKS + 1)
    counts = np.bincount(weeks[weeks >= first] - first)
    monday = date(1970, 1, 1) + timedelta(7 * int(first) - SINCE_MONDAY)
    return [(monday + timedelta(7 * n), int(count)) for n, count in enumerate(counts)]


def by_month(times: Floats, is_hit: Booleans) -> list[Dated]:
    """The share of hits in each month in UTC that has any, with its interval."""
    months, of_month, totals = np.unique(
        _dates(times, "M"), return_inverse=True, return_counts=True
    )
    hits = np.bincount(of_month, weights=is_hit, minlength=len(months))
    return [
        Dated(month, clopper_pearson(int(hit), int(total)))
        for month, hit, total in list(zip(months.tolist(), hits, totals, strict=True))[-MONTHS:]
    ]


def recent_of(times: Floats) -> Booleans:
    """Which issues are recent: those of the last 90 days, or the newest 100 if these are more.

    Never more than a third of all: the others are what they are compared with.
    """
    count = len(times)
    is_recent = times > times.max(initial=0.0) - RECENT_DAYS * ONE_DAY
    size = max(int(is_recent.sum()), FEW_RECENT)
    size = min(size, int(count * LARGEST_RECENT))
    newest = np.argsort(times, kind="stable")[count - size :]
    chosen = np.zeros(count, dtype=bool)
    chosen[newest] = True
    return chosen


def drift_over_time(
    times: Floats, probabilities: Floats, lengths: Floats, is_repeated: Booleans
) -> list[DriftPoint]:
    """Compare each part of the queue, in order of time, with all that came before: (issues,)."""
    order = np.argsort(times, kind="stable")
    parts = min(PARTS, len(order) // FEWEST_A_PART)
    points = []
    for part in np.array_split(order, parts)[1:] if parts > 1 else []:
        before = order[: int(np.flatnonzero(order == part[0])[0])]
        points.append(
            DriftPoint(
                _day(float(times[part[0]])),
                _psi_share(probabilities[before], probabilities[part]),
                _ks_share(lengths[before], lengths[part]),
                float(is_repeated[part].mean()) / TEMPLATE_DRIFT,
            )
        )
    return points


def _psi_share(before: Floats, now: Floats) -> float:
    edges = bin_edges(before, BINS)
    limit = max(PSI_DRIFT, psi_by_chance(len(before), len(now), len(edges) + 1))
    return psi(into_bins(before, edges), into_bins(now, edges)) / limit


def _ks_share(before: Floats, now: Floats) -> float:
    return ks_distance(before, now) / max(LENGTH_DRIFT, ks_by_chance(len(before), len(now)))


def spread_of(probabilities: Floats, edges: Sequence[float]) -> Floats:
    """Shares of (issues,) probabilities between edges, of which the first is 0 and the last 1."""
    counts, _ = np.histogram(probabilities, bins=np.asarray(edges))
    shares: Floats = counts / max(1, len(probabilities))
    return shares


def _day(time: float) -> date:
    return datetime.fromtimestamp(time, UTC).date()


def _dates(times: Floats, unit: Literal["D", "M"]) -> NDArray[np.datetime64]:
    """The days or the months that points in time lie in."""
    seconds = np.floor(times).astype("datetime64[s]")
    return seconds.astype(f"datetime64[{unit}]")
