"""Every model under every protocol, beside the baseline, from what the runs recorded."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from classifier.errors import InputError
from classifier.metrics import Estimate
from training.compare import Comparison, compare
from training.config import EvaluationSettings
from training.experiments import ZERO_SHOT, zero_shot
from training.paired import Predictions
from training.predictions import METRICS_FILE, PREDICTIONS_FILE, read_metrics, read_predictions
from training.protocols import PROTOCOLS, Protocol
from training.tracking import RecordedRun, download, finished_runs


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One model in one part of a protocol."""

    model: str
    family: str
    row: Mapping[str, Estimate]
    comparison: Comparison | None  # with the baseline; None for the baseline itself


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """All models in one part of a protocol, best first."""

    protocol: Protocol
    part: str
    tested: int
    silent: int
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True, eq=False)
class Leaderboard:
    """The boards of all protocols, and the runs that they come from."""

    baseline: str
    boards: Sequence[Board]
    runs: Mapping[Protocol, Sequence[RecordedRun]]


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a run left: predictions and measures by part."""

    run: RecordedRun
    predictions: Mapping[str, Predictions]
    metrics: Mapping[str, Mapping[str, Estimate]]


def build_leaderboard(baseline: str) -> Leaderboard:
    """Compare the newest finished run of each model with the baseline's, protocol by protocol.

    Only runs on the data of the baseline's newest run count. Raises InputError if a protocol has
    no run of the baseline.
    """
    runs = {protocol: latest_runs(protocol, baseline) for protocol in PROTOCOLS}
    boards = []
    for protocol, of_protocol in runs.items():
        with tempfile.TemporaryDirectory() as scratch:
            recorded = [_read(run, Path(scratch)) for run in of_protocol]
        boards += _boards(protocol, recorded, baseline)
    return Leaderboard(baseline, boards, runs)


def latest_runs(protocol: Protocol, baseline: str) -> list[RecordedRun]:
    """The newest run of each model, on the data of the baseline's newest."""
    runs = finished_runs(protocol)
    of_baseline = [run for run in runs if run.name == baseline]
    if not of_baseline:
        names = ", ".join(sorted({run.name for run in runs}))
        raise InputError(
            f"No finished {protocol} run of the baseline {baseline} is recorded",
            hint=f"Give --baseline, one of: {names}."
            if runs
            else f"Run `silentrank-train evaluate configs/*.toml --protocol {protocol}`.",
        )
    latest: dict[str, RecordedRun] = {}
    for run in runs:
        if run.dataset_digest == of_baseline[0].dataset_digest:
            latest.setdefault(run.name, run)
    return list(latest.values())


def _read(run: RecordedRun, scratch: Path) -> Recorded:
    into = scratch / run.run_id
    return Recorded(
        run=run,
        predictions=read_predictions(download(run.run_id, PREDICTIONS_FILE, into), run.name),
        metrics=read_metrics(download(run.run_id, METRICS_FILE, into)),
    )


def _boards(protocol: Protocol, recorded: Sequence[Recorded], baseline: str) -> list[Board]:
    (base,) = (one for one in recorded if one.run.name == baseline)
    boards = []
    for part, reference in base.predictions.items():
        bar = tqdm(recorded, desc=f"{protocol}: {part}", unit=" models", disable=None)
        entries = [_entry(one, part, reference) for one in bar]
        if row := zero_shot(reference.keys, reference.truth, EvaluationSettings()):
            entries.append(Entry(ZERO_SHOT, "reference", row, None))
        entries.sort(key=lambda entry: -entry.row["average_precision"].value)
        tested, silent = len(reference.truth), int(reference.truth.sum())
        boards.append(Board(protocol, part, tested, silent, entries))
    return boards


def _entry(recorded: Recorded, part: str, reference: Predictions) -> Entry:
    run, predictions = recorded.run, recorded.predictions[part]
    is_baseline = run.name == reference.name
    return Entry(
        model=run.name,
        family=run.tags.get("family", ""),
        row=recorded.metrics[part],
        comparison=None if is_baseline else compare(predictions, reference),
    )
