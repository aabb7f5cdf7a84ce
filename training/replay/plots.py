"""The three pictures of a replay: found against read, what a budget buys, how soon it is found."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator, PercentFormatter

from classifier.metrics import Estimate
from training.corpus import Floats
from training.plots import COLOR, save
from training.replay.report import READINGS
from training.replay.simulation import Reading, Replay

MISSED = "#c2571a"
QUIET = "#666666"
SHIFT = 0.08  # so that intervals stand side by side
A_WEEK = 7.0
WEEKS_MARKED = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
LINES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "tool": {"color": COLOR, "linewidth": 2, "zorder": 3},
        "arrival": {"color": "#888888", "linewidth": 1.2, "linestyle": "--"},
        "ideal": {"color": "#2b2b2b", "linewidth": 1, "linestyle": ":"},
    }
)


def draw_replay(replay: Replay, directory: Path, *, title: str) -> list[Path]:
    """Write every plot of ``REPLAY_PLOTS`` as PNG; ``title`` names the queue and the model."""
    return [_draw(replay, name, directory / f"{name}.png", title) for name in REPLAY_PLOTS]


def _draw(replay: Replay, name: str, path: Path, title: str) -> Path:
    with mpl.rc_context(
        {
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "text.parse_math": False,  # a title may hold dollars
        }
    ):
        heading, panels, draw = REPLAY_PLOTS[name]
        figure = Figure(figsize=(4.5 * panels + 2.4, 4.5), dpi=120, layout="constrained")
        figure.suptitle(f"{heading.format(replay.per_week)}\n{title}", fontsize=12)
        axes = list(figure.subplots(1, panels, squeeze=False)[0])
        draw(axes, replay)
        legend = axes[0].get_legend_handles_labels()
        figure.legend(*legend, loc="outside lower center", ncols=len(LINES), frameon=False)
        save(figure, path)
    return path


def _found_read(panels: list[Axes], replay: Replay) -> None:
    (axes,) = panels
    silent = float(replay.tool.found.sum() + replay.tool.missed.sum())
    for name, reading in replay.readings.items():
        axes.plot(*reading.curve.T, **LINES[name], label=_label(name, reading.recall))
    axes.axhline(silent, color="#cccccc", linewidth=1, zorder=0)
    axes.annotate(
        f"all {silent:.0f} that arrived",
        (0, silent),
        (4, 3),
        textcoords="offset points",
        color=QUIET,
    )
    axes.set(xlabel="issues read since the start", ylabel="silent bugs found")
    axes.set(xlim=(0, None), ylim=(0, 1.1 * silent))


def _budgets(panels: list[Axes], replay: Replay) -> None:
    counts, recalls = panels
    positions = np.arange(len(replay.forecasts), dtype=np.float64)
    for color, label, shift in ((COLOR, "found", -SHIFT), (MISSED, "missed", SHIFT)):
        estimates = [getattr(row, label) for row in replay.forecasts]
        _intervals(
            counts, (positions + shift).astype(np.float64), estimates, color=color, label=label
        )
    counts.set(title="silent bugs a week", ylim=(0, None))
    estimates = [row.recall for row in replay.forecasts]
    _intervals(recalls, positions, estimates, color=COLOR, label="recall")
    recalls.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    recalls.set(title="share of the silent bugs found", ylim=(0, 1.03))
    for axes in panels:
        axes.set(xlabel="issues read a week", xlim=(-0.5, len(positions) - 0.5))
        axes.xaxis.set_major_locator(FixedLocator(positions.tolist()))
        axes.xaxis.set_major_formatter(FixedFormatter([str(r.per_week) for r in replay.forecasts]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(axis="y", color="#eeeeee")
        axes.set_axisbelow(True)


def _intervals(
    axes: Axes, positions: Floats, estimates: list[Estimate], *, color: str, label: str
) -> None:
    values = np.array([estimate.value for estimate in estimates])
    low = values - [estimate.low for estimate in estimates]
    high = [estimate.high for estimate in estimates] - values
    axes.errorbar(
        positions,
        values,
        yerr=np.maximum([low, high], 0.0),  # rounding
        fmt="o-",
        color=color,
        label=label,
        capsize=3,
        linewidth=1.2,
        markersize=5,
    )


def _discovery(panels: list[Axes], replay: Replay) -> None:
    days, issues = panels
    readings = replay.readings
    _cumulate(days, readings, {name: one.days for name, one in readings.items()}, A_WEEK)
    effort = {name: one.issues_read for name, one in readings.items()}
    _cumulate(issues, readings, effort, float(replay.per_week))
    days.set(title="time", xlabel="days from opening to the end of the week of reading")
    issues.set(title="effort", xlabel="issues read until it is found, itself included")
    days.set_ylabel("share of the silent bugs found")


def _cumulate(
    axes: Axes, readings: Mapping[str, Reading], values: Mapping[str, Floats], one_week: float
) -> None:
    """Shares found within so much; beyond one week's worth, the axis goes on in logarithms."""
    longest = max(one_week, *(part.max(initial=0.0) for part in values.values()))
    for name, reading in readings.items():
        order = np.argsort(values[name])
        total = reading.found.sum() + reading.missed.sum()
        x = np.concatenate([[0.0], values[name][order], [longest]])
        shares = np.cumsum(reading.chance[order]) / total
        y = np.concatenate([[0.0], shares, [reading.recall]])
        axes.step(x, y, where="post", **LINES[name], label=_label(name, reading.recall))
    axes.set_xscale("symlog", linthresh=one_week, linscale=1.5)
    within = np.arange(0.0, one_week, max(1, round(one_week / 5)))
    ticks = [*within, *(n * one_week for n in WEEKS_MARKED if n * one_week <= longest)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in ticks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.set(xlim=(0, longest), ylim=(0, 1.03))
    axes.grid(axis="y", color="#eeeeee")
    axes.set_axisbelow(True)


def _label(name: str, recall: float) -> str:
    return f"{READINGS[name]}: {100 * recall:.0f} %"


Draw = Callable[[list[Axes], Replay], None]

REPLAY_PLOTS: Mapping[str, tuple[str, int, Draw]] = MappingProxyType(
    {
        "replay_found": ("Found against read, {} a week", 1, _found_read),
        "replay_budgets": ("What a budget buys, with 95 % intervals", 2, _budgets),
        "replay_discovery": ("How soon a silent bug is found, reading {} a week", 2, _discovery),
    }
)
"""File name, heading, panels side by side, and what draws them."""
