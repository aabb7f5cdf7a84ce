"""What the commands do: read, evaluate, train, show."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from classifier.artifact import Manifest
from classifier.errors import InputError
from classifier.metrics import Estimate
from training.card import ablation_rows, main_rows
from training.config import Experiment, ablated, read_experiment
from training.corpus import load_corpus
from training.evaluate import Evaluation
from training.experiments import Bench, log_circumstances, measure_fully, run_protocol
from training.families import find_family
from training.fit import fit
from training.own import read_own
from training.protocols import PROTOCOLS, Protocol, beside
from training.release import release
from training.results import Results, row_title, table
from training.tracking import MlflowTracker, Tracker

MODEL = "model"
"""A run's folder has its model under this name."""


def read_checked(config: Path) -> Experiment:
    """Read an experiment; a wrong setting should not cost the time that comes before it."""
    experiment = read_experiment(config)
    for variant in (experiment, *(ablated(experiment, name) for name in experiment.ablations)):
        find_family(variant)
    return experiment


def open_bench(
    experiments: Sequence[Experiment], *, data: Path, runs: Path, jobs: int, is_tracked: bool
) -> Bench:
    """Read the issues that the experiments share."""
    first, *others = experiments
    for other in others:
        if other.data != first.data or other.evaluation != first.evaluation:
            raise InputError(
                f"{other.name} and {first.name} differ in [data] or [evaluation]",
                hint="Only experiments on the same issues and folds can be compared.",
            )
    tracker = MlflowTracker() if is_tracked else Tracker()
    return Bench(load_corpus(data, own=read_own(first.data)), runs, tracker, jobs)


def evaluate(
    configs: Sequence[Path],
    protocol: Protocol,
    *,
    repeats: int | None,
    data: Path,
    runs: Path,
    jobs: int,
    is_tracked: bool,
) -> list[Evaluation]:
    """Measure experiments under one protocol, on identical folds."""
    experiments = [_with_repeats(read_checked(config), repeats) for config in configs]
    bench = open_bench(experiments, data=data, runs=runs, jobs=jobs, is_tracked=is_tracked)
    return [
        run_protocol(bench, experiment, protocol, config=config)
        for experiment, config in zip(experiments, configs, strict=True)
    ]


def known_protocol(name: str) -> Protocol:
    """Find a protocol by name. Raises InputError, with the names there are, if it is unknown."""
    for protocol in PROTOCOLS:
        if protocol == name:
            return protocol
    raise InputError(f"No protocol {name!r}", hint=f"Available: {', '.join(PROTOCOLS)}.")


def train(
    config: Path, *, out: Path | None, data: Path, runs: Path, jobs: int, is_tracked: bool
) -> tuple[Results, Manifest, Path]:
    """Measure an experiment under every protocol, then train on all rows."""
    experiment = read_checked(config)
    directory = out or runs / experiment.name / MODEL
    bench = open_bench([experiment], data=data, runs=runs, jobs=jobs, is_tracked=is_tracked)
    results = measure_fully(bench, experiment, config=config)
    corpus = bench.corpus
    fitted = fit(corpus, corpus.is_silent, corpus.gold, beside(corpus), experiment)
    plots = runs / experiment.name
    manifest = release(fitted, experiment, corpus, results, plots=plots, out=directory)
    with bench.tracker.run(experiment.name, group="train"):
        log_circumstances(bench, experiment, config)
        bench.tracker.log_model(directory)
    return results, manifest, directory


def show_evaluations(evaluations: Sequence[Evaluation]) -> None:
    """Print a table for each row of the protocol, a line for each experiment."""
    for name in evaluations[0].rows:
        lines = {found.experiment.name: found.rows[name] for found in evaluations}
        show_table(f"{evaluations[0].protocol}: {row_title(name)}", lines)


def show_results(results: Results) -> None:
    """Print the card's two tables."""
    show_table("On issues that the model never saw", main_rows(results))
    if len(rows := ablation_rows(results)) > 1:
        show_table("What each ingredient brings", rows)


def show_table(title: str, rows: Mapping[str, Mapping[str, Estimate]]) -> None:
    """Print measures with their intervals."""
    headings, cells = table(rows)
    grid = Table(title=title, title_justify="left")
    for heading in headings:
        grid.add_column(heading, overflow="fold")
    for line in cells:
        grid.add_row(*(cell.replace(" (", "\n(") for cell in line))
    Console().print(grid)


def _with_repeats(experiment: Experiment, repeats: int | None) -> Experiment:
    if repeats is None:
        return experiment
    evaluation = experiment.evaluation.model_copy(update={"repeats": repeats})
    return experiment.model_copy(update={"evaluation": evaluation})
