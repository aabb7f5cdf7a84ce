"""Where issues come from.

A source is written ``-`` (standard input), ``file.ext`` or ``kind:rest``. To add one, write a
module with ``read(rest, on_skip) -> Iterator[Issue]`` and a line in ``SOURCES``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from classifier.errors import InputError
from classifier.sources import (
    comma_separated,
    json_document,
    json_lines,
    parquet,
    standard_input,
)
from classifier.sources.records import OnSkip, Skipped
from classifier.types import Issue

__all__ = ["SOURCES", "OnSkip", "Skipped", "read_issues"]

SOURCES: Mapping[str, Callable[[str, OnSkip], Iterator[Issue]]] = {
    "jsonl": json_lines.read,
    "csv": comma_separated.read,
    "parquet": parquet.read,
    "json": json_document.read,
    "stdin": standard_input.read,
}


def read_issues(sources: Iterable[str], on_skip: OnSkip) -> Iterator[Issue]:
    """Read all sources, one after the other, an issue at a time.

    ``on_skip`` hears of each row that is left out, and may raise to stop there.
    Raises InputError, before anything is read, if a source's kind is unknown.
    """
    readers = [_reader(source) for source in sources]
    return (issue for read, rest in readers for issue in read(rest, on_skip))


def _reader(source: str) -> tuple[Callable[[str, OnSkip], Iterator[Issue]], str]:
    """Choose by an explicit ``kind:``, else by the file's suffix."""
    if source == "-":
        return SOURCES["stdin"], source
    kind, separator, rest = source.partition(":")
    if separator and kind in SOURCES:
        return SOURCES[kind], rest
    suffix = Path(source).suffix.removeprefix(".").lower()
    if suffix in SOURCES:
        return SOURCES[suffix], source
    raise InputError(
        f"Unknown kind of source: {source}",
        hint=f"Known kinds: {', '.join(SOURCES)}. Name the kind if the suffix does not: "
        "`jsonl:FILE`; `-` is standard input.",
    )
