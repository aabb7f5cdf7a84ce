"""Reads what was recorded: finished runs, their artifacts, and the models that they logged."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import mlflow
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from classifier.errors import InputError

PREFIX = "silentrank"
"""Of MLflow's experiments, one for each protocol."""
TRAIN = "train"
"""The group of the runs that logged a model."""
DATASET_DIGEST = "dataset_digest"
SCORING_DIGEST = "scoring_digest"
"""Tags a run that logged a model, and a registered version, with what its scores depend on."""
MODEL = "model"
"""What a run calls the model that it logs."""
PAGE = 1000
PARENT = "mlflow.parentRunId"


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A finished run that is within no other."""

    run_id: str
    name: str
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    dataset_digest: str  # empty where none was logged
    started_at: datetime


def experiment_name(group: str) -> str:
    """What MLflow calls the experiment of a group of runs."""
    return f"{PREFIX}-{group}"


def finished_runs(group: str) -> list[RecordedRun]:
    """Runs of a group that ended well, those within others left out; newest first."""
    return [_recorded(run) for run in _finished(group) if PARENT not in run.data.tags]


def find_run(name: str) -> RecordedRun | None:
    """The finished training with this id, else the newest one of this name."""
    runs = finished_runs(TRAIN)
    by_id = (run for run in runs if run.run_id == name)
    return next(by_id, next((run for run in runs if run.name == name), None))


def run_of_model(scoring_digest: str) -> RecordedRun | None:
    """The newest finished training that logged a model of this digest."""
    runs = finished_runs(TRAIN)
    return next((run for run in runs if run.tags.get(SCORING_DIGEST) == scoring_digest), None)


def download(run_id: str, name: str, into: Path) -> Path:
    """Copy an artifact of a run, file or folder, into a folder. Raises InputError if it has none.

    ``name`` is the artifact's path within the run.
    """
    into.mkdir(parents=True, exist_ok=True)
    try:
        return Path(
            mlflow.artifacts.download_artifacts(
                run_id=run_id, artifact_path=name, dst_path=str(into)
            )
        )
    except (MlflowException, OSError) as error:
        raise InputError(
            f"Run {run_id} has no artifact {name}: {error}",
            hint="`mlflow ui` shows what it has.",
        ) from error


def download_model(run: RecordedRun, into: Path) -> Path:
    """Copy the model directory that a run logged. It is as trustworthy as the server: verify it."""
    artifacts = download(run.run_id, f"{MODEL}/artifacts", into)
    directories = [path for path in artifacts.iterdir() if path.is_dir()]
    if len(directories) != 1:
        raise InputError(
            f"Run {run.name} ({run.run_id}) logged {len(directories)} model directories, not one",
            hint="Name a run of `silentrank-train train`.",
        )
    return directories[0]


def _is_there() -> bool:
    """Whether MLflow has written anything: to find nothing, it would make a database first."""
    file = re.fullmatch(r"sqlite:///([^?:]+)", mlflow.get_tracking_uri())
    return file is None or Path(unquote(file[1])).exists()


def _finished(group: str) -> Iterator[Run]:
    if not _is_there():
        return
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name(experiment_name(group))
    token = None
    while experiment is not None:
        page = client.search_runs(
            [experiment.experiment_id],
            "attributes.status = 'FINISHED'",
            max_results=PAGE,
            order_by=["attributes.start_time DESC"],
            page_token=token,
        )
        yield from page
        token = page.token
        if not token:
            return


def _recorded(run: Run) -> RecordedRun:
    return RecordedRun(
        run_id=run.info.run_id,
        name=run.info.run_name or "",
        tags=dict(run.data.tags),
        metrics=dict(run.data.metrics),
        dataset_digest=run.data.tags.get(DATASET_DIGEST, ""),
        started_at=datetime.fromtimestamp(run.info.start_time / 1000, UTC),
    )
