"""A task's models in a model directory: numbers, terms, manifest; nothing is pickled.

| file | what |
|---|---|
| ``manifest.json`` | as for any model: settings, metrics, digests; written last |
| ``numbers.npz`` | each group's weights, frequencies, means and scales |
| ``task.json`` | groups, their terms, and the digests of the base models' weights |
"""

import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from classifier.artifact import RESTORE, Manifest, verify, write_manifest
from classifier.calibration import IDENTITY
from classifier.errors import ArtifactError
from classifier.files import replace_file
from classifier.metrics import Estimate
from training.classification.features import Features, Scaling, Words
from training.classification.model import GroupModel, TaskModel
from training.classification.settings import ModelSettings, TaskExperiment
from training.families.plain_embeddings import weights_digest

SCORER = "classification"
"""In a manifest: no scorer of ``silentrank rank``, which says so."""
NUMBERS = "numbers.npz"
TASK_FILE = "task.json"

Arrays = Mapping[str, NDArray[np.float64]]


def write_model(
    directory: Path,
    model: TaskModel,
    experiment: TaskExperiment,
    *,
    data_digest: str,
    metrics: Mapping[str, Mapping[str, Estimate]],
) -> Manifest:
    """Write a model directory, its manifest last."""
    groups = list(model.groups)
    arrays = {
        f"{at}.{name}": array
        for at, group in enumerate(model.groups.values())
        for name, array in _arrays(group).items()
    }
    content = {
        "groups": groups,
        "terms": [[words.terms for words in one.features.words] for one in model.groups.values()],
        "bases": {one.base: weights_digest(one.base) for one in experiment.model.embeddings},
    }
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / NUMBERS).open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    replace_file(directory / TASK_FILE, json.dumps(content).encode())
    return write_manifest(
        directory,
        Manifest(
            model_id=experiment.name,
            scorer=SCORER,
            calibration=IDENTITY,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            data_digest=data_digest,
            config=experiment.model_dump(mode="json", exclude={"ablations"}),
            metrics=metrics,
        ),
    )


def load_model(directory: Path) -> tuple[TaskModel, TaskExperiment]:
    """Read what ``write_model`` wrote. Raises ArtifactError if it is damaged or something else."""
    manifest = verify(directory)
    if manifest.scorer != SCORER:
        raise ArtifactError(
            f"Model {manifest.model_id} has no task: it is scored by {manifest.scorer!r}",
            hint="`silentrank rank --model` uses it; `silentrank-train predict` takes models that "
            "were trained from a configuration with [task].",
        )
    try:
        experiment = TaskExperiment.model_validate_json(json.dumps(dict(manifest.config)))
        content = json.loads((directory / TASK_FILE).read_bytes())
        with np.load(directory / NUMBERS, allow_pickle=False) as arrays:
            model = _model(experiment.model, content, dict(arrays))
        bases = dict(content["bases"])
    except (ValueError, LookupError, TypeError, OSError, ValidationError, zipfile.BadZipFile) as e:
        raise ArtifactError(f"{directory} is damaged ({e!r})", hint=RESTORE) from e
    _check_bases(bases, manifest.model_id)
    return model, experiment


def _check_bases(bases: Mapping[str, str], model_id: str) -> None:
    for base, digest in bases.items():
        if weights_digest(base) != digest:
            raise ArtifactError(
                f"Base model {base} is not the one that {model_id} was trained on",
                hint="Install the version of then, or train again.",
            )


def _arrays(group: GroupModel) -> dict[str, NDArray[np.float64]]:
    features = group.features
    arrays = {"weights": group.weights, "intercepts": group.intercepts, "dates": features.dates}
    arrays |= {f"words.{at}.idf": words.idf for at, words in enumerate(features.words)}
    scalings = {f"embedding.{at}": one for at, one in enumerate(features.embeddings)}
    if features.facts:
        scalings["facts"] = features.facts
    for name, scaling in scalings.items():
        arrays |= {f"{name}.mean": scaling.mean, f"{name}.scale": scaling.scale}
    return arrays


def _model(settings: ModelSettings, content: Mapping[str, Any], arrays: Arrays) -> TaskModel:
    pairs = zip(content["groups"], content["terms"], strict=True)
    return TaskModel(
        {name: _group(settings, terms, f"{at}.", arrays) for at, (name, terms) in enumerate(pairs)}
    )


def _group(
    settings: ModelSettings, terms: list[list[str]], start: str, arrays: Arrays
) -> GroupModel:
    def scaling(name: str) -> Scaling:
        return Scaling(arrays[f"{start}{name}.mean"], arrays[f"{start}{name}.scale"])

    words = zip(settings.words, terms, strict=True)
    features = Features(
        settings=settings,
        words=tuple(
            Words(one, tuple(own), arrays[f"{start}words.{at}.idf"])
            for at, (one, own) in enumerate(words)
        ),
        embeddings=tuple(scaling(f"embedding.{at}") for at in range(len(settings.embeddings))),
        facts=scaling("facts") if settings.facts_factor else None,
        dates=arrays[f"{start}dates"],
    )
    return GroupModel(features, arrays[f"{start}weights"], arrays[f"{start}intercepts"])
