from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.metrics import MEASURES, Estimate, measure, wss_at
from training.corpus import Booleans, Floats, Moments
from training.replay.forecast import forecast
from training.replay.measures import left_out, measure_queue
from training.replay.plots import REPLAY_PLOTS, draw_replay
from training.replay.report import (
    curve_columns,
    discovery_columns,
    forecast_columns,
    render,
    sentence,
    week_columns,
)
from training.replay.simulation import BUDGETS, Replay, replay

Queue = tuple[Moments, Floats, Booleans]
MONDAY = np.datetime64("2024-01-01T00:00:00")


def queue(*issues: tuple[str, float, bool]) -> Queue:
    opened, probabilities, is_silent = zip(*issues, strict=True)
    return np.array(opened, dtype="datetime64[s]"), np.array(probabilities), np.array(is_silent)


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    """Issues of up to six weeks, both classes, many of them tied in score or in time."""
    count = draw(st.integers(3, 40))
    hours = draw(st.lists(st.integers(0, 42 * 4 - 1), min_size=count, max_size=count))
    grid = draw(st.sampled_from([1, 5, 10**6]))
    values = draw(st.lists(st.integers(0, grid), min_size=count, max_size=count))
    labels = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    hours[:2], labels[:2] = [0, 42 * 4 - 1], [True, False]
    opened = MONDAY + np.array(hours) * np.timedelta64(6, "h")
    return opened, np.array(values) / grid, np.array(labels)


def run(queue: Queue, *, per_week: int, carries_over: bool = False) -> Replay:
    return replay(*queue, per_week=per_week, carries_over=carries_over, resamples=20)


EXAMPLE = queue(
    ("2024-01-01T00:00:00", 0.1, True),  # Monday, the first moment of a week
    ("2024-01-03T12:00:00", 0.9, False),
    ("2024-01-07T23:59:59", 0.8, True),  # Sunday, the last
    ("2024-01-15T00:00:00", 0.7, False),  # after a week without issues
    ("2024-01-16T12:00:00", 0.6, True),
    ("2024-01-16T12:00:00", 0.5, False),
)


def test_a_small_queue_comes_out_as_worked_out_by_hand() -> None:
    result = run(EXAMPLE, per_week=2)

    assert [str(day) for day in result.mondays] == ["2024-01-01", "2024-01-08", "2024-01-15"]
    tool = result.tool
    assert tool.arrived.tolist() == [3, 0, 3]
    assert tool.read.tolist() == [2, 0, 2]
    assert tool.found.tolist() == [1, 0, 1]
    assert tool.missed.tolist() == [1, 0, 0]
    assert tool.recall == pytest.approx(2 / 3)
    assert tool.curve.tolist() == [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2]]
    assert tool.days == pytest.approx([1 / 86400, 5.5])
    assert tool.issues_read.tolist() == [2, 2]
    # the first two of a week: one silent bug then, and half of the one that ties for the second
    assert result.arrival.found.tolist() == [1, 0, 0.5]
    assert result.arrival.missed.tolist() == [1, 0, 0.5]
    assert result.ideal.found.tolist() == [2, 0, 1]
    assert result.ideal.issues_read.tolist() == [1, 2, 1]
    assert result.wss == wss_at(EXAMPLE[2], EXAMPLE[1])


def test_what_carries_over_is_read_in_a_later_week() -> None:
    tool = run(EXAMPLE, per_week=2, carries_over=True).tool

    assert tool.read.tolist() == [2, 1, 2]
    assert tool.found.tolist() == [1, 1, 1]
    assert tool.missed.tolist() == [0, 0, 0]
    assert tool.days == pytest.approx([1 / 86400, 14, 5.5])
    assert tool.issues_read.tolist() == [2, 3, 2]  # two in its week, then itself


def test_a_tie_is_read_with_the_chance_that_a_shuffle_gives() -> None:
    tied = queue(
        ("2024-01-01", 0.9, False),
        *[("2024-01-02", 0.5, silent) for silent in (True, False, False, False)],
        ("2024-01-09", 0.5, False),
    )

    week_only, carried = (run(tied, per_week=3, carries_over=c).tool for c in (False, True))

    assert week_only.found.tolist() == [0.5, 0]  # two of four
    assert week_only.missed.tolist() == [0.5, 0]
    assert week_only.issues_read.tolist() == [2.5]  # second or third
    assert carried.found.tolist() == [0.5, 0.5]  # the other two and the new one
    assert carried.missed.tolist() == [0, 0]
    assert carried.curve.tolist() == [[0, 0], [1, 0], [3, 0.5], [6, 1]]


@settings(max_examples=25)
@given(queues(), st.booleans())
def test_who_can_read_all_that_arrives_finds_all(issues: Queue, carries_over: bool) -> None:  # noqa: FBT001 - drawn
    result = run(issues, per_week=len(issues[0]), carries_over=carries_over)

    for reading in result.readings.values():
        assert reading.recall == pytest.approx(1.0)
        assert reading.read == pytest.approx(reading.arrived)
        assert reading.days.max() <= 7


