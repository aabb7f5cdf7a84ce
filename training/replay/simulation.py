"""Replays a labelled queue week by week: what would a triager have found, and when?

Weeks are calendar weeks in UTC, from Monday. When one ends, its arrivals are ranked and the
first N are read. What is not read then is never read, unless it carries over: then it competes
with later arrivals until the replay ends.

Ties are never settled by luck: issues of equal score share the places that they hold, and each
is read with the chance that a shuffle would give it. So counts may be fractions.

Reference: van de Schoot et al. 2021 (simulation in ASReview).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from classifier.errors import InputError
from classifier.metrics import wss_at
from training.corpus import Booleans, Floats, Moments
from training.replay.forecast import Forecast, forecast
from training.splits import Indices

BUDGETS = (1, 2, 5, 10, 20, 50)
"""Issues read a week that the forecast is made for."""

DAYS_A_WEEK = 7
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday, three days after Monday
ONE_DAY = np.timedelta64(1, "D")
NOTHING = 1e-9  # chances below are rounding


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way of reading the queue. Tables have a row a week."""

    arrived: Floats  # (weeks,) issues
    read: Floats  # (weeks,) issues, by the week of reading
    found: Floats  # (weeks,) silent bugs, by the week of reading
    missed: Floats  # (weeks,) silent bugs never read, by the week of arrival
    curve: Floats  # (points, 2): issues read and silent bugs found since the start, from (0, 0)
    chance: Floats  # (discoveries,) that this silent bug is found so; below 1 in a tie
    days: Floats  # (discoveries,) from opening to the end of the week of reading
    issues_read: Floats  # (discoveries,) since the bug could first be read, itself included

    @property
    def recall(self) -> float:
        """Share of the silent bugs that are found, 0 to 1."""
        found = float(self.found.sum())
        return found / (found + float(self.missed.sum()))

    def days_until(self, share: float) -> float | None:
        """Days within which ``share`` of what is found is found; None if nothing is."""
        return _quantile(self.days, self.chance, share)

    def issues_until(self, share: float) -> float | None:
        """Issues read within which ``share`` of what is found is found; None if nothing is."""
        return _quantile(self.issues_read, self.chance, share)


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """A queue as the tool ranks it, in order of arrival, and ideally ranked."""

    per_week: int  # issues read
    carries_over: bool
    mondays: Moments  # (weeks,)
    tool: Reading
    arrival: Reading  # what no ranking gives: the first that come are read
    ideal: Reading  # what no ranking can beat: silent bugs first
    wss: float  # work saved over sampling at 95 % recall, the whole queue ranked at once
    forecasts: Sequence[Forecast]  # by rising budget, ``per_week`` among them

    @property
    def readings(self) -> Mapping[str, Reading]:
        """All three, by name."""
        return MappingProxyType({"tool": self.tool, "arrival": self.arrival, "ideal": self.ideal})


