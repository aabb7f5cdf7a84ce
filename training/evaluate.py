"""Measures what would ship, through ``classifier``, on issues that it never saw."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType

import numpy as np
from tqdm import tqdm

from classifier import load, rank_issues
from classifier.artifact import write_manifest
from classifier.metrics import RANKING_MEASURES, Estimate, average_precision, measure, roc_auc
from training.config import Experiment
from training.corpus import Floats
from training.families import ServableModel
from training.fit import Fitted, fit, write_fitted
from training.fold_store import FoldOutcome, FoldStore
from training.paired import Predictions
from training.protocols import Part, Protocol
from training.splits import Split


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A split of one part of a protocol, and what its model says of the tested rows."""

    split: Split
    outcome: FoldOutcome


@dataclass(frozen=True, slots=True, eq=False)
class Measured(Predictions):
    """Predictions and measures of one part."""

    part: str
    rows: Mapping[str, Mapping[str, Estimate]]  # row name → measure → estimate; the part's first


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """One experiment under one protocol."""

    experiment: Experiment
    protocol: Protocol
    parts: Sequence[Measured]
    fold_rows: Sequence[Mapping[str, str | float]]  # a fold's name, choices and measures
    seconds: float  # that the folds took, processes added up

    @property
    def rows(self) -> dict[str, Mapping[str, Estimate]]:
        """Measures by row name."""
        return {name: row for part in self.parts for name, row in part.rows.items()}


def run_folds(
    parts: Sequence[Part], experiment: Experiment, store: FoldStore, *, title: str, jobs: int = 1
) -> list[list[Fold]]:
    """Train and test on every split of every part, in ``jobs`` processes.

    What the store holds is not done again, and what is done is stored at once, so that an
    interrupted run goes on where it stopped. Results are in the order of parts and splits.
    """
    tasks = [(p, s) for p, part in enumerate(parts) for s in range(len(part.splits))]
    keys = {task: _key(store, parts, experiment, task) for task in tasks}
    outcomes = {task: stored for task in tasks if (stored := store.get(keys[task]))}
    missing = [task for task in tasks if task not in outcomes]
    run = partial(_run_task, parts, experiment)
    with tqdm(
        desc=title, unit=" folds", total=len(tasks), initial=len(outcomes), disable=None
    ) as bar:
        try:
            for task, outcome in _run(run, missing, jobs):
                store.put(keys[task], outcome)
                outcomes[task] = outcome
                bar.update()
        except KeyboardInterrupt:
            kept = f"{len(outcomes)} of {len(tasks)} folds are kept"
            bar.write(f"Interrupted: {kept}; the same command goes on from there.", sys.stderr)
            raise
    return [
        [Fold(split, outcomes[p, s]) for s, split in enumerate(part.splits)]
        for p, part in enumerate(parts)
    ]


def summarize(
    parts: Sequence[Part],
    experiment: Experiment,
    protocol: Protocol,
    folds: Sequence[Sequence[Fold]],
) -> Evaluation:
    """Put the folds' predictions together and measure them against every truth."""
    pairs = list(zip(parts, folds, strict=True))
    return Evaluation(
        experiment=experiment,
        protocol=protocol,
        parts=[_measure_part(part, results, experiment) for part, results in pairs],
        fold_rows=[_fold_row(part, fold) for part, results in pairs for fold in results],
        seconds=sum(fold.outcome.seconds for results in folds for fold in results),
    )


Task = tuple[int, int]  # which part, which of its splits
Run = Callable[[Task], FoldOutcome]


def _key(store: FoldStore, parts: Sequence[Part], experiment: Experiment, task: Task) -> str:
    part = parts[task[0]]
    return store.key(experiment, part.corpus, part.truth, part.splits[task[1]])


def _run_task(parts: Sequence[Part], experiment: Experiment, task: Task) -> FoldOutcome:
    part = parts[task[0]]
    return run_fold(part, experiment, part.splits[task[1]])


