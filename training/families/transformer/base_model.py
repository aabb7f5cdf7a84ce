"""Where pretrained encoders come from: a hub, a directory, or packages that carry weights.

``package:NAME`` is a directory with ``config.json`` inside an installed package, by its import
name; ``parts:NAME`` a zip file that the distributions NAME-001, NAME-002 … hold piece by piece.
Neither needs a network at run time.
"""

import importlib.util
import io
import re
import zipfile
import zlib
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from classifier.errors import InputError

CONFIG = "config.json"
TOKENIZER = "tokenizer.json"
UNPACKED = Path("runs/base-models")


def find_base(name: str, *, unpacked: Path = UNPACKED) -> Path:
    """The directory of a pretrained encoder, with its ``tokenizer.json``.

    What comes in parts is unpacked into ``unpacked`` once. Raises InputError if it is not there.
    """
    kind, _, rest = name.partition(":")
    if kind == "package":
        return _in_package(rest)
    if kind == "parts":
        return _from_parts(rest, unpacked / rest)
    if Path(name).is_dir():
        return _checked(Path(name), name)
    return _checked(_from_hub(name), name)


def _in_package(name: str) -> Path:
    try:
        spec = importlib.util.find_spec(name)
    except (ModuleNotFoundError, ValueError):  # part of a package that is not there; no name
        spec = None
    if spec is None or spec.origin is None:
        raise InputError(
            f"No package {name!r} is installed",
            hint=f"pip install {name.replace('_', '-')}, or name another base model.",
        )
    return _inside(Path(spec.origin).parent, f"package:{name}")


def _from_parts(name: str, home: Path) -> Path:
    if home.is_dir():
        return _inside(home, f"parts:{name}")
    is_part = re.compile(rf"{re.escape(name)}-\d+").fullmatch
    parts = {part.name: part for part in distributions() if part.name and is_part(part.name)}
    if not parts:
        raise InputError(
            f"No distribution {name}-… is installed", hint=f"pip install {name}-001 {name}-002 …"
        )
    pieces = b"".join(_largest(parts[part]) for part in sorted(parts))
    home.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.parent) as scratch:
        content = Path(scratch) / name
        try:
            zipfile.ZipFile(io.BytesIO(pieces)).extractall(content)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise InputError(
                f"The {len(parts)} parts of {name} are no zip file: {error}",
                hint="Install all of them, in one version.",
            ) from error
        if not home.is_dir():  # nobody was faster
            content.rename(home)
    return _inside(home, f"parts:{name}")


def _from_hub(name: str) -> Path:
    """A copy of the hub's model, fetched once."""
    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors"]))
    except (OSError, HFValidationError, HfHubHTTPError) as error:
        raise InputError(
            f"No base model {name!r}: no such directory, and the hub says: {error}",
            hint="package:NAME and parts:NAME need no network.",
        ) from error


def _largest(part: Distribution) -> bytes:
    """The piece itself: whatever else the distribution holds is small."""
    paths = [Path(str(part.locate_file(file))) for file in part.files or ()]
    files = [path for path in paths if path.is_file()]
    return max(files, key=lambda path: path.stat().st_size).read_bytes() if files else b""


def _inside(home: Path, name: str) -> Path:
    configs = [path for path in sorted(home.rglob(CONFIG)) if (path.parent / TOKENIZER).is_file()]
    if not configs:
        raise InputError(
            f"{name} holds no model: no folder of {home} has {CONFIG} and {TOKENIZER}",
            hint="Name a package that carries a transformer's files.",
        )
    return configs[0].parent


def _checked(directory: Path, name: str) -> Path:
    for file in (CONFIG, TOKENIZER):
        if not (directory / file).is_file():
            raise InputError(
                f"Base model {name} has no {file}", hint="Name a directory of a transformer."
            )
    return directory
