"""A model directory: weights, card, and a manifest that vouches for both.

Training writes it, ``classifier`` reads it, nothing else crosses. The manifest is written last,
so its presence means that the rest is complete; whatever was altered, truncated, lost or built
for another normalizer refuses to load.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from classifier.calibration import BetaCalibration
from classifier.errors import ArtifactError, InputError
from classifier.files import replace_file, sha256_of
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
    base_rate: float | None = None  # share of silent bugs that the calibration was fitted on
    normalizer_version: int = NORMALIZER_VERSION
    format_version: int = FORMAT_VERSION
    files: Mapping[str, str] = field(default_factory=dict)  # name → sha256

    def __post_init__(self) -> None:
        """Refuse a base rate that is none."""
        if self.base_rate is not None and not 0.0 < self.base_rate < 1.0:
            raise InputError(f"Base rate {self.base_rate} is not above 0 and below 1")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which released models are in use: what ACTIVE.toml says."""

    active: str | None = None  # used unless another one is asked for
    previous: str | None = None  # active before; a rollback goes back to it
    names: Mapping[str, str] = field(default_factory=dict)  # short name → model


def write_manifest(directory: Path, manifest: Manifest) -> Manifest:
    """Checksum every file in ``directory`` and write the manifest, last and at once."""
    names = sorted(p.name for p in directory.iterdir() if p.is_file() and p.name != MANIFEST)
    files = {name: _sha256(directory / name) for name in names}
    replace_file(directory / MANIFEST, _serialize(asdict(manifest) | {"files": files}))
    return read_manifest(directory)


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a model directory, itself unaltered and of this version's format."""
    path = directory / MANIFEST
    try:
        written = path.read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"No model in {directory}: cannot read {MANIFEST} ({error.strerror or error})",
            hint="`silentrank models list` shows the models that are there.",
        ) from error
    try:
        content = json.loads(written)
        if content["format_version"] != FORMAT_VERSION:
            raise ArtifactError(
                f"{path} has format {content['format_version']}, not {FORMAT_VERSION}",
                hint="Use the silentrank version that the model was built with.",
            )
        del content["digest"]
        if _serialize(content) != written:
            raise ArtifactError(f"{path} was altered after it was written", hint=RESTORE)
        return _manifest(content)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ArtifactError(f"{path} is damaged ({error!r})", hint=RESTORE) from error
    except InputError as error:
        raise ArtifactError(f"{path} is damaged: {error}", hint=RESTORE) from error


def verify(directory: Path) -> Manifest:
    """Check every file against the manifest, and the manifest against this installation."""
    manifest = read_manifest(directory)
    for name, expected in manifest.files.items():
        path = directory / name
        if Path(name).name != name:
            raise ArtifactError(f"{path} is not in the model's directory", hint=RESTORE)
        try:
            actual = _sha256(path)
        except OSError as error:
            raise ArtifactError(
                f"{path} is missing or unreadable ({error.strerror})", hint=RESTORE
            ) from error
        if actual != expected:
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


def read_choice() -> Choice:
    """What is chosen; nothing before the first model. Raises ArtifactError if it is damaged."""
    path = models_directory() / ACTIVE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        names = {name: str(model) for name, model in content.pop("names", {}).items()}
    except FileNotFoundError:
        return Choice()
    except (OSError, ValueError, AttributeError) as error:
        raise ArtifactError(f"{path} is damaged: {error}", hint=RESTORE) from error
    roles = {role: str(model) for role, model in content.items()}
    return Choice(roles.get("active"), roles.get("previous"), names)


def write_choice(choice: Choice) -> None:
    """Write what is chosen, at once."""
    roles = {"active": choice.active, "previous": choice.previous}
    lines = [f"{role} = {_quoted(model)}\n" for role, model in roles.items() if model]
    if choice.names:
        lines.append("\n[names]\n")
    lines += [f"{_quoted(name)} = {_quoted(model)}\n" for name, model in choice.names.items()]
    replace_file(models_directory() / ACTIVE, "".join(lines).encode())


def active_model() -> str:
    """Name of the model that is used unless another one is asked for."""
    if active := read_choice().active:
        return active
    raise ArtifactError(f"{models_directory() / ACTIVE} names no active model", hint=RESTORE)


def find_model(model: str | Path | None = None) -> Path:
    """The directory of a model given by name, short name or directory; of the active for None."""
    name = str(model) if model is not None else active_model()
    released = {path.name: path for path in list_models()}
    if name in released:
        return released[name]
    names = read_choice().names if model is not None else {}
    if name in names:
        return _named(name, names[name], released)
    with suppress(OSError):  # no name that a file system takes
        if model is not None and Path(name).is_dir():
            return Path(name)
    raise ArtifactError(
        f"No model or directory {name!r}",
        hint=f"Available: {', '.join([*released, *names]) or 'none'}.",
    )


def _named(name: str, model: str, released: Mapping[str, Path]) -> Path:
    if model not in released:
        raise ArtifactError(
            f"{models_directory() / ACTIVE} names {model!r} {name!r}, but there is no such model",
            hint=RESTORE,
        )
    return released[model]


def _quoted(name: str) -> str:
    """As TOML writes it, for which JSON's surrogate pairs are no characters."""
    return json.dumps(name, ensure_ascii=False)


def _serialize(content: Mapping[str, Any]) -> bytes:
    """The manifest's bytes: its content and, last, a checksum of it."""
    digest = sha256_of(json.dumps(content, sort_keys=True).encode())
    return (json.dumps({**content, "digest": digest}, indent=2) + "\n").encode()


def _manifest(content: Mapping[str, Any]) -> Manifest:
    return Manifest(
        **{
            **content,
            "calibration": BetaCalibration(**content["calibration"]),
            "metrics": {
                protocol: {name: Estimate(**estimate) for name, estimate in measures.items()}
                for protocol, measures in content["metrics"].items()
            },
            "files": dict(content["files"].items()),
        }
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
