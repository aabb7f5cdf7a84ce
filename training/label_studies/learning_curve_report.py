"""Learning curves in words, as tables, and as pictures."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classifier.metrics import Estimate
from training.config import Experiment
from training.experiments import Bench, log_circumstances
from training.figures import between
from training.label_studies.learning_curves import MEASURED, Curve, learning_curves
from training.plots import COLOR, REFERENCE, save
from training.predictions import write_table
from training.results import HEADINGS, cell

CURVE = "curve"
CURVES_FILE = "learning_curves.parquet"
NAMES = {"gold": "judged issues", "silver": "silver labels"}
OTHERS = {"gold": "silver labels", "silver": "judged issues"}


def run_curves(
    bench: Bench, experiment: Experiment, *, more: int, config: Path | None = None
) -> list[Curve]:
    """Measure the curves; tables and plots go to RUNS/NAME/curve and to the tracker."""
    curves = learning_curves(bench, experiment, more=more)
    directory = bench.runs / experiment.name / CURVE
    files = [write_curves(curves, directory), *draw_curves(curves, directory)]
    with bench.tracker.run(experiment.name, group=CURVE):
        log_circumstances(bench, experiment, config)
        for found in curves:
            for point in found.points:
                bench.tracker.log_estimates(point.measures, f"{found.labels} {point.share:.0%}")
        for path in files:
            bench.tracker.log_file(path)
    return curves


def render(curves: Sequence[Curve]) -> str:
    """For each curve a table and what more labels would buy, in markdown."""
    return "\n\n".join(f"{_table(curve)}\n\n{sentence(curve)}" for curve in curves)


def sentence(curve: Curve) -> str:
    """What the next labels would buy, in plain words, and how far to believe it."""
    gain = curve.gains["average_precision"]
    start = f"The next {curve.more} {NAMES[curve.labels]}"
    caveat = (
        "by an inverse power law; the interval is over resamples of the tested issues alone, and "
        "knows neither which labels would come nor whether the law holds"
    )
    if gain.low > 0.0:
        return f"{start} would bring AP {between(gain)}, {caveat}."
    if gain.high < 0.0:
        return f"{start} would cost AP {between(gain)}, {caveat}."
    return (
        f"What the next {curve.more} {NAMES[curve.labels]} would bring cannot be told from "
        f"nothing: AP {between(gain)}, {caveat}."
    )


def draw_curves(curves: Sequence[Curve], directory: Path) -> list[Path]:
    """Write a PNG for each curve, a panel for each measure."""
    return [_draw(curve, directory / f"learning_curve_{curve.labels}.png") for curve in curves]


def write_curves(curves: Sequence[Curve], directory: Path) -> Path:
    """Write the numbers behind the pictures, a row a point and measure, as Parquet."""
    rows = [
        {
            "experiment": curve.experiment,
            "labels": curve.labels,
            "measure": name,
            "share": point.share,
            "count": point.count,
            **_columns("", point.measures[name]),
            **_columns("behind_", point.behind[name]),
        }
        for curve in curves
        for point in curve.points
        for name in MEASURED
    ]
    return write_table(pa.Table.from_pylist(rows), directory / CURVES_FILE)


def _table(curve: Curve) -> str:
    headings = [f"share of {NAMES[curve.labels]}", "labels a fold"]
    for name in MEASURED:
        headings += [HEADINGS[name], f"{HEADINGS[name]} that all labels add"]
    lines = [headings, ["---"] * len(headings)]
    for point in curve.points:
        cells = [f"{point.share:.0%}", f"{point.count:,.0f}"]
        for name in MEASURED:
            cells += [cell(point.measures[name]), between(point.behind[name])]
        lines.append(cells)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _draw(curve: Curve, path: Path) -> Path:
    with mpl.rc_context({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(5 * len(MEASURED), 4), dpi=120, layout="constrained")
        for axes, name in zip(figure.subplots(1, len(MEASURED)), MEASURED, strict=True):
            _panel(axes, curve, name)
        beside = f"beside {curve.beside:,.0f} {OTHERS[curve.labels]}"
        figure.suptitle(f"{curve.experiment}: growing {NAMES[curve.labels]}, {beside}")
        save(figure, path)
    return path


def _panel(axes: Axes, curve: Curve, name: str) -> None:
    counts = [point.count for point in curve.points]
    found = [point.measures[name] for point in curve.points]
    axes.fill_between(
        counts,
        [estimate.low for estimate in found],
        [estimate.high for estimate in found],
        color=COLOR,
        alpha=0.15,
        linewidth=0,
        label="95 % interval, same issues at all points",
    )
    axes.plot(
        counts,
        [estimate.value for estimate in found],
        "o-",
        color=COLOR,
        clip_on=False,
        label="measured",
    )
    _forecast(axes, curve, name)
    axes.set(xlabel=f"{NAMES[curve.labels]} to train on", ylabel=HEADINGS[name], xlim=(0, None))
    axes.legend(loc="lower right", frameon=False, fontsize=8)


def _forecast(axes: Axes, curve: Curve, name: str) -> None:
    gain, last = curve.gains[name], curve.points[-1]
    value = last.measures[name].value
    further = last.count + curve.more
    axes.errorbar(
        further,
        value + gain.value,
        yerr=[[gain.value - gain.low], [gain.high - gain.value]],
        fmt="o",
        mfc="white",
        capsize=3,
        color="#666666",
        label=f"{curve.more} more, by power law",
    )
    axes.plot([last.count, further], [value, value + gain.value], **REFERENCE)


def _columns(prefix: str, estimate: Estimate) -> dict[str, float]:
    return {
        f"{prefix}value": estimate.value,
        f"{prefix}low": estimate.low,
        f"{prefix}high": estimate.high,
    }
