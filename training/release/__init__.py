"""From an evaluated experiment to a model directory that others can use."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from pydantic import ValidationError

from classifier import artifact
from classifier.artifact import (
    CARD,
    MANIFEST,
    Manifest,
    read_choice,
    verify,
    write_choice,
    write_manifest,
)
from classifier.errors import InputError
from classifier.files import sha256_of
from training.card import render_card
from training.config import Experiment, explain_validation
from training.corpus import Corpus
from training.families import ConvertedModel, find_family
from training.fit import VOTE_FACTOR, Fitted, write_fitted
from training.results import Results

RENAMED: Mapping[str, str] = MappingProxyType({"tfidf": "tfidf-lr"})
"""Families by the names that models of before know them under."""
CONVERTED_TEXTS = 500
"""Real texts that a converted model is compared with the trained one on."""


def release(
    fitted: Fitted,
    experiment: Experiment,
    corpus: Corpus,
    results: Results,
    *,
    plots: Path,
    out: Path,
) -> Manifest:
    """Write weights, card, plots and, last, the manifest to ``out``, in place of a model there.

    The directory appears whole or not at all. Raises InputError if it exists and holds no model,
    cannot be written, or if the model is served in other numbers and they say something else.
    """

    def write(directory: Path) -> Manifest:
        draft = write_fitted(fitted, corpus, experiment, directory)
        draft = replace(draft, metrics=results.rows)
        card = render_card(draft, results, conversion=_conversion(fitted, corpus))
        (directory / CARD).write_text(card, encoding="utf-8")
        for path in (plots / "cv").glob("*.png"):  # those that the card shows
            shutil.copyfile(path, directory / f"cv-{path.name}")
        return write_manifest(directory, draft)

    return put_model(out, write)


def _conversion(fitted: Fitted, corpus: Corpus) -> str:
    """How what is served differs from what was trained, if it does; InputError if too much."""
    if not isinstance(fitted.model, ConvertedModel):
        return ""
    shuffled = np.random.default_rng(0).permutation(corpus.gold)
    rows = shuffled[:CONVERTED_TEXTS].tolist()
    texts = [corpus.texts[row] for row in rows]
    return fitted.model.check(texts, corpus.is_silent[rows], fitted.calibration)


def put_model(out: Path, write: Callable[[Path], Manifest]) -> Manifest:
    """Let ``write`` fill a directory and put it in the place of ``out``, whole or not at all."""
    if out.exists() and not (out / MANIFEST).is_file():
        raise InputError(f"{out} holds no model", hint="Only a model is replaced: name another.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
            directory = Path(scratch) / out.name
            manifest = write(directory)
            _swap(directory, out)
    except OSError as error:
        raise InputError(
            f"Cannot write {out}: {error}", hint="Check that you may write there."
        ) from error
    return manifest


def experiment_of(manifest: Manifest, *, like: Experiment | None = None) -> Experiment:
    """The experiment that trained a model, with the issues and folds of ``like`` if it is given.

    Raises InputError if this version does not understand the model's configuration.
    """
    config = {name: value for name, value in manifest.config.items() if name != VOTE_FACTOR}
    config["family"] = RENAMED.get(str(config.get("family")), config.get("family"))
    if like is not None:
        config |= like.model_dump(mode="json", include={"data", "evaluation"})
    try:
        experiment = Experiment.model_validate_json(json.dumps(config))
    except ValidationError as error:
        raise InputError(
            f"{manifest.model_id} was trained by a configuration that this version does not "
            f"understand: {explain_validation(error)}",
            hint="Train its experiment again with this version.",
        ) from error
    if experiment.name != manifest.model_id:
        raise InputError(f"{manifest.model_id} was trained by another experiment's configuration")
    find_family(experiment)
    return experiment


def scoring_digest(manifest: Manifest) -> str:
    """SHA-256 of all that scores depend on: weights, scorer, calibration; not card or plots."""
    weights = {
        name: digest
        for name, digest in manifest.files.items()
        if name != CARD and not name.endswith(".png")
    }
    content = (manifest.scorer, manifest.normalizer_version, asdict(manifest.calibration), weights)
    return sha256_of(json.dumps(content, sort_keys=True).encode())


def activate(model: Path) -> None:
    """Make a released model the active one; the one before stays named as its predecessor."""
    verify(model)
    home, directory = artifact.models_directory(), model.resolve()
    if directory.parent != home.resolve():
        raise InputError(f"{model} is not in {home}", hint="Only released models can be active.")
    choice = read_choice()
    if choice.active != directory.name:  # else its predecessor stays the one that it was
        choice = replace(choice, active=directory.name, previous=choice.active)
    write_choice(choice)


def _swap(directory: Path, out: Path) -> None:
    """Put a directory in another's place, which comes back if that fails."""
    replaced = directory.with_name("replaced")
    if out.exists():
        out.rename(replaced)
    try:
        directory.rename(out)
    except BaseException:
        if replaced.exists():
            replaced.rename(out)
        raise
