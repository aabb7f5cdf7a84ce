"""MLflow's registry: a version for each promoted model, and the alias of the one in use."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import mlflow
from mlflow.exceptions import MlflowException

from training.tracking.runs import SCORING_DIGEST, RecordedRun

MODEL_NAME = "silentrank"
CHAMPION = "champion"


@contextmanager
def keeping_champion() -> Iterator[None]:
    """If what follows fails or is interrupted, the alias is where it was."""
    former = champion_version()
    try:
        yield
    except BaseException:
        _point_champion(former)
        raise


@contextmanager
def registered(
    run: RecordedRun, digest: str, tags: Mapping[str, str], description: str
) -> Iterator[None]:
    """Register the model that a run logged; no version stays if what follows fails.

    A version that is there already, of a promotion before, is told its new tags and stays.
    """
    client = mlflow.MlflowClient()
    tags = {**tags, SCORING_DIGEST: digest}
    if version := version_of(digest):
        client.update_model_version(MODEL_NAME, version, description)
        for name, value in tags.items():
            client.set_model_version_tag(MODEL_NAME, version, name, value)
        yield
        return
    version = _create_version(client, run, tags, description)
    try:
        yield
    except BaseException:
        client.delete_model_version(MODEL_NAME, version)
        raise


def move_champion(digest: str) -> str | None:
    """Point the alias at the newest version of a digest and return it.

    Where there is none the alias goes: it should name the model in use, or nothing.
    """
    version = version_of(digest)
    _point_champion(version)
    return version


def champion_version() -> str | None:
    """The version that the alias names."""
    for model in mlflow.MlflowClient().search_registered_models(f"name = '{MODEL_NAME}'"):
        if (version := model.aliases.get(CHAMPION)) is not None:
            return str(version)
    return None


def version_of(digest: str) -> str | None:
    """The newest version of a digest."""
    found = mlflow.MlflowClient().search_model_versions(f"name = '{MODEL_NAME}'")
    numbers = [int(one.version) for one in found if one.tags.get(SCORING_DIGEST) == digest]
    return str(max(numbers)) if numbers else None


def _create_version(
    client: mlflow.MlflowClient, run: RecordedRun, tags: Mapping[str, str], description: str
) -> str:
    outputs = client.get_run(run.run_id).outputs
    if outputs is None or not outputs.model_outputs:
        raise MlflowException(f"Run {run.run_id} logged no model")
    (output, *_) = outputs.model_outputs
    model = client.get_logged_model(output.model_id)
    if not client.search_registered_models(f"name = '{MODEL_NAME}'"):
        client.create_registered_model(MODEL_NAME)
    version = client.create_model_version(
        MODEL_NAME,
        model.model_uri,
        run.run_id,
        tags=dict(tags),
        description=description,
        model_id=output.model_id,
    )
    return str(version.version)


def _point_champion(version: str | None) -> None:
    client = mlflow.MlflowClient()
    if version is not None:
        client.set_registered_model_alias(MODEL_NAME, CHAMPION, version)
    elif champion_version() is not None:
        client.delete_registered_model_alias(MODEL_NAME, CHAMPION)
