"""Files that are whole or absent: a reader sees the old one or the new one, never half of it."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from classifier.errors import InputError


def sha256_of(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Write a whole file, and the folders above it that are not there yet.

    Raises InputError if the place cannot be written to.
    """
    with _told_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        stream.buffer.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a stream beside ``path`` that takes its place once all went well.

    What is no regular file, such as ``/dev/null`` or a named pipe, is written to as it is; a
    link is followed. Raises InputError if the place cannot be written to.
    """
    with _told_of(path):
        target = path.resolve()
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", newline="\n") as stream:
                yield stream
        else:
            yield from _beside(target)


def _beside(target: Path) -> Iterator[TextIO]:
    # A name of its own, for two writers at once; exclusive, for nobody's link to be followed.
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("x", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())  # or a power cut could leave the new name without content
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"Cannot write {path}: {error.strerror or error}",
            hint="Check that the folder exists and that you may write there.",
        ) from error
