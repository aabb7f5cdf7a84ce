"""Runs an experiment: every protocol, every ablation, tracked."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from classifier.errors import InputError
from classifier.metrics import RANKING_MEASURES, Estimate, measure, reliability
from training.config import Experiment, ablated
from training.corpus import Corpus
from training.evaluate import (
    PROTOCOLS,
    Evaluation,
    FoldResult,
    Protocol,
    fold_measures,
    run_folds,
    splits_of,
    summarize,
)
from training.fit import VOTE_FACTOR
from training.labels import ZeroShotScore, key_of, read_table
from training.plots import draw_plots
from training.provenance import provenance
from training.results import Results, fingerprint, write_results
from training.tracking import Tracker

ZERO_SHOT = "large language model, zero-shot"


def run_experiment(
    experiment: Experiment,
    corpus: Corpus,
    tracker: Tracker,
    *,
    config: Path,
    directory: Path,
    jobs: int,
) -> Results:
    """Evaluate under every protocol, then each ablation by cross-validation.

    Results and plots are written to ``directory``, the results last.
    """
    started, origin = time.monotonic(), provenance()
    vouched = fingerprint(experiment, corpus)
    reference = zero_shot_reference(corpus, experiment)
    for protocol in PROTOCOLS:
        splits_of(corpus, experiment, protocol)  # refuses what would fail hours later
    with tracker.run(experiment.name):
        tracker.log_parameters(experiment.model_dump(exclude={"ablations"}))
        tracker.log_tags(origin)
        tracker.log_file(config)
        tracker.log_dataset([*corpus.gold, *corpus.silver], corpus.digest, "study+silver")
        rows: dict[str, Mapping[str, Estimate]] = {}
        evaluations = {
            protocol: run_protocol(experiment, corpus, tracker, protocol, jobs=jobs)
            for protocol in PROTOCOLS
        }
        for protocol, evaluation in evaluations.items():
            for target, metrics in evaluation.metrics.items():
                rows[f"{protocol}/{target}"] = metrics
                _log(tracker, metrics, f"{protocol}.{target}")
            for path in draw_plots(evaluation, directory / protocol):
                tracker.log_file(path, protocol)
        for name in experiment.ablations:
            with tracker.run(f"ablation: {name}"):
                variant = run_protocol(ablated(experiment, name), corpus, tracker, "cv", jobs=jobs)
            rows[f"ablation/{name}"] = variant.metrics["silent"]
        if fingerprint(experiment, corpus) != vouched:
            raise InputError(
                f"The code changed while {experiment.name} was measured",
                hint="Measure it again, in a checkout that nobody edits meanwhile.",
            )
        rows[f"reference/{ZERO_SHOT}"] = reference
        results = Results(
            fingerprint=vouched,
            rows=rows,
            counts=_counts(corpus, evaluations),
            reliability=_reliability(evaluations["cv"]),
            seconds=time.monotonic() - started,
            provenance=origin,
        )
        tracker.log_file(write_results(results, directory))
    return results


def run_protocol(
    experiment: Experiment, corpus: Corpus, tracker: Tracker, protocol: Protocol, *, jobs: int
) -> Evaluation:
    """Run all folds, each a nested run."""
    results: list[FoldResult] = []
    for result in run_folds(corpus, experiment, protocol, jobs=jobs):
        results.append(result)
        with tracker.run(f"{protocol}: {result.split.name}"):
            tracker.log_parameters({VOTE_FACTOR: result.manifest.config[VOTE_FACTOR]})
            tracker.log_metrics(fold_measures(corpus, result))
    return summarize(corpus, experiment, protocol, results)


def zero_shot_reference(corpus: Corpus, experiment: Experiment) -> Mapping[str, Estimate]:
    """The same measures for a large language model asked without training, a row to beat.

    Its scores are no probabilities, so only what depends on order is measured. Raises InputError
    if it was not asked about an issue of the corpus.
    """
    scores = {key_of(row): row.score for row in read_table(ZeroShotScore)}
    if missing := [label.issue.key for label in corpus.gold if label.issue.key not in scores]:
        raise InputError(
            f"{len(missing)} of {len(corpus.gold)} issues have no zero-shot score, such as "
            f"{missing[0].repo}#{missing[0].number}",
            hint="Run `silentrank-train labels extract` again.",
        )
    measured = measure(
        corpus.is_silent,
        np.array([scores[label.issue.key] for label in corpus.gold]) / 100,
        resamples=experiment.evaluation.resamples,
        seed=experiment.seed,
    )
    return {name: measured[name] for name in RANKING_MEASURES}


def _log(tracker: Tracker, metrics: Mapping[str, Estimate], prefix: str) -> None:
    for name, estimate in metrics.items():
        tracker.log_metrics(
            {
                f"{prefix}.{name}": estimate.value,
                f"{prefix}.{name}.low": estimate.low,
                f"{prefix}.{name}.high": estimate.high,
            }
        )


def _counts(corpus: Corpus, evaluations: Mapping[Protocol, Evaluation]) -> dict[str, int]:
    counts = {"gold": len(corpus.gold), "silver": len(corpus.silver)}
    for protocol, evaluation in evaluations.items():
        counts[f"{protocol}_tested"] = len(evaluation.tested)
        counts[f"{protocol}_silent"] = int(evaluation.is_silent.sum())
    return counts


def _reliability(evaluation: Evaluation) -> list[list[float]]:
    curves: Sequence[np.ndarray[tuple[int, int], np.dtype[np.float64]]] = [
        reliability(evaluation.is_silent, row) for row in evaluation.probabilities
    ]
    mean: list[list[float]] = np.mean(curves, axis=0).tolist()
    return mean
