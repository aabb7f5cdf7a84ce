"""From an evaluated experiment to a model directory that others can use."""

import json
import shutil
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np

from classifier.artifact import (
    ACTIVE,
    CARD,
    MANIFEST,
    RESTORE,
    Manifest,
    models_directory,
    verify,
    write_manifest,
)
from classifier.errors import ArtifactError, InputError
from classifier.files import replace_file
from training.card import render_card
from training.config import Experiment
from training.corpus import Corpus
from training.fit import fit_artifact
from training.results import Results


def release(
    experiment: Experiment,
    corpus: Corpus,
    results: Results,
    *,
    plots: Path,
    out: Path,
    is_replacing: bool = False,
) -> Manifest:
    """Fit to all rows and write weights, card, plots and, last, the manifest to ``out``.

    The directory appears whole or not at all. Raises InputError if it exists, unless
    ``is_replacing``, or cannot be written.
    """
    check_free(out, is_replacing=is_replacing)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
            directory = Path(scratch) / out.name
            manifest = _write(experiment, corpus, results, plots, directory)
            _swap(directory, out)
    except OSError as error:
        raise InputError(
            f"Cannot write {out}: {error}", hint="Check that you may write there."
        ) from error
    return manifest


def check_free(directory: Path, *, is_replacing: bool) -> None:
    """Raise InputError if a directory exists that may not be replaced."""
    if directory.exists() and not is_replacing:
        raise InputError(
            f"{directory} already exists", hint="Give another --out, or --replace to replace it."
        )
    if directory.exists() and not (directory / MANIFEST).is_file():
        raise InputError(
            f"{directory} holds no model", hint="Only a model is replaced. Give another --out."
        )


def activate(model: Path) -> None:
    """Make a released model the active one; the one before stays named as its predecessor."""
    verify(model)
    home, directory = models_directory(), model.resolve()
    if directory.parent != home.resolve():
        raise InputError(f"{model} is not in {home}", hint="Only released models can be active.")
    named = _named_models(home)
    if named.get("active") != directory.name:  # else its predecessor stays the one that it was
        named = {"active": directory.name, "previous": named.get("active")}
    lines = [f"{role} = {json.dumps(name)}\n" for role, name in named.items() if name]
    replace_file(home / ACTIVE, "".join(lines).encode())


def _write(
    experiment: Experiment, corpus: Corpus, results: Results, plots: Path, directory: Path
) -> Manifest:
    gold, silver = np.arange(len(corpus.gold)), np.arange(len(corpus.silver))
    draft = fit_artifact(corpus, gold, silver, experiment, directory)
    draft = replace(draft, metrics=results.rows)
    (directory / CARD).write_text(render_card(draft, results), encoding="utf-8")
    for path in plots.glob("*/*.png"):
        shutil.copyfile(path, directory / f"{path.parent.name}-{path.name}")
    return write_manifest(directory, draft)


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


def _named_models(home: Path) -> dict[str, str | None]:
    """What ACTIVE.toml names; nothing before the first model."""
    try:
        return dict(tomllib.loads((home / ACTIVE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{home / ACTIVE} is damaged: {error}", hint=RESTORE) from error
