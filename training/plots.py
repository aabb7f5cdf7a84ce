"""The three pictures of a ranking: precision against recall, reliability, recall against effort."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classifier.files import replace_file
from classifier.metrics import precision_curve, recall_curve
from training.evaluate import Evaluation, Measured
from training.results import PROTOCOL_NAMES, mean_reliability, row_title

COLOR = "#1f5fa8"
REFERENCE: Mapping[str, Any] = {"color": "#888888", "linestyle": "--", "linewidth": 1}


def draw_plots(evaluation: Evaluation, directory: Path) -> list[Path]:
    """Write every plot of ``PLOTS`` as PNG, a panel for each part of the protocol."""
    return [_draw(evaluation, name, directory / f"{name}.png") for name in PLOTS]


def _draw(evaluation: Evaluation, name: str, path: Path) -> Path:
    title, draw = PLOTS[name]
    with mpl.rc_context({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}):
        count = len(evaluation.parts)
        figure = Figure(figsize=(5 * count, 4), dpi=120, layout="constrained")
        panels = figure.subplots(1, count, squeeze=False)[0]
        for axes, part in zip(panels, evaluation.parts, strict=True):
            draw(axes, part)
            where = f"{PROTOCOL_NAMES[evaluation.protocol]}: {row_title(part.part)}"
            axes.set_title(f"{title}\n{evaluation.experiment.name}, {where}")
        save(figure, path)
    return path


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    replace_file(path, buffer.getvalue())


def _precision_recall(axes: Axes, part: Measured) -> None:
    for row in part.probabilities:
        recall, precision = precision_curve(part.truth, row).T
        axes.step(recall, precision, where="post", color=COLOR, **_line(part))
    base_rate = part.truth.mean()
    axes.axhline(base_rate, **REFERENCE)
    axes.annotate("chance", (0.99, base_rate), ha="right", va="bottom", color="#666666")
    axes.set(
        xlabel="share of silent bugs found",
        ylabel="share of silent bugs among those read",
        xlim=(0, 1),
        ylim=(0, 1),
    )


def _line(part: Measured) -> dict[str, Any]:
    """Thin and pale where many repeats lie over each other."""
    return {"alpha": 0.4, "linewidth": 1} if len(part.probabilities) > 1 else {"linewidth": 1.5}


def _reliability(axes: Axes, part: Measured) -> None:
    said, observed, _ = np.array(mean_reliability(part)).T
    limit = 1.1 * max(said.max(), observed.max())
    axes.plot([0, limit], [0, limit], **REFERENCE)
    axes.plot(said, observed, "o-", color=COLOR)
    axes.set(
        xlabel="mean probability",
        ylabel="share of silent bugs",
        xlim=(0, limit),
        ylim=(0, limit),
    )


def _recall_inspected(axes: Axes, part: Measured) -> None:
    for row in part.probabilities:
        inspected, recall = recall_curve(part.truth, row).T
        axes.plot(inspected, recall, color=COLOR, **_line(part))
    axes.plot([0, 1], [0, 1], **REFERENCE)
    axes.annotate("chance", (0.8, 0.78), ha="left", va="top", color="#666666")
    axes.set(
        xlabel="share of issues read, likeliest first",
        ylabel="share of silent bugs found",
        xlim=(0, 1),
        ylim=(0, 1),
    )


PLOTS: Mapping[str, tuple[str, Callable[[Axes, Measured], None]]] = MappingProxyType(
    {
        "precision_recall": ("Precision and recall", _precision_recall),
        "reliability": ("Reliability (tenths of the issues)", _reliability),
        "recall_inspected": ("Found against read", _recall_inspected),
    }
)
