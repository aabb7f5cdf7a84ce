"""The status page's pictures, as SVG without a style in it, which the page's policy would refuse.

Each is drawn for a light and for a dark page; its words are text, so that they can be read out.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from classifier.web.overview import Overview
from classifier.web.statistics.estimates import Floats, Share
from classifier.web.statistics.series import Dated, spread_of

SIZE = (5.2, 2.7)  # inches; the page scales it
FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
EDGES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
STYLE = re.compile(r' style="([^"]*)"')
SIZED = re.compile(r"(\d+(?:\.\d+)?)px")
DROPPED = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours on one kind of page; the background is the page's own."""

    ink: str
    soft: str
    line: str
    main: str
    other: str
    alarm: str


THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        "light": Theme("#1d2024", "#5b626b", "#e0dfdb", "#1f5fa8", "#8b9098", "#c2410c"),
        "dark": Theme("#e3e6ea", "#a3abb5", "#3a4048", "#8fb8f6", "#8b939d", "#ef8354"),
    }
)

Draw = Callable[[Axes, Overview, Theme], None]


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture: what it is called, whether there is something to draw, and how."""

    title: str
    note: str  # how to read it
    has_data: Callable[[Overview], bool]
    draw: Draw


def draw_plot(name: str, found: Overview, *, theme: str = "light") -> str:
    """Draw a picture of ``PLOTS`` as SVG; the same numbers give the same text."""
    plot, colours = PLOTS[name], THEMES[theme]
    with mpl.rc_context(_settings(colours)):
        figure = Figure(figsize=SIZE, layout="constrained")
        plot.draw(figure.subplots(), found, colours)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    return without_style(buffer.getvalue())


def without_style(svg: str) -> str:
    """Turn style into attributes, which say the same and need no permission."""
    return STYLE.sub(_attributes, DROPPED.sub("", svg)).strip() + "\n"


def _attributes(found: re.Match[str]) -> str:
    said: dict[str, str] = {}
    for declaration in filter(None, map(str.strip, found[1].split(";"))):
        name, _, value = declaration.partition(":")
        if name == "font":
            size = SIZED.search(value)
            said |= {"font-size": size[1] if size else "10", "font-family": FONT}
            if "bold" in value or "600" in value:
                said["font-weight"] = "600"
        else:
            said[name.strip()] = value.strip().replace('"', "'")
    return "".join(f' {name}="{value}"' for name, value in said.items())


def _settings(theme: Theme) -> dict[str, object]:
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "silentrank",
        "font.size": 9,
        "text.parse_math": False,
        "text.color": theme.ink,
        "axes.labelcolor": theme.soft,
        "axes.edgecolor": theme.line,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "grid.color": theme.line,
        "grid.linewidth": 0.6,
        "xtick.color": theme.line,
        "ytick.color": theme.line,
        "xtick.labelcolor": theme.soft,
        "ytick.labelcolor": theme.soft,
        "ytick.major.size": 0,
        "legend.frameon": False,
        "legend.labelcolor": theme.ink,
    }


def _weeks(axes: Axes, found: Overview, theme: Theme) -> None:
    weeks = _days([week for week, _ in found.weeks])
    counts = [count for _, count in found.weeks]
    axes.bar(weeks + 3.0, counts, width=6.0, color=theme.main, linewidth=0)
    axes.set(ylabel="issues a week")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    _by_date(axes)


def _above(axes: Axes, found: Overview, theme: Theme) -> None:
    _months(axes, found.above, theme, joined=True)
    axes.set(ylabel=f"share from {found.threshold:.0%} on", ylim=(0, None))


def _precision(axes: Axes, found: Overview, theme: Theme) -> None:
    _months(axes, found.precision_by_month, theme, joined=False)
    value = found.precision.value
    if value is not None:
        axes.axhline(value, color=theme.other, linewidth=1, linestyle="--")
        axes.annotate(
            f"all months {value:.0%}",
            (1, value),
            (-2, 3),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            color=theme.soft,
        )
    axes.set(ylabel="silent among those audited", ylim=(0, 1.03))


def _months(axes: Axes, dated: Sequence[Dated], theme: Theme, *, joined: bool) -> None:
    months = _days([point.month for point in dated]) + 14.0  # the middle
    _intervals(axes, months, [point.share for point in dated], theme, joined=joined)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None, symbol=" %"))
    _by_date(axes)


def _intervals(
    axes: Axes, places: Floats, shares: Sequence[Share], theme: Theme, *, joined: bool
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
        axis.set_major_formatter(PercentFormatter(1.0, decimals=None, symbol=" %"))


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
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
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
    axes.legend(loc="upper right", ncols=3)
    _by_date(axes)


def _by_date(axes: Axes) -> None:
    locator = AutoDateLocator(minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _days(days: Sequence[date]) -> Floats:
    numbers: Floats = np.array([date2num(day) for day in days], dtype=np.float64)
    return numbers


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
            lambda found: bool(found.above),
            _above,
        ),
        "precision": Plot(
            "Precision by month",
            "Of audited issues above the threshold, by the month of the decision, with 95 % "
            "intervals.",
            lambda found: bool(found.precision_by_month),
            _precision,
        ),
        "reliability": Plot(
            "Does the probability mean what it says?",
            "Fifths of the audited issues. On the dashed line the model is right.",
            lambda found: bool(found.reliability),
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