def run_fold(part: Part, experiment: Experiment, split: Split) -> FoldOutcome:
    """Train on a split's rows and score those that it tests."""
    started = time.monotonic()
    fitted = fit(part.corpus, part.truth, split.train, split.extra, experiment)
    return FoldOutcome(
        probabilities=_probabilities(part, experiment, split, fitted),
        vote_factor=fitted.vote_factor,
        seconds=time.monotonic() - started,
    )


def _probabilities(part: Part, experiment: Experiment, split: Split, fitted: Fitted) -> Floats:
    """By the written artifact, as a user would; by the model itself where nothing serves it."""
    corpus = part.corpus
    if not isinstance(fitted.model, ServableModel):
        raw = fitted.model.predict([corpus.texts[row] for row in split.test])
        return fitted.calibration.calibrate(raw)
    with tempfile.TemporaryDirectory() as directory:
        manifest = write_fitted(fitted, corpus, experiment, Path(directory))
        write_manifest(Path(directory), manifest)
        ranking = rank_issues([corpus.issues[row].issue for row in split.test], load(directory))
    of_key = {entry.key: entry.probability for entry in ranking.entries}
    return np.array([of_key[corpus.issues[row].issue.key] for row in split.test])


def _run(run: Run, tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, FoldOutcome]]:
    if jobs == 1 or len(tasks) == 1:
        yield from ((task, run(task)) for task in tasks)
    elif tasks:
        yield from _run_in_processes(run, tasks, jobs)


def _run_in_processes(
    run: Run, tasks: Sequence[Task], jobs: int
) -> Iterator[tuple[Task, FoldOutcome]]:
    # spawned, not forked: a fork of a process with threads (MLflow's, BLAS's) may hang
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), get_context("spawn"), initializer=_set_run, initargs=(run,)
    )
    try:
        task_of = {pool.submit(_run_in_worker, task): task for task in tasks}
        for future in as_completed(task_of):
            yield task_of[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


_run_of_process: list[Run] = []
"""What a worker runs; given once, since it carries whole corpora."""


def _set_run(run: Run) -> None:
    _run_of_process.append(run)


def _run_in_worker(task: Task) -> FoldOutcome:
    return _run_of_process[0](task)


def _measure_part(part: Part, folds: Sequence[Fold], experiment: Experiment) -> Measured:
    tested = np.unique(np.concatenate([fold.split.test for fold in folds]))
    shape = max(fold.split.repeat for fold in folds) + 1, len(part.corpus.issues)
    probabilities, numbers = np.full(shape, np.nan), np.full(shape, -1, dtype=np.intp)
    for number, fold in enumerate(folds):
        at = fold.split.repeat, fold.split.test
        probabilities[at], numbers[at] = fold.outcome.probabilities, number
    settings = experiment.evaluation
    rows = {
        name: measure(
            truth[tested],
            probabilities[:, tested],
            resamples=settings.resamples,
            seed=settings.fold_seed,
        )
        for name, truth in {part.name: part.truth, **part.also}.items()
    }
    for name in part.also:  # a probability of silent bugs orders other things, but is not theirs
        rows[name] = {measure: rows[name][measure] for measure in RANKING_MEASURES}
    return Measured(
        name=experiment.name,
        keys=[part.corpus.issues[row].issue.key for row in tested],
        truth=part.truth[tested],
        probabilities=probabilities[:, tested],
        folds=numbers[:, tested],
        train_counts=[len(fold.split.train) for fold in folds],
        part=part.name,
        rows=MappingProxyType(rows),
    )


def _fold_row(part: Part, fold: Fold) -> dict[str, str | float]:
    """The choices of a fold, and the two measures that one is large enough for, if it is."""
    row: dict[str, str | float] = {
        "part": part.name,
        "fold": fold.split.name,
        "vote_factor": fold.outcome.vote_factor,
        "seconds": fold.outcome.seconds,
        "tested": len(fold.split.test),
    }
    truth = part.truth[fold.split.test]
    if 0 < truth.sum() < len(truth):
        row["average_precision"] = average_precision(truth, fold.outcome.probabilities)
        row["roc_auc"] = roc_auc(truth, fold.outcome.probabilities)
    return row
