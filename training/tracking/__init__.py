"""Experiment tracking: the only importer of MLflow.

By default runs land in ``sqlite:///mlflow.db`` and their files in ``./mlruns``; MLflow's own
variables, such as MLFLOW_TRACKING_URI, point elsewhere.
"""

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

from classifier.errors import InputError
from classifier.metrics import Estimate
from training.dataset import LabeledIssue

MODEL_NAME = "silentrank"
PREFIX = "silentrank"
"""Of MLflow's experiments, one for each protocol."""
CHAMPION = "champion"
PYFUNC = Path(__file__).with_name("pyfunc.py")
EXAMPLE = pd.DataFrame(
    {
        "title": ["Dropout is applied when training=False"],
        "body": ["I expected two calls to give equal outputs but got different ones. No error."],
    }
)
DIGEST_LENGTH = 36
"""MLflow takes no longer one; the whole digest is a tag."""


class Tracker:
    """Records nothing: for runs that should leave no trace."""

    @contextmanager
    def run(self, name: str, *, group: str = "") -> Iterator[None]:  # noqa: ARG002 for those that record
        """Open a run in a group, or inside the run that is open; what follows is written to it."""
        yield

    def log_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Settings; nested mappings are flattened to dotted names."""

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Measured values."""

    def log_estimates(self, estimates: Mapping[str, Estimate], row: str) -> None:
        """Measures with their intervals, by the name of their table row."""
        for name, estimate in estimates.items():
            self.log_metrics(
                {
                    f"{row}.{name}": estimate.value,
                    f"{row}.{name}.low": estimate.low,
                    f"{row}.{name}.high": estimate.high,
                }
            )

    def log_row(self, row: Mapping[str, str | float]) -> None:
        """One fold: its measures, and in words what is no number."""
        self.log_metrics({name: cell for name, cell in row.items() if not isinstance(cell, str)})
        self.log_parameters({name: cell for name, cell in row.items() if isinstance(cell, str)})

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Circumstances, such as the commit."""

    def log_file(self, path: Path, folder: str = "") -> None:
        """A file, under its own name."""

    def log_dataset(self, issues: Sequence[LabeledIssue], digest: str, name: str) -> None:
        """Which issues, with what labels; their texts stay where they are."""

    def log_model(self, directory: Path) -> None:
        """A model directory, as a candidate."""


class MlflowTracker(Tracker):
    """Writes to MLflow."""

    def __init__(self) -> None:
        try:
            mlflow.set_experiment(PREFIX)
        except MlflowException as error:
            raise InputError(
                f"MLflow cannot write to {mlflow.get_tracking_uri()}: {error}",
                hint="Set MLFLOW_TRACKING_URI, or give --no-track.",
            ) from error

    @contextmanager
    def run(self, name: str, *, group: str = "") -> Iterator[None]:
        """Open a run; one that ends with an exception is marked as failed."""
        if group:
            mlflow.set_experiment(f"{PREFIX}-{group}")
        with mlflow.start_run(run_name=name, nested=mlflow.active_run() is not None):
            yield

    def log_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Parameters of the open run."""
        mlflow.log_params(dict(_flatten(parameters)))

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Metrics of the open run."""
        mlflow.log_metrics(dict(metrics))

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
        mlflow.set_tag("dataset_digest", digest)

    def log_model(self, directory: Path) -> None:
        """A pyfunc from title and body to probability.

        It is logged as code and a model directory, so that nothing is pickled.
        """
        mlflow.pyfunc.log_model(
            name="model",
            python_model=str(PYFUNC),
            artifacts={"model": str(directory)},
            signature=infer_signature(EXAMPLE, pd.DataFrame({"probability": [0.5]})),
            input_example=EXAMPLE,
            pip_requirements=[f"silentrank=={version('silentrank')}"],
        )


def _flatten(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
