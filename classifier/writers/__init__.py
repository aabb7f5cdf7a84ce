"""How a ranking leaves: every format takes the same ranking and a text stream.

To add one, write a function like those below and a line in ``WRITERS``. Titles and quotes are
strangers' text: each format escapes what could act in its reader.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TextIO

from classifier.errors import InputError
from classifier.types import Ranking
from classifier.writers.comma_separated import write_csv
from classifier.writers.html import write_html
from classifier.writers.json_lines import row_of, write_jsonl
from classifier.writers.markdown import write_markdown
from classifier.writers.table import write_table

__all__ = ["SUFFIXES", "WRITERS", "format_of", "row_of", "writer"]


class Writer(Protocol):
    """One output format."""

    def __call__(self, ranking: Ranking, stream: TextIO, *, with_evidence: bool) -> None:
        """Write the whole ranking, an empty one included."""


WRITERS: Mapping[str, Writer] = {
    "table": write_table,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "markdown": write_markdown,
    "html": write_html,
}

SUFFIXES: Mapping[str, str] = {
    ".txt": "table",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".html": "html",
}


def writer(name: str) -> Writer:
    """Find a format by name. Raises InputError, with the names there are, if it is unknown."""
    if name not in WRITERS:
        raise InputError(f"Unknown format: {name}", hint=f"Known formats: {', '.join(WRITERS)}.")
    return WRITERS[name]


def format_of(path: Path) -> str:
    """Tell the format from a file's suffix. Raises InputError if it does not tell."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"Cannot tell the format from the name {path.name}",
            hint=f"Give --format {'|'.join(WRITERS)}, or a suffix of: {', '.join(SUFFIXES)}.",
        )
    return SUFFIXES[suffix]
