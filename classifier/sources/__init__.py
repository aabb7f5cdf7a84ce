"""Where issues come from.

A source is written ``-`` (standard input), ``file.ext`` or ``kind:rest``. To add one, write a
module with ``read(rest, on_skip) -> Iterator[Issue]`` and a line in ``SOURCES``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from classifier.errors import InputError
from classifier.sources import (
    comma_separated,
    github,
    json_document,
    json_lines,
    parquet,
    standard_input,
)
from classifier.sources.records import OnSkip, Skipped
from classifier.sources.status import OnStatus, Status
from classifier.types import Issue

__all__ = ["SOURCES", "OnSkip", "OnStatus", "Skipped", "Status", "read_issues"]

SOURCES: Mapping[str, Callable[[str, OnSkip], Iterator[Issue]]] = {
    "jsonl": json_lines.read,
    "csv": comma_separated.read,
    "parquet": parquet.read,
    "json": json_document.read,
    "stdin": standard_input.read,
    "github": github.read,
}
# Those that take long, and tell how far they have come
TELLING: Mapping[str, Callable[[str, OnSkip, OnStatus], Iterator[Issue]]] = {
    "github": github.read,
}


def read_issues(
    sources: Iterable[str], on_skip: OnSkip, on_status: OnStatus = lambda _: None
) -> Iterator[Issue]:
    """Read all sources, one after the other, an issue at a time.

    ``on_skip`` hears of each row that is left out, and may raise to stop there; ``on_status``
    of how far sources have come that take long.
    Raises InputError, before anything is read, if a source's kind is unknown or its name, where
    that is more than a file's, makes no sense.
    """
    opened = [_open(*_reader(source), on_skip, on_status) for source in sources]
    return (issue for issues in opened for issue in issues)


def _open(kind: str, rest: str, on_skip: OnSkip, on_status: OnStatus) -> Iterator[Issue]:
    if kind in TELLING:
        return TELLING[kind](rest, on_skip, on_status)
    return SOURCES[kind](rest, on_skip)


def _reader(source: str) -> tuple[str, str]:
    """Choose a kind by an explicit ``kind:``, else by the file's suffix."""
    if source == "-":
        return "stdin", source
    kind, separator, rest = source.partition(":")
    if separator and kind in SOURCES:
        return kind, rest
    suffix = Path(source).suffix.removeprefix(".").lower()
    if suffix in SOURCES:
        return suffix, source
    raise InputError(
        f"Unknown kind of source: {source}",
        hint=f"Known kinds: {', '.join(SOURCES)}. Name the kind if the suffix does not: "
        "`jsonl:FILE`; `-` is standard input.",
    )
