"""The tracker that writes to MLflow."""

import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.data.pandas_dataset import from_pandas
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature

from classifier.artifact import read_manifest
from classifier.errors import InputError
from training.dataset import LabeledIssue
from training.provenance import code_digest
from training.release import scoring_digest
from training.tracking import registry
from training.tracking.machine import machine
from training.tracking.null import Tracker
from training.tracking.runs import (
    DATASET_DIGEST,
    MODEL,
    SCORING_DIGEST,
    download_model,
    experiment_name,
    find_run,
    run_of_model,
)

PYFUNC = Path(__file__).with_name("pyfunc.py")
EXAMPLE = pd.DataFrame(
    {
        "title": ["Dropout is applied when training=False"],
        "body": ["I expected two calls to give equal outputs but got different ones. No error."],
    }
)
FORBIDDEN = re.compile(r"[^\w\-. :/]")
"""In names of metrics."""
DIGEST_LENGTH = 36
"""MLflow takes no longer one; the whole digest is a tag."""


class MlflowTracker(Tracker):
    """Writes to MLflow."""

    def __init__(self) -> None:
        # of every 10 s, MLflow's own interval, short runs would have none
        os.environ.setdefault("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "1")
        logging.getLogger("mlflow.system_metrics").setLevel(logging.WARNING)
        try:
            mlflow.search_experiments(max_results=1)
        except MlflowException as error:
            raise InputError(
                f"MLflow cannot write to {mlflow.get_tracking_uri()}: {error}",
                hint="Set MLFLOW_TRACKING_URI, or give --no-track.",
            ) from error

    @contextmanager
    def run(self, name: str, *, group: str = "") -> Iterator[None]:
        """Open a run; an exception marks it as failed, Ctrl-C as killed."""
        if group:
            mlflow.set_experiment(experiment_name(group))
        is_outer = mlflow.active_run() is None
        with mlflow.start_run(run_name=name, nested=not is_outer, log_system_metrics=is_outer):
            if is_outer:
                mlflow.set_tags({"code_digest": code_digest(), **machine()})
            try:
                yield
            except KeyboardInterrupt:
                mlflow.end_run("KILLED")
                raise

    def log_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Parameters of the open run."""
        mlflow.log_params(dict(_flatten(parameters)))

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Metrics of the open run."""
        mlflow.log_metrics({metric_name(name): value for name, value in metrics.items()})

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Tags of the open run."""
        mlflow.set_tags(dict(tags))

    def log_file(self, path: Path, folder: str = "") -> None:
        """An artifact of the open run."""
        mlflow.log_artifact(str(path), folder or None)

    def log_dataset(self, issues: Sequence[LabeledIssue], digest: str, name: str) -> None:
        """An input of the open run, by ``mlflow.data``."""
        table = pd.DataFrame(
            {
                "repo": [label.issue.key.repo for label in issues],
                "number": [float(label.issue.key.number) for label in issues],
                "origin": [label.origin for label in issues],
                "is_silent": [str(label.is_silent) for label in issues],
            }
        )
        mlflow.log_input(from_pandas(table, name=name, digest=digest[:DIGEST_LENGTH]))
        mlflow.set_tag(DATASET_DIGEST, digest)

    def log_model(self, directory: Path) -> None:
        """A pyfunc from title and body to probability.

        It is logged as code and a model directory, so that nothing is pickled.
        """
        mlflow.pyfunc.log_model(
            name=MODEL,
            python_model=str(PYFUNC),
            artifacts={"model": str(directory)},
            signature=infer_signature(EXAMPLE, pd.DataFrame({"probability": [0.5]})),
            input_example=EXAMPLE,
            pip_requirements=[f"silentrank=={version('silentrank')}"],
        )
        mlflow.set_tag(SCORING_DIGEST, scoring_digest(read_manifest(directory)))

    def download_candidate(self, run: str, into: Path) -> Path | None:
        """The model directory that a training logged, by its run's id or name."""
        found = find_run(run)
        return None if found is None else download_model(found, into)

    @contextmanager
    def registering(self, digest: str, tags: Mapping[str, str], description: str) -> Iterator[None]:
        """Register a version in MLflow's registry, undone if what follows fails."""
        found = run_of_model(digest)
        if found is None:
            with registry.keeping_champion():
                yield
            return
        with registry.registered(found, digest, tags, description), registry.keeping_champion():
            yield

    @contextmanager
    def keeping_champion(self) -> Iterator[None]:
        """Move the alias back if what follows fails."""
        with registry.keeping_champion():
            yield

    def move_champion(self, digest: str) -> str | None:
        """Point the alias at the newest version with this digest."""
        return registry.move_champion(digest)


def metric_name(name: str) -> str:
    """What MLflow allows of a name: what a table row is called may have brackets."""
    return FORBIDDEN.sub("", name)


def _flatten(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
