"""Measures the artifact that would ship, through ``classifier``, on issues that it never saw."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Literal

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from classifier import load, rank_issues
from classifier.artifact import Manifest
from classifier.metrics import Estimate, average_precision, measure, roc_auc
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
    """Train and test on every split, ``jobs`` at a time; results come as they are ready."""
    splits = splits_of(corpus, experiment, protocol)
    run = Parallel(n_jobs=jobs, return_as="generator_unordered")
    results = run(delayed(_run_fold)(corpus, experiment, protocol, split) for split in splits)
    name = f"{experiment.name} {protocol}"
    yield from tqdm(results, desc=name, unit=" folds", total=len(splits), disable=None)


def summarize(
    corpus: Corpus, experiment: Experiment, protocol: Protocol, results: list[FoldResult]
) -> Evaluation:
    """Put the folds' predictions together and measure them against both targets."""
    tested = np.unique(np.concatenate([result.split.test for result in results]))
    repeats = experiment.evaluation.repeats if protocol == "cv" else 1
    probabilities = np.full((repeats, len(corpus.gold)), np.nan)
    for result in results:
        repeat = np.flatnonzero(np.isnan(probabilities[:, result.split.test[0]]))[0]
        probabilities[repeat, result.split.test] = result.probabilities
    probabilities = probabilities[:, tested]
    labels: dict[Target, NDArray[np.bool_]] = {
        "silent": corpus.is_silent[tested],
        "any_vote": corpus.votes[tested] > 0,
    }
    settings = experiment.evaluation
    return Evaluation(
        experiment=experiment,
        protocol=protocol,
        tested=tested,
        is_silent=labels["silent"],
        probabilities=probabilities,
        metrics={
            target: measure(
                is_relevant, probabilities, resamples=settings.resamples, seed=experiment.seed
            )
            for target, is_relevant in labels.items()
        },
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
        manifest = fit_artifact(corpus, split.train, silver, experiment, Path(directory))
        model = load(directory)
        ranking = rank_issues([corpus.gold[i].issue for i in split.test], model)
    of_key = {entry.key: entry.probability for entry in ranking.entries}
    probabilities = np.array([of_key[corpus.gold[i].issue.key] for i in split.test])
    return FoldResult(split, probabilities, manifest)
