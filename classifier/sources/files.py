"""Opening what others have saved, whatever their tools put around it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import TextIO, cast

from classifier.errors import InputError

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")  # what `>` of Windows PowerShell 5 writes


def shown(path: str) -> str:
    """Return what messages call a path."""
    return "standard input" if path == "-" else path


@contextmanager
def open_text(path: str) -> Iterator[TextIO]:
    r"""Open a file, or standard input for ``-``; lines end at ``\n`` alone and are not altered.

    A byte-order mark is dropped, and bytes that are no text become U+FFFD, so that one damaged
    character costs that character and not the file.
    """
    with open_bytes(path) as binary:
        is_utf_16 = binary.peek(2)[:2] in UTF_16_MARKS
        encoding = "utf-16" if is_utf_16 else "utf-8-sig"
        text = TextIOWrapper(binary, encoding=encoding, errors="replace", newline="\n")
        try:
            yield text
        finally:
            text.detach()  # or it would close standard input when it goes


@contextmanager
def open_bytes(path: str) -> Iterator[BufferedReader]:
    """Open a file, or standard input for ``-``. Raises InputError if it cannot be opened."""
    if path == "-":
        given = sys.stdin.buffer  # as it is if it can: a second buffer would wait to be full
        yield (
            given if isinstance(given, BufferedReader) else BufferedReader(cast("RawIOBase", given))
        )
        return
    try:
        binary = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"Cannot read {path}: {reason}", hint="Check the path and its permissions."
        ) from error
    with binary:
        yield binary
