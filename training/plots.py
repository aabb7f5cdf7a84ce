"""The three pictures of a ranking: precision against recall, reliability, recall against effort."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classifier.metrics import precision_curve, recall_curve, reliability
from training.evaluate import Evaluation

COLOR = "#1f5fa8"
REFERENCE: Mapping[str, Any] = {"color": "#888888", "linestyle": "--", "linewidth": 1}


def draw_plots(evaluation: Evaluation, directory: Path) -> list[Path]:
    """Write every plot of ``PLOTS`` as PNG."""
    directory.mkdir(parents=True, exist_ok=True)
    return [_draw(evaluation, name, directory) for name in PLOTS]


def _draw(evaluation: Evaluation, name: str, directory: Path) -> Path:
    with mpl.rc_context({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(5, 4), dpi=120, layout="constrained")
        axes = figure.add_subplot()
        PLOTS[name](axes, evaluation)
        path = directory / f"{name}.png"
        figure.savefig(path, metadata={"Software": None})
    return path


def _precision_recall(axes: Axes, evaluation: Evaluation) -> None:
    for row in evaluation.probabilities:
        recall, precision = precision_curve(evaluation.is_silent, row).T
        axes.step(recall, precision, where="post", color=COLOR, alpha=0.4, linewidth=1)
    base_rate = evaluation.is_silent.mean()
    axes.axhline(base_rate, **REFERENCE)
    axes.annotate("chance", (0.99, base_rate), ha="right", va="bottom", color="#666666")
    axes.set(
        title=_title("Precision and recall", evaluation),
        xlabel="share of silent bugs found",
        ylabel="share of silent bugs among those read",
        xlim=(0, 1),
        ylim=(0, 1),
    )


def _reliability(axes: Axes, evaluation: Evaluation) -> None:
    curves = [reliability(evaluation.is_silent, row) for row in evaluation.probabilities]
    said, observed, _ = np.mean(curves, axis=0).T
    limit = 1.1 * max(said.max(), observed.max())
    axes.plot([0, limit], [0, limit], **REFERENCE)
    axes.plot(said, observed, "o-", color=COLOR)
    axes.set(
        title=_title("Reliability (tenths of the issues)", evaluation),
        xlabel="mean probability",
        ylabel="share of silent bugs",
        xlim=(0, limit),
        ylim=(0, limit),
    )


def _recall_inspected(axes: Axes, evaluation: Evaluation) -> None:
    for row in evaluation.probabilities:
        inspected, recall = recall_curve(evaluation.is_silent, row).T
        axes.plot(inspected, recall, color=COLOR, alpha=0.4, linewidth=1)
    axes.plot([0, 1], [0, 1], **REFERENCE)
    axes.annotate("chance", (0.8, 0.78), ha="left", va="top", color="#666666")
    axes.set(
        title=_title("Found against read", evaluation),
        xlabel="share of issues read, likeliest first",
        ylabel="share of silent bugs found",
        xlim=(0, 1),
        ylim=(0, 1),
    )


def _title(what: str, evaluation: Evaluation) -> str:
    names = {"cv": "cross-validation", "time": "later issues"}
    return f"{what}\n{evaluation.experiment.name}, {names[evaluation.protocol]}"


PLOTS: Mapping[str, Callable[[Axes, Evaluation], None]] = MappingProxyType(
    {
        "precision_recall": _precision_recall,
        "reliability": _reliability,
        "recall_inspected": _recall_inspected,
    }
)
