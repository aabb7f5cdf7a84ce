"""The status page's pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from classifier.chances import percent
from classifier.web.drawing import Theme, draw
from classifier.web.overview import Overview
from classifier.web.statistics.estimates import Floats, Share
from classifier.web.statistics.series import Dated, spread_of

EDGES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
FEWEST_MONTHS = 2  # one is no course of time
HALF_A_WEEK, SIX_DAYS, HALF_A_MONTH = (np.timedelta64(days, "D") for days in (3, 6, 14))
Days = NDArray[np.datetime64]
Draw = Callable[[Axes, Overview, Theme], None]


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture: what it is called, whether there is something to draw, and how."""

    title: str
    note: str  # how to read it
    has_data: Callable[[Overview], bool]
    draw: Draw


def draw_plot(name: str, found: Overview, *, theme: str = "light", size: str = "wide") -> str:
    """Draw a picture of ``PLOTS`` as SVG."""
    plot = PLOTS[name]
    return draw(lambda axes, colours: plot.draw(axes, found, colours), theme=theme, size=size)


def _weeks(axes: Axes, found: Overview, theme: Theme) -> None:
    weeks = _days([week for week, _ in found.weeks])
    counts = [count for _, count in found.weeks]
    axes.bar(weeks + HALF_A_WEEK, counts, width=SIX_DAYS, color=theme.main, linewidth=0)
    axes.set(ylabel="issues a week")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))


def _above(axes: Axes, found: Overview, theme: Theme) -> None:
    _months(axes, found.above, theme, joined=True)
    axes.set(ylabel=f"share from {percent(found.threshold)} on", ylim=(0, None))


def _precision(axes: Axes, found: Overview, theme: Theme) -> None:
    _months(axes, found.precision_by_month, theme, joined=False)
    value = found.precision.value
    if value is not None:
        axes.axhline(value, color=theme.other, linewidth=1, linestyle="--")
        axes.set_title(
            f"- - all months: {percent(value)}", loc="right", fontsize=10, color=theme.soft
        )
    axes.set(ylabel="silent among those audited", ylim=(0, 1.03))


def _months(axes: Axes, dated: Sequence[Dated], theme: Theme, *, joined: bool) -> None:
    months = _days([point.month for point in dated]) + HALF_A_MONTH
    _intervals(axes, months, [point.share for point in dated], theme, joined=joined)
    axes.set_xlim(months[0] - HALF_A_MONTH, months[-1] + HALF_A_MONTH)
    axes.yaxis.set_major_formatter(FuncFormatter(_percent))


def _intervals(
    axes: Axes, places: Floats | Days, shares: Sequence[Share], theme: Theme, *, joined: bool
) -> None:
    values = np.array([share.value or 0.0 for share in shares])
    bounds = np.array([[share.low, share.high] for share in shares]).T
    axes.errorbar(
        places,
        values,
        yerr=np.abs(bounds - values),
        fmt="o-" if joined else "o",
        color=theme.main,
        ecolor=theme.main,
        elinewidth=1,
        capsize=2.5,
        linewidth=1.4,
        markersize=4.5,
        clip_on=False,
    )


def _reliability(axes: Axes, found: Overview, theme: Theme) -> None:
    said = np.array([probability for probability, _ in found.reliability])
    _intervals(axes, said, [share for _, share in found.reliability], theme, joined=False)
    limit = min(
        1.0, 1.15 * max(said.max(), *(share.value or 0.0 for _, share in found.reliability))
    )
    limit = max(limit, 0.1)
    axes.plot([0, 1], [0, 1], color=theme.other, linestyle="--", linewidth=1)
    axes.set(
        xlabel="mean probability that the model gave",
        ylabel="share of silent bugs",
        xlim=(0, limit),
        ylim=(0, min(1.0, max(limit, *(share.high for _, share in found.reliability)) * 1.03)),
    )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(_percent))


def _scores(axes: Axes, found: Overview, theme: Theme) -> None:
    places = np.arange(len(EDGES) - 1)
    axes.bar(
        places,
        spread_of(found.recent, EDGES),
        width=0.8,
        color=theme.main,
        label="now",
        alpha=0.75,
        linewidth=0,
    )
    before = spread_of(found.reference, EDGES)
    axes.stairs(before, np.arange(len(EDGES)) - 0.5, color=theme.ink, linewidth=1.4, label="before")
    axes.set_xticks(np.arange(len(EDGES)) - 0.5, [f"{100 * edge:g}" for edge in EDGES])
    axes.set(xlabel="probability, %", ylabel="share of the issues")
    axes.yaxis.set_major_formatter(FuncFormatter(_percent))
    axes.legend(loc="upper right")


def _drift(axes: Axes, found: Overview, theme: Theme) -> None:
    days = _days([point.start for point in found.drift])
    lines = (
        ("scores", theme.main, "o-"),
        ("length", theme.other, "s--"),
        ("templates", theme.ink, "^:"),
    )
    for name, colour, style in lines:
        values = [getattr(point, name) for point in found.drift]
        axes.plot(days, values, style, color=colour, label=name, markersize=4, linewidth=1.4)
    axes.axhline(1.0, color=theme.alarm, linewidth=1)
    axes.annotate(
        "drift from here on",
        (0, 1.0),
        (2, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        color=theme.alarm,
    )
    most = max(max(point.scores, point.length, point.templates) for point in found.drift)
    axes.set(ylabel="times its threshold", ylim=(0, max(1.5, 1.1 * most)))
    axes.legend(loc="upper right", ncols=3, columnspacing=1.0, handlelength=1.6)


def _percent(share: float, _position: int) -> str:
    return f"{100 * share:.3g} %"


def _days(days: Sequence[date]) -> Days:
    return np.array(days, dtype="datetime64[D]")


PLOTS: Mapping[str, Plot] = MappingProxyType(
    {
        "weeks": Plot(
            "Issues per week",
            "By the day of opening, or of arrival where that is unknown.",
            lambda found: bool(found.weeks),
            _weeks,
        ),
        "above": Plot(
            "Share above the threshold",
            "Of each month's issues, with 95 % intervals.",
            lambda found: len(found.above) >= FEWEST_MONTHS,
            _above,
        ),
        "precision": Plot(
            "Precision by month",
            "Of audited issues above the threshold, by the month of the decision, with 95 % "
            "intervals.",
            lambda found: found.has_precision and len(found.precision_by_month) >= FEWEST_MONTHS,
            _precision,
        ),
        "reliability": Plot(
            "Does the probability mean what it says?",
            "Fifths of the audited issues. On the dashed line the model is right.",
            lambda found: found.has_reliability,
            _reliability,
        ),
        "scores": Plot(
            "Probabilities now and before",
            "How many issues lie between two probabilities.",
            lambda found: len(found.recent) > 0 and len(found.reference) > 0,
            _scores,
        ),
        "drift": Plot(
            "Drift over time",
            "Each part of the queue against all that came before it.",
            lambda found: bool(found.drift),
            _drift,
        ),
    }
)
