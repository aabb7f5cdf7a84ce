"""A labelled queue, read again as it came in: what would the ranking have been worth?

After ASReview's simulation mode: issues arrive in order of time, each week the tool ranks what
arrived, and a triager reads the first of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from classifier.errors import InputError
from classifier.metrics import Estimate
from classifier.pipeline import Model
from training.config import Experiment
from training.corpus import Corpus
from training.evaluate import run_folds, summarize
from training.experiments import Bench, log_circumstances
from training.paired import Predictions
from training.predictions import write_table
from training.protocols import FEWEST_TESTED, as_reported, check_parts, untouched
from training.released import score_as_released
from training.replay.measures import check_labels, left_out, measure_queue
from training.replay.plots import draw_replay
from training.replay.report import (
    curve_columns,
    discovery_columns,
    forecast_columns,
    render,
    week_columns,
)
from training.replay.simulation import Replay, replay

__all__ = ["Replay", "Replayed", "render", "replay_queue"]

GROUP = "replay"
COLUMNS = {
    "weeks": week_columns,
    "curves": curve_columns,
    "discovery": discovery_columns,
    "forecasts": forecast_columns,
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A queue as one model reads it, and what the model said of its issues."""

    replay: Replay
    predictions: Predictions
    measures: Mapping[str, Estimate]

    @property
    def note(self) -> str:
        """What so few issues cannot tell; "" where there are enough."""
        return left_out(self.predictions.truth)


def replay_queue(
    bench: Bench,
    experiment: Experiment,
    *,
    per_week: int,
    is_retrained: bool = False,
    carries_over: bool = False,
    released: Model | None = None,
) -> Replayed:
    """Replay the corpus's gold issues; tables and plots go to RUNS/NAME/replay.

    With ``is_retrained`` a new model is trained each quarter on what was judged before it. Else
    one model, which never saw issues of yours, reads the whole queue: ``released`` as it is, or
    one that is trained on the study now. The study's own issues are always replayed with a new
    model each quarter. Raises InputError if an issue has no opening date, or if labels are too
    few.
    """
    corpus, settings = bench.corpus, experiment.evaluation
    if corpus.of("own").size:
        _check_own(corpus, is_released=released is not None)
    if released:
        said = _released(released, corpus)
    else:
        said = _trained(bench, experiment, is_retrained=is_retrained)
    row_of = {corpus.issues[row].issue.key: row for row in corpus.gold}
    found = replay(
        corpus.opened_at[[row_of[key] for key in said.keys]],
        said.probabilities[0],
        said.truth,
        per_week=per_week,
        carries_over=carries_over,
        resamples=settings.resamples,
        seed=settings.fold_seed,
    )
    measures = measure_queue(
        said.truth, said.probabilities[0], resamples=settings.resamples, seed=settings.fold_seed
    )
    _record(bench, experiment, found, said, measures)
    return Replayed(found, said, measures)


def _check_own(corpus: Corpus, *, is_released: bool) -> None:
    """Say in a triager's words what is too little."""
    check_labels(corpus.is_silent[corpus.gold])
    count = len(corpus.gold)
    if count < FEWEST_TESTED and not is_released:
        raise InputError(
            f"{count} labelled issues are too few to train and measure a new model: "
            f"{FEWEST_TESTED} are needed",
            hint="Add --released: it replays them with the model that ranks your queue as it is, "
            f"and takes fewer than {FEWEST_TESTED}. Or decide more issues.",
        )


def _released(model: Model, corpus: Corpus) -> Predictions:
    return Predictions(
        name=f"{model.model_id} as it is",
        keys=[corpus.issues[row].issue.key for row in corpus.gold],
        truth=corpus.is_silent[corpus.gold],
        probabilities=score_as_released(model, corpus, corpus.gold)[np.newaxis],
        folds=np.zeros((1, len(corpus.gold)), dtype=np.intp),
        train_counts=[0],
    )


def _trained(bench: Bench, experiment: Experiment, *, is_retrained: bool) -> Predictions:
    """By models that never saw what they are asked."""
    corpus = bench.corpus
    is_untouched = corpus.of("own").size > 0 and not is_retrained
    part = untouched(corpus) if is_untouched else as_reported(corpus, experiment.evaluation)
    check_parts([part], experiment.evaluation)
    title = f"{experiment.name} {GROUP}"
    folds = run_folds([part], experiment, bench.store, title=title, jobs=bench.jobs)
    return summarize([part], experiment, "temporal", folds).parts[0]


def _record(
    bench: Bench,
    experiment: Experiment,
    found: Replay,
    said: Predictions,
    measures: Mapping[str, Estimate],
) -> None:
    directory = bench.runs / experiment.name / GROUP
    files = [
        write_table(pa.table(columns(found)), directory / f"{name}.parquet")
        for name, columns in COLUMNS.items()
    ]
    files += draw_replay(found, directory, title=said.name)
    with bench.tracker.run(said.name, group=GROUP):
        log_circumstances(bench, experiment, None)
        bench.tracker.log_estimates(measures, GROUP)
        for path in files:
            bench.tracker.log_file(path)
