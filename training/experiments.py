"""Runs an experiment under a protocol, tracked, and under all of them for a model card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier.metrics import RANKING_MEASURES, Estimate, measure
from classifier.types import IssueKey
from training.config import EvaluationSettings, Experiment, ablated
from training.corpus import Booleans, Corpus
from training.evaluate import Evaluation, run_folds, summarize
from training.fold_store import FoldStore
from training.labels import ZeroShotScore, key_of, read_table
from training.plots import draw_plots
from training.predictions import write_tables
from training.protocols import SILVER_PART, Protocol, answerable, parts_of
from training.provenance import provenance
from training.results import Results, collect
from training.slices import by_looks, by_repository, slice_rows
from training.tracking import Tracker

ZERO_SHOT = "large language model, zero-shot"
FOLDS = "folds"


@dataclass(frozen=True, slots=True)
class Bench:
    """What experiments share: the issues, where results go, who records, how many at a time."""

    corpus: Corpus
    runs: Path
    tracker: Tracker
    jobs: int

    @property
    def store(self) -> FoldStore:
        """Finished folds of all experiments."""
        return FoldStore(self.runs / FOLDS)


def run_protocol(
    bench: Bench, experiment: Experiment, protocol: Protocol, *, config: Path | None = None
) -> Evaluation:
    """Measure an experiment under a protocol; tables and plots go to RUNS/NAME/PROTOCOL.

    The tracker gets a run with a nested one for each fold.
    """
    with bench.tracker.run(experiment.name, group=protocol):
        log_circumstances(bench, experiment, config)
        evaluation = evaluate_quietly(bench, experiment, protocol)
        directory = bench.runs / experiment.name / protocol
        for path in [*write_tables(evaluation, directory), *draw_plots(evaluation, directory)]:
            bench.tracker.log_file(path)
        for name, row in evaluation.rows.items():
            bench.tracker.log_estimates(row, name)
        bench.tracker.log_metrics({"seconds": evaluation.seconds})
        for fold in evaluation.fold_rows:
            with bench.tracker.run(f"{fold['part']}: {fold['fold']}"):
                bench.tracker.log_row(fold)
    return evaluation


def evaluate_quietly(bench: Bench, experiment: Experiment, protocol: Protocol) -> Evaluation:
    """Measure an experiment under a protocol and leave nothing but finished folds."""
    parts = parts_of(bench.corpus, experiment.evaluation, protocol)
    title = f"{experiment.name} {protocol}"
    folds = run_folds(parts, experiment, bench.store, title=title, jobs=bench.jobs)
    return summarize(parts, experiment, protocol, folds)


def log_circumstances(bench: Bench, experiment: Experiment, config: Path | None) -> None:
    """Settings, code, machine and data: what a number cannot be believed without."""
    tracker, corpus = bench.tracker, bench.corpus
    tracker.log_parameters(experiment.model_dump(exclude={"ablations"}))
    tracker.log_tags({**provenance(), "model": experiment.name, "family": experiment.family})
    if config:
        tracker.log_file(config)
    tracker.log_dataset(corpus.issues, corpus.digest, "own" if corpus.of("own").size else "study")


def measure_fully(
    bench: Bench,
    experiment: Experiment,
    wanted: Sequence[Protocol] | None = None,
    *,
    config: Path | None = None,
) -> Results:
    """Every protocol that is wanted and that the issues allow, then each ablation.

    It is what the card tells. Cross-validation is always wanted.
    """
    protocols = [
        protocol
        for protocol in answerable(bench.corpus, experiment.evaluation)
        if wanted is None or protocol in {"cv", *wanted}
    ]
    evaluations = {
        protocol: run_protocol(bench, experiment, protocol, config=config) for protocol in protocols
    }
    ablations = {
        name: evaluate_quietly(bench, ablated(experiment, name), "cv")
        for name in experiment.ablations
    }
    return collect(
        evaluations,
        ablations,
        references(bench.corpus, experiment),
        _slices(bench.corpus, evaluations, experiment.evaluation),
        counts_beside={
            "silver": bench.corpus.of("silver").size,
            "distilled": bench.corpus.of("distilled").size,
        },
        provenance=provenance(),
    )


def _slices(
    corpus: Corpus, evaluations: Mapping[Protocol, Evaluation], settings: EvaluationSettings
) -> dict[str, Mapping[str, Estimate]]:
    """Gold issues by what they look like; silver ones, where they were tested on, by repository."""
    (whole,) = evaluations["cv"].parts
    rows = slice_rows(
        corpus, whole, among=corpus.gold, by=by_looks, names_small=True, settings=settings
    )
    transferred = evaluations.get("transfer")
    for part in transferred.parts if transferred else ():
        if part.part == SILVER_PART:
            silver = corpus.of("silver")
            rows |= slice_rows(corpus, part, among=silver, by=by_repository, settings=settings)
    return rows


def references(corpus: Corpus, experiment: Experiment) -> dict[str, Mapping[str, Estimate]]:
    """Rows to beat: on the study, a large language model asked without training."""
    gold = [corpus.issues[row].issue.key for row in corpus.gold]
    row = zero_shot(gold, corpus.is_silent[corpus.gold], experiment.evaluation)
    return {ZERO_SHOT: row} if row else {}


def zero_shot(
    keys: Sequence[IssueKey], truth: Booleans, settings: EvaluationSettings
) -> Mapping[str, Estimate] | None:
    """Measures of the language model on these issues; None if it was not asked about all.

    Its scores are no probabilities, so only what depends on order is measured.
    """
    scores = {key_of(row): row.score for row in read_table(ZeroShotScore)}
    if not all(key in scores for key in keys):
        return None
    measured = measure(
        truth,
        np.array([scores[key] for key in keys]) / 100,
        resamples=settings.resamples,
        seed=settings.fold_seed,
    )
    return {name: measured[name] for name in RANKING_MEASURES}