@settings(max_examples=25)
@given(queues(), st.integers(1, 12), st.booleans())
def test_the_ideal_order_is_never_beaten(
    issues: Queue,
    per_week: int,
    carries_over: bool,  # noqa: FBT001 - drawn
) -> None:
    result = run(issues, per_week=per_week, carries_over=carries_over)

    best = np.cumsum(result.ideal.found)
    for reading in (result.tool, result.arrival):
        assert (np.cumsum(reading.found) <= best + 1e-9).all()
        read, found = reading.curve.T
        assert (found <= np.interp(read, *result.ideal.curve.T) + 1e-9).all()


@settings(max_examples=25)
@given(queues(), st.integers(1, 12), st.booleans())
def test_every_silent_bug_is_found_or_missed_and_no_more_is_read_than_may_be(
    issues: Queue,
    per_week: int,
    carries_over: bool,  # noqa: FBT001 - drawn
) -> None:
    for reading in run(issues, per_week=per_week, carries_over=carries_over).readings.values():
        assert reading.found.sum() + reading.missed.sum() == pytest.approx(issues[2].sum())
        assert reading.read.max() <= per_week + 1e-9
        assert reading.curve[-1] == pytest.approx([reading.read.sum(), reading.found.sum()])
        assert reading.chance.sum() == pytest.approx(reading.found.sum())
        assert (np.diff(reading.curve, axis=0) >= 0).all()


@settings(max_examples=25)
@given(queues(), st.integers(1, 12), st.randoms(use_true_random=False))
def test_only_the_order_by_probability_within_a_week_matters(
    issues: Queue,
    per_week: int,
    random: Any,  # noqa: ANN401 - Hypothesis's
) -> None:
    opened, probabilities, is_silent = issues
    rows = list(range(len(opened)))
    random.shuffle(rows)
    week = (opened - MONDAY) // np.timedelta64(7, "D")
    later_lower = np.exp(probabilities) - 10.0 * week  # the order across weeks is another

    tool = run(issues, per_week=per_week).tool
    moved = run((opened[rows], later_lower[rows], is_silent[rows]), per_week=per_week).tool

    assert moved.found == pytest.approx(tool.found)
    assert moved.curve == pytest.approx(tool.curve)
    assert sorted(moved.issues_read) == pytest.approx(sorted(tool.issues_read))


@settings(max_examples=25)
@given(queues())
def test_more_reading_finds_more(issues: Queue) -> None:
    rows = run(issues, per_week=3).forecasts

    assert [row.per_week for row in rows] == sorted({*BUDGETS, 3})
    assert (np.diff([row.found.value for row in rows]) >= -1e-9).all()
    assert (np.diff([row.missed.value for row in rows]) <= 1e-9).all()


def test_how_soon_counts_only_what_is_found() -> None:
    tool = run(EXAMPLE, per_week=1).tool  # each week's first is no silent bug

    assert tool.found.sum() == 0
    assert tool.days_until(0.5) is None
    assert tool.issues_until(0.95) is None
    assert run(EXAMPLE, per_week=2).tool.days_until(0.95) == pytest.approx(5.5)


def test_a_forecast_has_the_mean_and_what_resampled_weeks_make_of_it() -> None:
    found = np.array([2.0, 0.0, 1.0, 3.0] * 10)
    missed = np.array([1.0, 1.0, 0.0, 0.0] * 10)

    row = forecast(5, np.full(40, 5.0), found, missed, resamples=400)

    # any four weeks in a row hold the same: blocks of neighbours vary less than single weeks
    assert (row.found, row.missed) == (Estimate(1.5, 1.5, 1.5), Estimate(0.5, 0.5, 0.5))
    assert row.recall == Estimate(0.75, 0.75, 0.75)
    assert (row.found_in_a_week.low, row.found_in_a_week.high) == (0, 3)
    assert (row.missed_in_a_week.low, row.missed_in_a_week.high) == (0, 1)
    assert row.over_all(row.found) == Estimate(60, 60, 60)


def test_an_interval_holds_the_mean_where_weeks_differ() -> None:
    found = np.random.default_rng(2).poisson(2.0, 60).astype(np.float64)

    row = forecast(5, np.full(60, 5.0), found, np.ones(60), resamples=400)

    assert 1.4 < row.found.low < row.found.value < row.found.high < 2.6
    assert row.recall.low < row.recall.value < row.recall.high


def test_having_seen_nothing_missed_promises_no_more_than_the_rule_of_three() -> None:
    some, none = np.ones(30), np.zeros(30)

    found_all, missed_all = forecast(5, some, some, none), forecast(5, some, none, some)

    assert found_all.missed == Estimate(0.0, 0.0, 0.1)
    assert found_all.recall == Estimate(1.0, 0.9, 1.0)
    assert missed_all.found == Estimate(0.0, 0.0, 0.1)
    assert missed_all.recall == Estimate(0.0, 0.0, 0.1)


