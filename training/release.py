"""From an evaluated experiment to a model directory that others can use."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from classifier.artifact import (
    ACTIVE,
    CARD,
    Manifest,
    active_model,
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
    ``is_replacing``.
    """
    check_free(out, is_replacing=is_replacing)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
        directory = Path(scratch) / out.name
        gold, silver = np.arange(len(corpus.gold)), np.arange(len(corpus.silver))
        draft = fit_artifact(corpus, gold, silver, experiment, directory)
        draft = replace(draft, metrics=results.rows)
        (directory / CARD).write_text(render_card(draft, results), encoding="utf-8")
        for path in plots.glob("*/*.png"):
            shutil.copyfile(path, directory / f"{path.parent.name}-{path.name}")
        manifest = write_manifest(directory, draft)
        if out.exists():
            out.rename(Path(scratch) / "replaced")
        directory.rename(out)
    return manifest


def check_free(directory: Path, *, is_replacing: bool) -> None:
    """Raise InputError if a directory exists that may not be replaced."""
    if directory.exists() and not is_replacing:
        raise InputError(
            f"{directory} already exists", hint="Give another --out, or --replace to replace it."
        )


def activate(model: Path) -> None:
    """Make a released model the active one; the one before stays named as its predecessor."""
    verify(model)
    home = models_directory()
    if model.resolve().parent != home.resolve():
        raise InputError(f"{model} is not in {home}", hint="Only released models can be active.")
    try:
        previous = active_model()
    except ArtifactError:  # the first model has no predecessor
        previous = ""
    lines = [f'active = "{model.name}"']
    if previous and previous != model.name:
        lines.append(f'previous = "{previous}"')
    replace_file(home / ACTIVE, ("\n".join(lines) + "\n").encode())
