"""What a replay found, in words, tables and columns of numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from io import StringIO

from rich.console import Console
from rich.table import Table

from classifier.metrics import Estimate
from training.figures import short
from training.replay.forecast import Forecast
from training.replay.simulation import Reading, Replay

WIDTH = 100
READINGS: Mapping[str, str] = {
    "tool": "the tool's order",
    "arrival": "order of arrival",
    "ideal": "ideal order",
}


def render(replay: Replay) -> str:
    """What a maintainer wants to know first: what to expect, how it compares, what if."""
    chosen = next(row for row in replay.forecasts if row.per_week == replay.per_week)
    buffer = StringIO()
    console = Console(file=buffer, width=min(WIDTH, Console().width), highlight=False)
    console.print(_introduction(replay))
    console.print(f"\n{sentence(chosen)}\n")
    console.print(_grid("The weeks replayed", *_reading_table(replay)))
    console.print(f"{_small_print(replay)}\n")
    console.print(_grid("What if you read more, or less?", *_budget_table(replay.forecasts)))
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def sentence(forecast: Forecast) -> str:
    """The stopping estimate in plain words."""
    found, missed = forecast.found, forecast.missed
    all_found = forecast.over_all(found)
    real = all_found.value + forecast.over_all(missed).value
    in_a_week, missed_in_a_week = forecast.found_in_a_week, forecast.missed_in_a_week
    return (
        f"Read {forecast.per_week} a week: expect {_count(found, '95 % interval ')} real silent "
        f"bugs a week, miss {_count(missed)}. "
        f"Over {forecast.weeks} such weeks: {_count(all_found)} of {real:.0f}. "
        f"Of 100 single weeks, 95 have {in_a_week.low:.0f} to {in_a_week.high:.0f} found "
        f"and {missed_in_a_week.low:.0f} to {missed_in_a_week.high:.0f} missed."
    )


def week_columns(replay: Replay) -> dict[str, list[str] | list[float]]:
    """A row a week: what came, and what each way of reading made of it."""
    columns: dict[str, list[str] | list[float]] = {
        "monday": [str(day) for day in replay.mondays],
        "arrived": replay.tool.arrived.tolist(),
    }
    for name, reading in replay.readings.items():
        columns[f"{name}_read"] = reading.read.tolist()
        columns[f"{name}_found"] = reading.found.tolist()
        columns[f"{name}_missed"] = reading.missed.tolist()
    return columns


def curve_columns(replay: Replay) -> dict[str, list[str] | list[float]]:
    """A row a point of the found-against-read curves."""
    parts = replay.readings.items()
    return {
        "reading": [name for name, reading in parts for _ in reading.curve],
        "read": [read for _, reading in parts for read in reading.curve[:, 0].tolist()],
        "found": [found for _, reading in parts for found in reading.curve[:, 1].tolist()],
    }


def discovery_columns(replay: Replay) -> dict[str, list[str] | list[float]]:
    """A row a silent bug found; in a tie, a row a chance of finding it."""
    parts = replay.readings.items()
    return {
        "reading": [name for name, reading in parts for _ in reading.chance],
        "chance": [value for _, reading in parts for value in reading.chance.tolist()],
        "days": [value for _, reading in parts for value in reading.days.tolist()],
        "issues_read": [value for _, reading in parts for value in reading.issues_read.tolist()],
    }


def forecast_columns(replay: Replay) -> dict[str, list[str] | list[float]]:
    """A row a budget."""
    rows = replay.forecasts
    columns: dict[str, list[str] | list[float]] = {
        "per_week": [float(row.per_week) for row in rows],
        "read": [row.read for row in rows],
    }
    for name in ("found", "missed", "recall"):
        estimates: list[Estimate] = [getattr(row, name) for row in rows]
        columns[name] = [estimate.value for estimate in estimates]
        columns[f"{name}_low"] = [estimate.low for estimate in estimates]
        columns[f"{name}_high"] = [estimate.high for estimate in estimates]
    for name in ("found_in_a_week", "missed_in_a_week"):
        columns[f"{name}_low"] = [getattr(row, name).low for row in rows]
        columns[f"{name}_high"] = [getattr(row, name).high for row in rows]
    return columns


def _introduction(replay: Replay) -> str:
    arrived, silent = (
        replay.tool.arrived.sum(),
        replay.ideal.found.sum() + replay.ideal.missed.sum(),
    )
    weeks = len(replay.mondays)
    rest = "stays in the queue" if replay.carries_over else "is never read"
    return (
        f"{weeks} weeks from {replay.mondays[0]}: {arrived:,.0f} issues, {silent:.0f} of them "
        f"silent bugs, {arrived / weeks:.1f} arrivals a week.\n"
        f"At the end of each week its first {replay.per_week} are read; what is left {rest}."
    )


def _small_print(replay: Replay) -> str:
    return (
        "Days from opening to the end of the week of reading; both of what is found, median and "
        "95th percentile.\n"
        f"WSS@95 {short(replay.wss)}: the share of reading saved, were the whole queue ranked "
        "at once and read until 95 % are found."
    )


def _reading_table(replay: Replay) -> tuple[Sequence[str], list[list[str]]]:
    headings = ("", "read", "found", "missed", "recall", "days", "read until found")
    return headings, [_reading_row(READINGS[name], one) for name, one in replay.readings.items()]


def _reading_row(name: str, reading: Reading) -> list[str]:
    return [
        name,
        *(f"{_number(part.sum())}" for part in (reading.read, reading.found, reading.missed)),
        short(reading.recall),
        _pair(reading.days_until(0.5), reading.days_until(0.95)),
        _pair(reading.issues_until(0.5), reading.issues_until(0.95)),
    ]


def _budget_table(forecasts: Sequence[Forecast]) -> tuple[Sequence[str], list[list[str]]]:
    headings = ("ready to read", "read a week", "real a week", "missed a week", "recall")
    return headings, [
        [
            str(row.per_week),
            _number(row.read),
            _count(row.found),
            _count(row.missed),
            "{} ({} to {})".format(*map(short, astuple(row.recall))),
        ]
        for row in forecasts
    ]


def _grid(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    grid = Table(title=title, title_justify="left")
    for heading in headings:
        grid.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        grid.add_row(*row)
    return grid


def _count(estimate: Estimate, label: str = "") -> str:
    """Two digits that matter, with the interval."""
    digits = max(0, 1 - math.floor(math.log10(max(estimate.value, 0.1))))
    value, low, high = (f"{number:.{digits}f}" for number in astuple(estimate))
    return f"{value} ({label}{low} to {high})"


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _pair(median: float | None, late: float | None) -> str:
    return "" if median is None or late is None else f"{median:.1f}, {late:.1f}"
