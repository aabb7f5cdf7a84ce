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
from training.leaderboard.kept import fetch, keep, kept_runs, newest_first
from training.paired import Predictions, check_paired
from training.predictions import METRICS_FILE, PREDICTIONS_FILE, read_metrics, read_predictions
from training.protocols import PROTOCOLS, Protocol
from training.tracking import RecordedRun, finished_runs


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One model in one part of a protocol."""

    model: str
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
    digest: str  # of the data that all were measured on
    boards: Sequence[Board]
    runs: Mapping[Protocol, Sequence[RecordedRun]]


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a run left: predictions and measures by part."""

    run: RecordedRun
    files: Path
    predictions: Mapping[str, Predictions]
    metrics: Mapping[str, Mapping[str, Estimate]]


def build_leaderboard(baseline: str, kept: Path) -> Leaderboard:
    """Compare every model's newest finished run with the baseline's, protocol by protocol.

    Runs are MLflow's and those ``kept``, a folder a protocol, where in the end all are that are
    compared. Only runs on the data and the folds of the baseline's newest run count, and of all
    protocols on the data of its first. Raises InputError if a protocol has no such run of the
    baseline.
    """
    digest = ""
    recorded: dict[Protocol, list[Recorded]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for protocol in PROTOCOLS:
            runs = runs_on(protocol, baseline, digest, kept / protocol)
            digest = runs[0].dataset_digest
            recorded[protocol] = _comparable(runs, baseline, kept / protocol, Path(scratch))
        for protocol, found in recorded.items():  # now that a page can be made
            for one in found:
                keep(one.run, one.files, kept / protocol)
    boards = [
        board
        for protocol, found in recorded.items()
        for board in _boards(protocol, found, baseline)
    ]
    return Leaderboard(
        baseline,
        digest,
        boards,
        {protocol: [one.run for one in found] for protocol, found in recorded.items()},
    )


def runs_on(protocol: Protocol, baseline: str, digest: str, kept: Path) -> list[RecordedRun]:
    """Finished runs on these data, or those of the baseline's newest run if none are named."""
    runs = newest_first(finished_runs(protocol), kept_runs(kept))
    runs = [run for run in runs if digest in {"", run.dataset_digest}]
    newest = next((run for run in runs if run.name == baseline), None)
    if newest is None:
        names = ", ".join(sorted({run.name for run in runs}))
        raise InputError(
            f"No finished {protocol} run of the baseline {baseline} is recorded",
            hint=f"Give --baseline, one of: {names}."
            if names
            else f"Run `silentrank-train evaluate configs/*.toml --protocol {protocol}`.",
        )
    return [run for run in runs if run.dataset_digest == newest.dataset_digest]


def _comparable(
    runs: Sequence[RecordedRun], baseline: str, kept: Path, scratch: Path
) -> list[Recorded]:
    """The newest run of each model that was measured on the folds of the baseline's newest."""
    base = _read(next(run for run in runs if run.name == baseline), kept, scratch)
    found = {baseline: base}
    for run in runs:
        if run.name not in found and _is_paired(one := _read(run, kept, scratch), base):
            found[run.name] = one
    return list(found.values())


def _is_paired(one: Recorded, other: Recorded) -> bool:
    """On the same folds in every part that it was measured in."""
    try:
        for part, predictions in one.predictions.items():
            check_paired(predictions, other.predictions[part])
    except (InputError, KeyError):
        return False
    return True


def _read(run: RecordedRun, kept: Path, scratch: Path) -> Recorded:
    files = fetch(run, kept, scratch)
    return Recorded(
        run=run,
        files=files,
        predictions=read_predictions(files / PREDICTIONS_FILE, run.name),
        metrics=read_metrics(files / METRICS_FILE),
    )


def _boards(protocol: Protocol, recorded: Sequence[Recorded], baseline: str) -> list[Board]:
    (base,) = (one for one in recorded if one.run.name == baseline)
    boards = []
    for part, reference in base.predictions.items():
        measured = [one for one in recorded if part in one.predictions]
        bar = tqdm(measured, desc=f"{protocol}: {part}", unit=" models", disable=None)
        entries = [_entry(one, part, reference) for one in bar]
        if row := zero_shot(reference.keys, reference.truth, EvaluationSettings()):
            entries.append(Entry(ZERO_SHOT, row, None))
        entries.sort(key=lambda entry: -entry.row["average_precision"].value)
        tested, silent = len(reference.truth), int(reference.truth.sum())
        boards.append(Board(protocol, part, tested, silent, entries))
    return boards


def _entry(recorded: Recorded, part: str, reference: Predictions) -> Entry:
    run, predictions = recorded.run, recorded.predictions[part]
    is_baseline = run.name == reference.name
    return Entry(
        model=run.name,
        row=recorded.metrics[part],
        comparison=None if is_baseline else compare(predictions, reference),
    )
