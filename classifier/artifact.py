"""A model directory: weights, card, and a manifest that vouches for both.

Training writes it, ``classifier`` reads it, nothing else crosses. The manifest is written last,
so its presence means that the rest is complete; whatever was altered, truncated, lost or built
for another normalizer refuses to load.
"""

import hashlib
import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from classifier.calibration import BetaCalibration
from classifier.errors import ArtifactError, InputError
from classifier.metrics import Estimate
from classifier.normalize import NORMALIZER_VERSION

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
ACTIVE = "ACTIVE.toml"
CARD = "CARD.md"
RESTORE = "Install silentrank again, or restore the directory from where it came."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model directory holds and where it came from."""

    model_id: str
    scorer: str  # a name in SCORERS
    calibration: BetaCalibration
    created_at: str  # ISO 8601, UTC
    data_digest: str  # sha256 of the training data
    config: Mapping[str, Any]  # the experiment's configuration, as trained
    metrics: Mapping[str, Mapping[str, Estimate]]  # protocol → measure → estimate
    normalizer_version: int = NORMALIZER_VERSION
    format_version: int = FORMAT_VERSION
    files: Mapping[str, str] = field(default_factory=dict)  # name → sha256


def write_manifest(directory: Path, manifest: Manifest) -> Manifest:
    """Checksum every file in ``directory`` and write the manifest, last and at once."""
    names = sorted(p.name for p in directory.iterdir() if p.is_file() and p.name != MANIFEST)
    content = {**_plain(manifest), "files": {name: _sha256(directory / name) for name in names}}
    content["digest"] = _digest(content)
    write_atomically(directory / MANIFEST, json.dumps(content, indent=2) + "\n")
    return read_manifest(directory)


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a model directory, itself unaltered and of this version's format."""
    path = directory / MANIFEST
    if not path.is_file():
        raise ArtifactError(
            f"No model in {directory}: {MANIFEST} is missing",
            hint="`silentrank models list` shows the models that are there.",
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format_version"] != FORMAT_VERSION:
            raise ArtifactError(
                f"{path} has format {content['format_version']}, not {FORMAT_VERSION}",
                hint="Use the silentrank version that the model was built with.",
            )
        if content.pop("digest") != _digest(content):
            raise ArtifactError(f"{path} was altered after it was written", hint=RESTORE)
        content["calibration"] = BetaCalibration(**content["calibration"])
        content["metrics"] = {
            protocol: {name: Estimate(**estimate) for name, estimate in measures.items()}
            for protocol, measures in content["metrics"].items()
        }
        return Manifest(**content)
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise ArtifactError(f"{path} is damaged ({error!r})", hint=RESTORE) from error


def verify(directory: Path) -> Manifest:
    """Check every file against the manifest, and the manifest against this installation."""
    manifest = read_manifest(directory)
    for name, expected in manifest.files.items():
        path = directory / name
        if Path(name).name != name or not path.is_file():
            raise ArtifactError(f"{path} is missing", hint=RESTORE)
        if _sha256(path) != expected:
            raise ArtifactError(f"{path} does not match its checksum", hint=RESTORE)
    if manifest.normalizer_version != NORMALIZER_VERSION:
        raise ArtifactError(
            f"Model {manifest.model_id} was trained on normalizer version "
            f"{manifest.normalizer_version}, this is version {NORMALIZER_VERSION}",
            hint="Use the silentrank version that the model was built with, or train it again.",
        )
    return manifest


def models_directory() -> Path:
    """Where released models are: inside the installed package, or in the checkout."""
    package = Path(__file__).parent
    installed = package / "_models"
    return installed if installed.is_dir() else package.parent / "models"


def list_models() -> list[Path]:
    """Directories of the released models, by name."""
    return sorted(path.parent for path in models_directory().glob(f"*/{MANIFEST}"))


def active_model() -> str:
    """Name of the model that is used unless another one is asked for."""
    path = models_directory() / ACTIVE
    try:
        return str(tomllib.loads(path.read_text(encoding="utf-8"))["active"])
    except (OSError, ValueError, KeyError) as error:
        raise ArtifactError(f"{path} names no active model", hint=RESTORE) from error


def find_model(model: str | Path | None = None) -> Path:
    """The directory of a model given by name or directory; of the active one for ``None``."""
    name = str(model) if model is not None else active_model()
    released = {path.name: path for path in list_models()}
    if name in released:
        return released[name]
    if Path(name).is_dir():
        return Path(name)
    raise ArtifactError(
        f"No model or directory {name!r}", hint=f"Available: {', '.join(released) or 'none'}."
    )


def write_atomically(path: Path, text: str) -> None:
    """Write beside ``path``, then rename, so that a reader sees the old or the new, never half."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _plain(manifest: Manifest) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(asdict(manifest)))
    return plain


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
