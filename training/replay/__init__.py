"""A labelled queue, read again as it came in: what would the ranking have been worth?

After ASReview's simulation mode: issues arrive in order of time, each week the tool ranks what
arrived, and a triager reads the first of them.
"""

import pyarrow as pa

from training.config import Experiment
from training.corpus import Corpus, Moments
from training.evaluate import run_folds, summarize
from training.experiments import Bench, log_circumstances
from training.paired import Predictions
from training.predictions import write_table
from training.protocols import Part, as_reported, check_parts, untouched
from training.replay.plots import draw_replay
from training.replay.report import (
    curve_columns,
    discovery_columns,
    forecast_columns,
    render,
    week_columns,
)
from training.replay.simulation import Replay, replay

__all__ = ["Replay", "render", "replay_queue"]

GROUP = "replay"
COLUMNS = {
    "weeks": week_columns,
    "curves": curve_columns,
    "discovery": discovery_columns,
    "forecasts": forecast_columns,
}


def replay_queue(
    bench: Bench, experiment: Experiment, *, per_week: int, is_retrained: bool
) -> Replay:
    """Replay the corpus's gold issues; tables and plots go to RUNS/NAME/replay.

    With ``is_retrained`` a new model is trained each quarter on what was judged before it. Else
    one model, which never saw issues of yours, reads the whole queue: what you would start with.
    The study's own issues are always replayed with a new model each quarter. Raises InputError if
    an issue has no opening date.
    """
    part = _part(bench.corpus, experiment, is_retrained=is_retrained)
    check_parts([part], experiment.evaluation)
    title = f"{experiment.name} {GROUP}"
    folds = run_folds([part], experiment, bench.store, title=title, jobs=bench.jobs)
    (measured,) = summarize([part], experiment, "temporal", folds).parts
    found = replay(
        _opened_at(bench.corpus, measured),
        measured.probabilities[0],
        measured.truth,
        per_week=per_week,
        resamples=experiment.evaluation.resamples,
        seed=experiment.evaluation.fold_seed,
    )
    _record(bench, experiment, found)
    return found


def _part(corpus: Corpus, experiment: Experiment, *, is_retrained: bool) -> Part:
    is_own = corpus.of("own").size > 0
    if is_own and not is_retrained:
        return untouched(corpus)
    return as_reported(corpus, experiment.evaluation)


def _opened_at(corpus: Corpus, measured: Predictions) -> Moments:
    row_of = {corpus.issues[row].issue.key: row for row in corpus.gold}
    moments: Moments = corpus.opened_at[[row_of[key] for key in measured.keys]]
    return moments


def _record(bench: Bench, experiment: Experiment, found: Replay) -> None:
    directory = bench.runs / experiment.name / GROUP
    files = [
        write_table(pa.table(columns(found)), directory / f"{name}.parquet")
        for name, columns in COLUMNS.items()
    ]
    files += draw_replay(found, directory, title=experiment.name)
    with bench.tracker.run(experiment.name, group=GROUP):
        log_circumstances(bench, experiment, None)
        for path in files:
            bench.tracker.log_file(path)
