"""Files that are complete or absent, and their checksums."""

import hashlib
import os
import tempfile
from pathlib import Path

from classifier.errors import InputError


def sha256_of(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the target, then rename: a reader sees the old file or the whole new one."""
    try:
        _replace_file(path, content)
    except OSError as error:
        raise InputError(
            f"Cannot write {path}: {error}", hint="Choose a folder that you may write to."
        ) from None


def _replace_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # mkstemp's 0600 would lock out a shared folder's other readers
        Path(name).replace(path)
    except BaseException:  # an interrupt too must leave no scrap behind
        Path(name).unlink(missing_ok=True)
        raise
