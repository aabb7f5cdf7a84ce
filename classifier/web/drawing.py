"""Figures to SVG without a style in it, which the page's policy would refuse.

The words are text, so that they can be read out, and the background is the page's own.
"""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"wide": (5.2, 2.7), "narrow": (3.6, 2.8)}  # inches; the page scales them, words and all
)
FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
STYLE = re.compile(r' style="([^"]*)"')
SIZED = re.compile(r"(\d+(?:\.\d+)?)px")
DROPPED = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL
)
DRAWING = Lock()  # matplotlib has one set of settings for all threads


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


def draw(onto: Callable[[Axes, Theme], None], *, theme: str, size: str) -> str:
    """Draw a figure in one of ``THEMES`` and ``SIZES``; the same numbers give the same text."""
    colours = THEMES[theme]
    with DRAWING, mpl.rc_context(_settings(colours)):
        figure = Figure(figsize=SIZES[size], layout="constrained")
        onto(figure.subplots(), colours)
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


def _settings(theme: Theme) -> dict[Any, Any]:
    return {
        "svg.fonttype": "none",
        "date.converter": "concise",
        "svg.hashsalt": "silentrank",
        "font.size": 10,
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
