"""A labelled queue, read again as it came in: what would the ranking have been worth?

After ASReview's simulation mode: issues arrive in order of time, each week the tool ranks what
arrived, and a triager reads the first of them.
"""

import numpy as np
import pyarrow as pa

from classifier.pipeline import Model
from training.config import Experiment
from training.corpus import Floats
from training.evaluate import run_folds
from training.experiments import Bench, log_circumstances
from training.predictions import write_table
from training.protocols import as_reported, check_parts, untouched
from training.released import score_as_released
from training.replay.plots import draw_replay
from training.replay.report import (
    curve_columns,
    discovery_columns,
    forecast_columns,
    render,
    week_columns,
)
from training.replay.simulation import Replay, replay
from training.splits import Indices

__all__ = ["Replay", "render", "replay_queue"]

GROUP = "replay"
COLUMNS = {
    "weeks": week_columns,
    "curves": curve_columns,
    "discovery": discovery_columns,
    "forecasts": forecast_columns,
}


def replay_queue(
    bench: Bench,
    experiment: Experiment,
    *,
    per_week: int,
    is_retrained: bool = False,
    released: Model | None = None,
) -> Replay:
    """Replay the corpus's gold issues; tables and plots go to RUNS/NAME/replay.

    With ``is_retrained`` a new model is trained each quarter on what was judged before it. Else
    one model, which never saw issues of yours, reads the whole queue: ``released`` as it is, or
    one that is trained on the study now. The study's own issues are always replayed with a new
    model each quarter. Raises InputError if an issue has no opening date.
    """
    corpus, settings = bench.corpus, experiment.evaluation
    if released:
        rows, scores = corpus.gold, score_as_released(released, corpus, corpus.gold)
    else:
        rows, scores = _score(bench, experiment, is_retrained=is_retrained)
    found = replay(
        corpus.opened_at[rows],
        scores,
        corpus.is_silent[rows],
        per_week=per_week,
        resamples=settings.resamples,
        seed=settings.fold_seed,
    )
    name = f"{released.model_id} as it is" if released else experiment.name
    _record(bench, experiment, found, title=name)
    return found


def _score(bench: Bench, experiment: Experiment, *, is_retrained: bool) -> tuple[Indices, Floats]:
    """Tested rows and their probabilities, by models that never saw them."""
    corpus = bench.corpus
    is_untouched = corpus.of("own").size > 0 and not is_retrained
    part = untouched(corpus) if is_untouched else as_reported(corpus, experiment.evaluation)
    check_parts([part], experiment.evaluation)
    title = f"{experiment.name} {GROUP}"
    (folds,) = run_folds([part], experiment, bench.store, title=title, jobs=bench.jobs)
    return (
        np.concatenate([fold.split.test for fold in folds]),
        np.concatenate([fold.outcome.probabilities for fold in folds]),
    )


def _record(bench: Bench, experiment: Experiment, found: Replay, *, title: str) -> None:
    directory = bench.runs / experiment.name / GROUP
    files = [
        write_table(pa.table(columns(found)), directory / f"{name}.parquet")
        for name, columns in COLUMNS.items()
    ]
    files += draw_replay(found, directory, title=title)
    with bench.tracker.run(experiment.name, group=GROUP):
        log_circumstances(bench, experiment, None)
        for path in files:
            bench.tracker.log_file(path)
