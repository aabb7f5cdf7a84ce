"""CSV with a header: ``title``, and as many of ``body, repo, number, url, ...`` as there are."""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from classifier.errors import InputError
from classifier.sources.files import open_text, shown
from classifier.sources.records import OnSkip, Skipped, issue_in
from classifier.types import Issue

LONGEST_FIELD = 2**31 - 1  # the csv module's own limit of 128 KiB is less than some bodies have
DELIMITERS = ",;\t"  # the comma first: it wins a draw


def read(rest: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Read row by row; the header's letter case and the order of columns do not matter."""
    name = shown(rest)
    with open_text(rest) as stream:
        rows = _rows(stream)
        header = next(rows, (0, []))[1]
        if isinstance(header, csv.Error):
            raise InputError(f"{name}:1: not CSV: {header}", hint="The first line is the header.")
        columns = [column.strip().lower() for column in header]
        if columns and "title" not in columns:
            raise InputError(
                f"{name} has no title column, only: {', '.join(columns)}",
                hint="The first line must name the columns; `title` is needed.",
            )
        for line, cells in rows:
            if isinstance(cells, csv.Error):
                on_skip(Skipped(f"{name}:{line}", f"not CSV: {cells}"))
            elif cells:
                record = dict(zip(columns, cells, strict=False))
                yield from issue_in(record, f"{name}:{line}", on_skip)


def _rows(stream: TextIO) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Yield each row, or what is wrong with it, with the line that it begins on."""
    csv.field_size_limit(LONGEST_FIELD)
    first = next(stream, "")
    delimiter = max(DELIMITERS, key=first.count)
    # strict: a quote that is never closed would swallow all rows after it without a word
    rows = csv.reader(chain([first], stream), delimiter=delimiter, strict=True)
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except csv.Error as error:
            yield line, error
        except StopIteration:
            return
