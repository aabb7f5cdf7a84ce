"""Writing a file so that a reader sees the old one or the new one, never half of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from classifier.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a stream beside ``path`` that takes its place once all went well.

    What is no regular file, such as ``/dev/null`` or a named pipe, is written to as it is.
    Raises InputError if the place cannot be written to.
    """
    target = path.resolve()
    is_special = target.exists() and not target.is_file()
    partial = target if is_special else target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        try:
            with partial.open("w", encoding="utf-8", newline="\n") as stream:
                yield stream
            if not is_special:
                partial.replace(target)
        finally:
            if not is_special:
                partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"Cannot write {path}: {error.strerror or error}",
            hint="Check that the folder exists and that you may write there.",
        ) from error
