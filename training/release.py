"""From an evaluated experiment to a model directory that others can use."""

import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

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
from training.fit import Fitted, write_fitted
from training.results import Results


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
    or cannot be written.
    """

    def write(directory: Path) -> Manifest:
        draft = write_fitted(fitted, corpus, experiment, directory)
        draft = replace(draft, metrics=results.rows)
        (directory / CARD).write_text(render_card(draft, results), encoding="utf-8")
        for path in plots.glob("*/*.png"):
            shutil.copyfile(path, directory / f"{path.parent.name}-{path.name}")
        return write_manifest(directory, draft)

    return put_model(out, write)


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
