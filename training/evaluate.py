"""Measures the artifact that would ship, through ``classifier``, on issues that it never saw."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from classifier import load, rank_issues
from classifier.artifact import Manifest, write_manifest
from classifier.metrics import RANKING_MEASURES, Estimate, average_precision, measure, roc_auc
from training.config import Experiment
from training.corpus import Corpus
from training.fit import fit_artifact
from training.splits import Indices, Split, repeated_stratified_splits, split_in_time

Protocol = Literal["cv", "time"]
Target = Literal["silent", "any_vote"]
PROTOCOLS: tuple[Protocol, ...] = ("cv", "time")


@dataclass(frozen=True, slots=True, eq=False)
class FoldResult:
    """What one fold's artifact says of the issues that it was not trained on."""

    split: Split
    probabilities: NDArray[np.float64]  # (tested,)
    manifest: Manifest


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Predictions and measures of one experiment under one protocol."""

    experiment: Experiment
    protocol: Protocol
    tested: Indices  # positions in the corpus's gold
    is_silent: NDArray[np.bool_]  # (tested,)
    probabilities: NDArray[np.float64]  # (repeats, tested)
    metrics: Mapping[Target, Mapping[str, Estimate]]


def splits_of(corpus: Corpus, experiment: Experiment, protocol: Protocol) -> list[Split]:
    """Who trains and who tests, the same for every experiment with equal settings."""
    settings = experiment.evaluation
    groups = corpus.gold_groups.tolist()
    if protocol == "time":
        return [split_in_time(corpus.opened_at, groups, cutoff=settings.cutoff)]
    return repeated_stratified_splits(
        corpus.is_silent.tolist(),
        groups,
        folds=settings.folds,
        repeats=settings.repeats,
        seed=experiment.seed,
    )


def run_folds(
    corpus: Corpus, experiment: Experiment, protocol: Protocol, *, jobs: int = 1
) -> Iterator[FoldResult]:
    """Train and test on every split, in ``jobs`` processes; results come as they are ready."""
    splits = splits_of(corpus, experiment, protocol)
    bar = tqdm(desc=f"{experiment.name} {protocol}", unit=" folds", total=len(splits), disable=None)
    run = partial(_run_fold, corpus, experiment, protocol)
    with bar:
        for result in map(run, splits) if jobs == 1 else _run_in_processes(run, splits, jobs):
            bar.update()
            yield result


def _run_in_processes(
    run: Callable[[Split], FoldResult], splits: Sequence[Split], jobs: int
) -> Iterator[FoldResult]:
    # spawned, not forked: a fork of a process with threads (MLflow's, BLAS's) may hang
    pool = ProcessPoolExecutor(
        min(jobs, len(splits)), get_context("spawn"), initializer=_set_run, initargs=(run,)
    )
    try:
        for future in as_completed([pool.submit(_run_split, split) for split in splits]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


_run_of_process: list[Callable[[Split], FoldResult]] = []
"""What a worker runs; given once, since it carries the whole corpus."""


def _set_run(run: Callable[[Split], FoldResult]) -> None:
    _run_of_process.append(run)


def _run_split(split: Split) -> FoldResult:
    return _run_of_process[0](split)


def summarize(
    corpus: Corpus, experiment: Experiment, protocol: Protocol, results: list[FoldResult]
) -> Evaluation:
    """Put the folds' predictions together and measure them against both targets."""
    tested = np.unique(np.concatenate([result.split.test for result in results]))
    repeats = experiment.evaluation.repeats if protocol == "cv" else 1
    probabilities = np.full((repeats, len(corpus.gold)), np.nan)
    for result in results:
        probabilities[result.split.repeat, result.split.test] = result.probabilities
    probabilities = probabilities[:, tested]
    labels: dict[Target, NDArray[np.bool_]] = {
        "silent": corpus.is_silent[tested],
        "any_vote": corpus.votes[tested] > 0,
    }
    settings = experiment.evaluation
    metrics = {
        target: measure(
            is_relevant, probabilities, resamples=settings.resamples, seed=experiment.seed
        )
        for target, is_relevant in labels.items()
    }
    # a probability of silent bugs orders suspected ones, too, but is not theirs
    metrics["any_vote"] = {name: metrics["any_vote"][name] for name in RANKING_MEASURES}
    return Evaluation(
        experiment=experiment,
        protocol=protocol,
        tested=tested,
        is_silent=labels["silent"],
        probabilities=probabilities,
        metrics=metrics,
    )


def fold_measures(corpus: Corpus, result: FoldResult) -> dict[str, float]:
    """The two measures that a single fold is large enough for."""
    is_silent = corpus.is_silent[result.split.test]
    return {
        "average_precision": average_precision(is_silent, result.probabilities),
        "roc_auc": roc_auc(is_silent, result.probabilities),
    }


def _run_fold(
    corpus: Corpus, experiment: Experiment, protocol: Protocol, split: Split
) -> FoldResult:
    silver = corpus.silver_without(split.test)
    if protocol == "time":
        cutoff = datetime.combine(experiment.evaluation.cutoff, time(), UTC)
        silver = np.intersect1d(silver, corpus.silver_before(cutoff))
    with tempfile.TemporaryDirectory() as directory:
        manifest = write_manifest(
            Path(directory),
            fit_artifact(corpus, split.train, silver, experiment, Path(directory)),
        )
        model = load(directory)
        ranking = rank_issues([corpus.gold[i].issue for i in split.test], model)
    of_key = {entry.key: entry.probability for entry in ranking.entries}
    probabilities = np.array([of_key[corpus.gold[i].issue.key] for i in split.test])
    return FoldResult(split, probabilities, manifest)
