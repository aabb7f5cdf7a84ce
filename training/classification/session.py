"""What the commands do with a configuration that has ``[task]``: measure, train, show."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from classifier.artifact import Manifest
from training.classification.cross_validation import (
    CrossValidated,
    compare_with,
    cross_validate,
    splits_of,
)
from training.classification.measure import MEAN, Rows
from training.classification.model import fit_task
from training.classification.settings import TaskExperiment, read_task
from training.classification.store import write_model
from training.classification.table import Issues, read_training_issues
from training.config import ablated
from training.predictions import write_table
from training.provenance import provenance
from training.results import cell
from training.terminal import show_cells
from training.tracking import MlflowTracker, Tracker

GROUP = "task"
"""Of runs in the tracker."""
MODEL = "model"
METRICS_FILE, PREDICTIONS_FILE = "metrics.parquet", "predictions.parquet"
F1 = "mean F1"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """An experiment and its ablations on identical folds; the experiment itself first."""

    issues: Issues
    found: Mapping[str, CrossValidated]

    @property
    def main(self) -> CrossValidated:
        """The experiment as it is."""
        return next(iter(self.found.values()))


def evaluate(
    config: Path, *, data: Path | None, repeats: int | None, runs: Path, is_tracked: bool
) -> Measured:
    """Cross-validate an experiment and its ablations; tables go to RUNS/NAME/task."""
    experiment = read_task(config)
    if repeats is not None:
        evaluation = experiment.evaluation.model_copy(update={"repeats": repeats})
        experiment = experiment.model_copy(update={"evaluation": evaluation})
    issues = read_training_issues(data or experiment.task.data, experiment.task)
    tracker = MlflowTracker() if is_tracked else Tracker()
    with tracker.run(experiment.name, group=GROUP):
        _log_circumstances(tracker, experiment, issues, config)
        return _measure(experiment, issues, runs, tracker)


def train(
    config: Path, *, data: Path | None, out: Path | None, runs: Path, is_tracked: bool
) -> tuple[Measured, Manifest, Path]:
    """Cross-validate an experiment, then fit to all issues and write a model directory."""
    experiment = read_task(config)
    issues = read_training_issues(data or experiment.task.data, experiment.task)
    directory = out or runs / experiment.name / MODEL
    tracker = MlflowTracker() if is_tracked else Tracker()
    with tracker.run(experiment.name, group=GROUP):
        _log_circumstances(tracker, experiment, issues, config)
        measured = _measure(experiment, issues, runs, tracker)
        manifest = write_model(
            directory,
            fit_task(experiment, issues),
            experiment,
            data_digest=issues.digest,
            metrics={f"cv/{name}": row for name, row in measured.main.rows.items()},
        )
        for path in sorted(directory.iterdir()):
            tracker.log_file(path, MODEL)
    return measured, manifest, directory


def show_measured(measured: Measured) -> None:
    """Print F1 by group and class, and each ablation beside the experiment."""
    main = measured.main
    show_rows(f"{main.experiment.name}: F1, cross-validated", main.rows)
    if len(measured.found) == 1:
        return
    groups = list(main.rows)
    cells = [
        [
            name,
            *(cell(one.rows[group][MEAN]) for group in groups),
            "" if one is main else cell(compare_with(one, main, measured.issues)),
        ]
        for name, one in measured.found.items()
    ]
    headings = ["", *(group or F1 for group in groups), "less the first"]
    show_cells("mean F1 on identical folds", headings, cells)


def show_rows(title: str, rows: Rows) -> None:
    """Print F1 by group and class."""
    labels = next(iter(rows.values()))
    cells = [[name, *map(cell, row.values())] for name, row in rows.items()]
    show_cells(title, ["", *(F1 if label == MEAN else label for label in labels)], cells)


def _measure(experiment: TaskExperiment, issues: Issues, runs: Path, tracker: Tracker) -> Measured:
    splits = splits_of(issues, experiment.task.labels, experiment.evaluation)
    variants = {experiment.name: experiment}
    variants |= {name: ablated(experiment, name) for name in experiment.ablations}
    measured = Measured(
        issues,
        {
            name: cross_validate(variant, issues, splits, title=name)
            for name, variant in variants.items()
        },
    )
    for path in _write_tables(measured, runs / experiment.name / GROUP):
        tracker.log_file(path)
    for name, one in measured.found.items():
        for group, row in one.rows.items():
            start = "" if one is measured.main else f"{name}/"
            tracker.log_estimates(row, f"{start}{group or 'all'}")
    return measured


def _write_tables(measured: Measured, directory: Path) -> list[Path]:
    """Measures with intervals, and what was said of each issue; facts alone, no text."""
    metrics = [
        {"model": name, "group": group, "label": label, "f1": e.value, "low": e.low, "high": e.high}
        for name, one in measured.found.items()
        for group, row in one.rows.items()
        for label, e in row.items()
    ]
    issues, labels = measured.issues, measured.main.experiment.task.labels
    said = [
        {
            "row": row + 1,
            "group": str(issues.groups[row]),
            "label": labels[issues.classes[row]],
            "repeat": repeat,
            "predicted": labels[predicted],
        }
        for repeat, predictions in enumerate(measured.main.predicted)
        for row, predicted in enumerate(predictions)
    ]
    return [
        write_table(pa.Table.from_pylist(rows), directory / name)
        for name, rows in ((METRICS_FILE, metrics), (PREDICTIONS_FILE, said))
    ]


def _log_circumstances(
    tracker: Tracker, experiment: TaskExperiment, issues: Issues, config: Path
) -> None:
    tracker.log_parameters(experiment.model_dump(mode="json", exclude={"ablations"}))
    tracker.log_tags({**provenance(), "model": experiment.name, "dataset_digest": issues.digest})
    tracker.log_file(config)
