from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.web.statistics.series import (
    WEEKS,
    by_month,
    by_week,
    drift_over_time,
    recent_of,
    spread_of,
)

DAY = 86400.0
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()  # a Thursday
days = st.lists(st.integers(0, 2000), max_size=60)


def _times(some: list[int]) -> np.ndarray:
    return NEW_YEAR + DAY * np.array(some, dtype=np.float64)


def test_weeks_begin_on_monday_and_those_without_an_issue_are_there() -> None:
    assert by_week(_times([0, 3, 4, 18])) == [
        (date(2025, 12, 29), 2),
        (date(2026, 1, 5), 1),
        (date(2026, 1, 12), 0),
        (date(2026, 1, 19), 1),
    ]


@given(days)
def test_weeks_follow_each_other_and_hold_what_is_not_too_old(some: list[int]) -> None:
    weeks = by_week(_times(some))

    assert len(weeks) <= WEEKS
    assert all((later[0] - week[0]).days == 7 for week, later in pairwise(weeks))
    if some and max(some) - min(some) < 700:
        assert sum(count for _, count in weeks) == len(some)


def test_months_have_the_share_of_hits_with_its_interval() -> None:
    first, second = by_month(_times([0, 30, 31]), np.array([True, False, False]))

    assert (first.month, first.share.count, first.share.total) == (date(2026, 1, 1), 1, 2)
    assert (second.month, second.share.value) == (date(2026, 2, 1), 0.0)
    assert second.share.high > 0.9


@given(days)
def test_recent_issues_are_the_newest_and_at_most_a_third(some: list[int]) -> None:
    times = _times(some)
    is_recent = recent_of(times)

    assert is_recent.sum() <= len(some) / 3
    if is_recent.any():
        assert times[is_recent].min() >= times[~is_recent].max()


def test_of_many_issues_those_of_ninety_days_are_recent() -> None:
    times = _times(list(range(1000)))

    assert recent_of(np.repeat(times, 2)).sum() == 180


def test_drift_over_time_begins_once_there_is_something_before() -> None:
    random = np.random.default_rng(0)
    times = _times(list(range(600)))
    lengths = np.concatenate([random.normal(1000, 100, 500), random.normal(3000, 100, 100)])

    points = drift_over_time(times, random.random(600), lengths, np.arange(600) >= 540)

    assert len(points) == 5
    assert points[0].start == date(2026, 4, 11)
    assert all(point.scores < 1.0 for point in points)
    assert [point.length >= 1.0 for point in points] == [False] * 4 + [True]
    assert points[-1].templates == pytest.approx(3.0)  # .6 against .2


def test_few_issues_have_no_drift_over_time() -> None:
    assert drift_over_time(_times([1] * 150), np.ones(150), np.ones(150), np.ones(150) > 0) == []


def test_a_spread_counts_every_probability_once() -> None:
    found = spread_of(np.array([0.0, 0.1, 0.5, 1.0]), [0.0, 0.5, 1.0])

    assert found.tolist() == [0.5, 0.5]
    assert spread_of(np.zeros(0), [0.0, 0.5, 1.0]).tolist() == [0.0, 0.0]