def replay(
    opened_at: Moments,
    probabilities: Floats,
    is_silent: Booleans,
    *,
    per_week: int,
    carries_over: bool = False,
    resamples: int = 1000,
    seed: int = 0,
) -> Replay:
    """Replay issues, all of shape (issues,) and in any order; times are UTC.

    Raises InputError if one has no date, if the labels have one class only, or if all were
    opened in one week, which says nothing of the next.
    """
    _check(opened_at, probabilities, is_silent, per_week)
    queue = _queue(opened_at, is_silent)

    def read(scores: Floats, budget: int) -> Reading:
        return _read(queue, scores, budget, carries_over=carries_over)

    budgets = sorted({*BUDGETS, per_week})
    of_budget = {budget: read(probabilities, budget) for budget in budgets}
    return Replay(
        per_week=per_week,
        carries_over=carries_over,
        mondays=queue.mondays,
        tool=of_budget[per_week],
        arrival=read(-queue.opened, per_week),
        ideal=read(np.where(is_silent, np.ptp(queue.opened) + 1.0, 0.0) - queue.opened, per_week),
        wss=wss_at(is_silent, probabilities),
        forecasts=[
            forecast(budget, of.read, of.found, of.missed, resamples=resamples, seed=seed)
            for budget, of in of_budget.items()
        ],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Queue:
    opened: Floats  # (issues,) days since 1970
    is_silent: Booleans  # (issues,)
    week: Indices  # (issues,) of arrival, from 0
    mondays: Moments  # (weeks,), also of weeks in which nothing arrives


@dataclass(frozen=True, slots=True, eq=False)
class _Events:
    """That an issue is read: by whom it is, when, with what chance, and where in the week."""

    issue: Indices
    week: Indices
    chance: Floats
    place: Floats  # mean place among what is read that week, from 1


def _queue(opened_at: Moments, is_silent: Booleans) -> _Queue:
    opened = _days(opened_at)
    number = ((np.floor(opened) + EPOCH_WEEKDAY) // DAYS_A_WEEK).astype(np.intp)
    first = int(number.min())
    weeks = int(number.max()) - first + 1
    days = (np.arange(weeks) + first) * DAYS_A_WEEK - EPOCH_WEEKDAY
    return _Queue(opened, is_silent, number - first, days.astype("datetime64[D]"))


def _read(queue: _Queue, scores: Floats, budget: int, *, carries_over: bool) -> Reading:
    weeks = len(queue.mondays)
    events = _simulate(queue.week, scores, budget, carries_over=carries_over)
    found = events.chance * queue.is_silent[events.issue]
    chance = _sum(events.chance, events.issue, len(scores))
    missed = np.where(queue.is_silent, np.maximum(1.0 - chance, 0.0), 0.0)
    read_in_week = _sum(events.chance, events.week, weeks)
    read_before = np.concatenate([[0.0], np.cumsum(read_in_week)])
    arrival = queue.week[events.issue]
    week_end = (queue.mondays.astype(np.float64) + DAYS_A_WEEK)[events.week]
    is_found = found > 0.0
    return Reading(
        arrived=np.bincount(queue.week, minlength=weeks).astype(np.float64),
        read=read_in_week,
        found=_sum(found, events.week, weeks),
        missed=_sum(missed, queue.week, weeks),
        curve=_curve(events, found),
        chance=found[is_found],
        days=(week_end - queue.opened[events.issue])[is_found],
        issues_read=(read_before[events.week] - read_before[arrival] + events.place)[is_found],
    )


def _simulate(week: Indices, scores: Floats, budget: int, *, carries_over: bool) -> _Events:
    order = np.argsort(-scores, kind="stable")
    tie = np.cumsum(np.diff(scores[order], prepend=scores[order[0]]) != 0.0)
    week_in_order = week[order]
    unread = np.ones(len(order))  # chance that an issue was not read yet
    pool = np.empty(0, dtype=np.intp)  # positions in the order
    events: list[tuple[Indices, Indices, Floats, Floats]] = []
    by_week = np.split(np.argsort(week_in_order, kind="stable"), np.cumsum(np.bincount(week))[:-1])
    for number, arrivals in enumerate(by_week):
        pool = np.sort(np.concatenate([pool, arrivals]))
        chance, place = _read_first(tie[pool], unread[pool], budget)
        is_read = chance > NOTHING
        at = pool[is_read]
        events.append((order[at], np.full(len(at), number), chance[is_read], place[is_read]))
        unread[pool] -= chance
        pool = pool[unread[pool] > NOTHING] if carries_over else pool[:0]
    return _Events(*(np.concatenate(column) for column in zip(*events, strict=True)))


def _read_first(tie: Indices, unread: Floats, budget: int) -> tuple[Floats, Floats]:
    """Chance that each is read now, and its mean place if it is; ties stand side by side.

    How many of a tie are still unread is certain, only which is not: so chances are exact.
    """
    if not len(tie):
        return np.empty(0), np.empty(0)
    starts = np.flatnonzero(np.diff(tie, prepend=-1))
    size = np.add.reduceat(unread, starts)
    before = np.cumsum(size) - size
    taken = np.clip(budget - before, 0.0, size)
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(tie))))
    return unread * (taken / size)[group], (before + (taken + 1.0) / 2.0)[group]


def _curve(events: _Events, found: Floats) -> Floats:
    """Totals after each tie that is read, in order of reading."""
    is_end = (np.diff(events.week) != 0) | (np.diff(events.place) != 0.0)
    ends = np.append(np.flatnonzero(is_end), len(found) - 1)
    totals = np.column_stack([np.cumsum(events.chance)[ends], np.cumsum(found)[ends]])
    return np.vstack([[0.0, 0.0], totals])


def _sum(values: Floats, by: Indices, length: int) -> Floats:
    return np.bincount(by, weights=values, minlength=length).astype(np.float64)


def _quantile(values: Floats, weights: Floats, share: float) -> float | None:
    if not len(values):
        return None
    return float(np.quantile(values, share, weights=weights, method="inverted_cdf"))


def _days(moments: Moments) -> Floats:
    return (moments - np.datetime64(0, "D")) / ONE_DAY


def _check(opened_at: Moments, probabilities: Floats, is_silent: Booleans, per_week: int) -> None:
    shapes = {opened_at.shape, probabilities.shape, is_silent.shape}
    if len(shapes) > 1:
        raise InputError(f"Dates, probabilities and labels differ in shape: {sorted(shapes)}")
    if undated := int(np.isnat(opened_at).sum()):
        raise InputError(
            f"{undated} of {len(opened_at)} issues have no opening date",
            hint="A replay needs every date: add `created_at`, or leave these issues out.",
        )
    if per_week < 1:
        raise InputError(f"Cannot read {per_week} issues a week")
    wss_at(is_silent, probabilities)  # refuses one class, and what is no number
    queue = _queue(opened_at, is_silent)
    if len(queue.mondays) == 1:
        raise InputError(
            f"All {len(opened_at)} issues were opened in the week of {queue.mondays[0]}",
            hint="A replay needs two weeks or more.",
        )
