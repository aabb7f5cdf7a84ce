"""The researcher's door: ``silentrank-train``.

Everything slow is imported inside the commands, so that ``--help`` answers at once.
"""

import os
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec

import typer

from classifier.errors import MissingExtraError, SilentrankError
from classifier.writers.escape import visible
from training.cli.bench import evaluate, leaderboard, train
from training.cli.data import check_normalizer, hydrate, labels_app
from training.cli.github import collect, collect_feedback
from training.cli.label_studies import audit, curve, severity
from training.cli.models import faithfulness, promote, reproduce, rollback
from training.cli.percentiles import percentiles
from training.cli.tasks import predict

NEEDED = (
    "betacal",
    "datasets",
    "datasketch",
    "defusedxml",
    "matplotlib",
    "mlflow",
    "pandas",
    "psutil",
    "pyarrow",
    "pydantic",
    "scipy",
    "sklearn",
    "threadpoolctl",
    "tqdm",
)

MLFLOW = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # or it reports on its users
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
"""MLflow's own variables, where the user sets none."""

app = typer.Typer(
    name="silentrank-train",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS: Mapping[str, Callable[..., None]] = {
    "hydrate": hydrate,
    "check-normalizer": check_normalizer,
    "evaluate": evaluate,
    "leaderboard": leaderboard,
    "train": train,
    "predict": predict,
    "promote": promote,
    "rollback": rollback,
    "reproduce": reproduce,
    "faithfulness": faithfulness,
    "audit": audit,
    "curve": curve,
    "severity": severity,
    "percentiles": percentiles,
    "collect": collect,
    "collect-feedback": collect_feedback,
}


def main() -> None:
    """Run the command line; a foreseen error is one plain line and a hint, no traceback."""
    for name, value in MLFLOW.items():
        os.environ.setdefault(name, value)
    try:
        if not all(find_spec(name) for name in NEEDED):
            raise MissingExtraError("silentrank-train", extra="train")
        app()
    except SilentrankError as error:
        typer.echo(visible(f"error: {error}"), err=True)
        if error.hint:
            typer.echo(visible(f"hint: {error.hint}"), err=True)
        sys.exit(1)


@app.callback()
def silentrank_train() -> None:
    """Train, measure and release the models that `silentrank` ranks with.

    ```
    silentrank-train hydrate --from parquet:silent_bug_study.parquet
    silentrank-train evaluate configs/tfidf-lr.toml configs/tfidf-svm.toml
    silentrank-train train configs/tfidf-lr.toml
    silentrank-train promote tfidf-lr-2026-11
    ```
    """


app.add_typer(labels_app)
for name, command in COMMANDS.items():
    app.command(name)(command)
