"""What the commands do: read, evaluate, train, show."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

import typer
from rich.console import Console

from classifier import load
from classifier.artifact import Manifest
from classifier.errors import InputError
from classifier.sources import SOURCES
from training.card import ablation_rows, main_rows
from training.compare import compare
from training.config import DataSettings, Experiment, ablated, read_experiment
from training.corpora import corpus_for
from training.evaluate import Evaluation
from training.experiments import Bench, log_circumstances, measure_fully, run_protocol
from training.families import find_family
from training.fit import fit
from training.fold_store import code_at_start
from training.leakage import record_leakage
from training.leakage import render as render_leakage
from training.protocols import Protocol, beside
from training.release import release
from training.replay import render as render_replay
from training.replay import replay_queue
from training.results import Results, row_title
from training.terminal import show_table
from training.tracking import MlflowTracker, Tracker

REPLAY, LEAKAGE = "replay", "leakage"
"""Protocols beside those of ``PROTOCOLS``, whose answer is no table of measures."""

MODEL = "model"
"""A run's folder has its model under this name."""


def read_checked(
    config: Path, *, repeats: int | None = None, queue: DataSettings | None = None
) -> Experiment:
    """Read an experiment; a wrong setting should not cost the time that comes before it.

    ``repeats`` and ``queue``, issues of your own, take the place of what it says.
    """
    experiment = read_experiment(config)
    for variant in (experiment, *(ablated(experiment, name) for name in experiment.ablations)):
        find_family(variant)
    if repeats is not None:
        evaluation = experiment.evaluation.model_copy(update={"repeats": repeats})
        experiment = experiment.model_copy(update={"evaluation": evaluation})
    return experiment.model_copy(update={"data": queue}) if queue else experiment


def open_bench(
    experiments: Sequence[Experiment], *, data: Path, runs: Path, jobs: int, is_tracked: bool
) -> Bench:
    """Read the issues that the experiments share."""
    code_at_start()  # before the issues are read, which takes time enough to edit
    first, *others = experiments
    for other in others:
        if other.data != first.data or other.evaluation != first.evaluation:
            raise InputError(
                f"{other.name} and {first.name} differ in [data] or [evaluation]",
                hint="Only experiments on the same issues and folds can be compared.",
            )
    tracker = MlflowTracker() if is_tracked else Tracker()
    return Bench(corpus_for(experiments, data), runs, tracker, jobs)


def evaluate(bench: Bench, experiments: Mapping[Path, Experiment], protocol: str) -> bool:
    """Measure experiments on identical folds and show what was found; the first is the baseline.

    Returns whether nothing was found that must not be: only ``leakage`` can fail.
    """
    if protocol == LEAKAGE:
        reports = [record_leakage(bench, experiment) for experiment in experiments.values()]
        for report in reports:
            Console().print(render_leakage(report))
        return all(report.passes for report in reports)
    found = [
        run_protocol(bench, experiment, cast("Protocol", protocol), config=config)
        for config, experiment in experiments.items()
    ]
    show_evaluations(found)
    show_comparisons(found)
    return True


def show_replays(
    bench: Bench,
    experiments: Iterable[Experiment],
    *,
    per_week: int,
    is_retrained: bool,
    carries_over: bool,
    is_released: bool,
) -> None:
    """Replay the gold issues with each experiment, and say what reading them would have found."""
    released = load() if is_released else None
    found = [
        replay_queue(
            bench,
            experiment,
            per_week=per_week,
            is_retrained=is_retrained,
            carries_over=carries_over,
            released=released,
        )
        for experiment in experiments
    ]
    for one in found:
        typer.echo(f"{one.predictions.name}\n{render_replay(one.replay)}")
        if one.note:
            typer.echo(one.note)
    show_table("replay: silent bugs", {one.predictions.name: one.measures for one in found})
    baseline, *others = found
    for other in [] if baseline.note else others:
        shown = compare(other.predictions, baseline.predictions)
        typer.echo(f"{shown.verdict}, replay: {shown.sentence}")


def queue_of(issues: Sequence[str], labels: Path | None) -> DataSettings | None:
    """Issues of your own, if any; they may carry their labels themselves."""
    if labels and not issues:
        raise InputError("--labels needs --issues", hint="Give the issues' texts, too.")
    if not issues:
        return None
    if labels is None:
        kind, _, rest = issues[0].partition(":")
        labels = Path(rest if kind in SOURCES else issues[0])
        if issues[0] == "-":
            raise InputError("--issues - needs --labels", hint="Labels are read from a file.")
    return DataSettings(issues=tuple(issues), labels=labels)


def train(
    config: Path,
    *,
    out: Path | None,
    protocols: Sequence[Protocol] | None,
    data: Path,
    runs: Path,
    jobs: int,
    is_tracked: bool,
) -> tuple[Results, Manifest, Path]:
    """Measure an experiment under every protocol, or under these alone, then train on all rows."""
    experiment = read_checked(config)
    directory = out or runs / experiment.name / MODEL
    bench = open_bench([experiment], data=data, runs=runs, jobs=jobs, is_tracked=is_tracked)
    results = measure_fully(bench, experiment, protocols, config=config)
    corpus, plots = bench.corpus, runs / experiment.name
    with bench.tracker.run(experiment.name, group="train"):
        log_circumstances(bench, experiment, config)
        fitted = fit(corpus, corpus.is_silent, corpus.gold, beside(corpus), experiment)
        manifest = release(fitted, experiment, corpus, results, plots=plots, out=directory)
        bench.tracker.log_model(directory)
    return results, manifest, directory


def show_evaluations(evaluations: Sequence[Evaluation]) -> None:
    """Print a table for each row of the protocol, a line for each experiment."""
    for name in evaluations[0].rows:
        lines = {found.experiment.name: found.rows[name] for found in evaluations}
        show_table(f"{evaluations[0].protocol}: {row_title(name)}", lines)


def show_comparisons(evaluations: Sequence[Evaluation]) -> None:
    """Say of each part how every experiment fares against the first, in plain words."""
    baseline, *others = evaluations
    for at, part in enumerate(baseline.parts):
        for other in others:
            settings = other.experiment.evaluation
            found = compare(
                other.parts[at], part, resamples=settings.resamples, seed=settings.fold_seed
            )
            typer.echo(f"{found.verdict}, {row_title(part.part)}: {found.sentence}")


def show_results(results: Results) -> None:
    """Print the card's two tables."""
    show_table("On issues that the model never saw", main_rows(results))
    if len(rows := ablation_rows(results)) > 1:
        show_table("What each ingredient brings", rows)