Change = Callable[[Moments, Floats, Booleans], Queue]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda o, p, s: (o, p, s & False), "0 of 6 issues are relevant"),
        (lambda o, p, s: (o, p, s | True), "6 of 6 issues are relevant"),
        (
            lambda o, p, s: (np.where(p > 0.7, np.datetime64("NaT"), o), p, s),
            "2 of 6 issues have no opening date",
        ),
        (lambda o, p, s: (o, p * np.nan, s), "6 scores are not finite"),
        (lambda o, p, s: (o[1:], p, s), r"differ in shape: \[\(5,\), \(6,\)\]"),
        (lambda o, p, s: (o[:3], p[:3], s[:3]), "All 3 issues .* in the week of 2024-01-01"),
    ],
)
def test_what_cannot_be_replayed_is_refused(change: Change, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(change(*EXAMPLE), per_week=2)


def test_nobody_reads_less_than_one_issue() -> None:
    with pytest.raises(InputError, match="Cannot read 0 issues a week"):
        run(EXAMPLE, per_week=0)


@pytest.fixture(scope="module")
def invented() -> Replay:
    random = np.random.default_rng(4)
    opened = MONDAY + np.sort(random.integers(0, 20 * 7 * 86400, 400)).astype("timedelta64[s]")
    is_silent = random.random(400) < 0.1
    return replay(opened, random.random(400) / 2 + is_silent / 3, is_silent, per_week=5)


def test_the_report_starts_with_what_to_expect(
    invented: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    report = render(invented)

    chosen = next(row for row in invented.forecasts if row.per_week == 5)
    assert sentence(chosen) in " ".join(report.split())
    assert report.index("Read 5 a week") < report.index("The weeks replayed")
    for heading in ("the tool's order", "order of arrival", "ideal order", "WSS@95", "What if"):
        assert heading in report
    assert max(map(len, report.splitlines())) <= 100


def test_the_stopping_estimate_is_said_in_plain_words() -> None:
    row = forecast(
        20, np.full(40, 20.0), np.array([2.0, 0.0, 1.0, 3.0] * 10), np.array([1.0, 0.0] * 20)
    )

    assert sentence(row) == (
        "Read 20 a week: expect 1.5 (95 % interval 1.5 to 1.5) real silent bugs a week, "
        "miss 0.50 (0.50 to 0.50). Over 40 such weeks: 60 (60 to 60) of 80. "
        "Of 100 single weeks, 95 have 0 to 3 found and 0 to 1 missed."
    )


def test_a_report_of_nothing_found_says_how_much_there_may_still_be() -> None:
    assert "0.00 (95 % interval 0.00 to 1.00) real" in render(run(EXAMPLE, per_week=1))


def test_the_numbers_behind_the_plots_come_as_columns(invented: Replay) -> None:
    weeks, budgets = week_columns(invented), forecast_columns(invented)
    curves, discoveries = curve_columns(invented), discovery_columns(invented)

    for table in (weeks, budgets, curves, discoveries):
        assert len({len(column) for column in table.values()}) == 1
    assert weeks["monday"][0] == "2024-01-01"
    assert weeks["tool_found"] == invented.tool.found.tolist()
    assert budgets["per_week"] == [1, 2, 5, 10, 20, 50]
    assert budgets["missed_high"] == [row.missed.high for row in invented.forecasts]
    assert set(curves["reading"]) == {"tool", "arrival", "ideal"}
    assert len(discoveries["days"]) == sum(len(r.days) for r in invented.readings.values())


def test_every_plot_is_written(invented: Replay, tmp_path: Path) -> None:
    paths = draw_replay(invented, tmp_path, title="cost $1 and $2 <b>\n`x`")

    assert [path.stem for path in paths] == list(REPLAY_PLOTS)
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG")


def test_plots_of_nothing_found_are_written_too(tmp_path: Path) -> None:
    assert len(draw_replay(run(EXAMPLE, per_week=1), tmp_path, title="nothing")) == 3


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_of_the_report_is_wider_than_the_terminal(
    invented: Replay, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    assert max(map(len, render(invented).splitlines())) <= min(columns, 100)


def test_ten_issues_are_measured_but_for_precision_among_the_first_twenty() -> None:
    is_silent = np.arange(10) < 3
    scores = np.linspace(0.9, 0.1, 10)

    found = measure_queue(is_silent, scores, resamples=50, seed=1)

    assert set(MEASURES) - set(found) == {"precision_at_20"}
    assert found["average_precision"].value == 1.0
    assert all(one.low <= one.high for one in found.values())
    assert left_out(is_silent).startswith("10 labelled issues say little")


def test_twenty_issues_are_measured_as_any_others_are() -> None:
    is_silent = np.arange(20) < 3
    scores = np.linspace(0.9, 0.1, 20)

    found = measure_queue(is_silent, scores, resamples=50, seed=1)

    assert found == measure(is_silent, scores, resamples=50, seed=1)
    assert left_out(is_silent) == ""


@pytest.mark.parametrize("is_silent", [True, False])
def test_labels_of_one_kind_are_told_to_be_so(*, is_silent: bool) -> None:
    kind = "silent" if is_silent else "not silent"

    with pytest.raises(InputError, match=f"All 10 labels say {kind}: with one kind") as caught:
        measure_queue(np.full(10, is_silent), np.linspace(0, 1, 10), resamples=5, seed=1)

    assert "Decide more issues" in caught.value.hint
