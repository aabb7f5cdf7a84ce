"""What a person said of issues: silent bug or not.

A table names each issue by ``url``, or by ``repo`` and ``number``, and says ``label``, or
``silent``: as CSV with a header or as JSON lines. Rows that say nothing yet are passed over.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from classifier.errors import InputError
from classifier.sources.files import open_text
from classifier.sources.records import Record, key_of
from classifier.types import IssueKey

MEANINGS: Mapping[str, bool] = {
    "silent": True,
    "true": True,
    "yes": True,
    "1": True,
    "not silent": False,
    "false": False,
    "no": False,
    "0": False,
}
COLUMNS = ("label", "silent")
Row = tuple[int, Record]  # the line that it begins on, and its fields


def read_labels(path: str | Path) -> dict[IssueKey, bool]:
    """Read which issues are silent bugs.

    Raises InputError, with file and line, for a label that is none of ``MEANINGS``, an issue
    that is not named, and a label that contradicts an earlier one; or if there is none at all,
    not even a column for it.
    """
    labels: dict[IssueKey, bool] = {}
    for line, row in _rows(str(path)):
        place = f"{path}:{line}"
        is_silent = meaning_of(row, place)
        if is_silent is None:
            continue
        key = key_of(row)
        if not (key.repo and key.number):
            raise InputError(
                f"{place}: names no issue", hint="Give its `url`, or `repo` and `number`."
            )
        if labels.setdefault(key, is_silent) != is_silent:
            raise InputError(
                f"{place}: {key.repo}#{key.number} is labelled both silent and not silent",
                hint="Keep the label that is right.",
            )
    if not labels:
        raise InputError(
            f"{path} labels no issue", hint=f"A row needs {' or '.join(COLUMNS)}, and a `url`."
        )
    return labels


def meaning_of(row: Record, place: str) -> bool | None:
    """What the row says of its issue; None if nothing. Raises InputError for no known label."""
    said = [row[name] for name in COLUMNS if row.get(name) not in (None, "")]
    meanings = {MEANINGS.get(_plain(word)) for word in said}
    if None in meanings or len(meanings) > 1:
        raise InputError(
            f"{place}: {' and '.join(map(repr, said))} is no label",
            hint=f"Known labels: {', '.join(MEANINGS)}.",
        )
    return meanings.pop() if meanings else None


def _plain(word: object) -> str:
    """Lower case with single blanks; 1.0, as tables with gaps have it, is 1."""
    return " ".join(str(word).lower().split()).removesuffix(".0")


def rows_in(name: str, stream: TextIO) -> Iterator[Row]:
    """Read the rows of an open table, whose kind is its name's suffix.

    Raises InputError, with name and line, for what is no table, or has no column for labels.
    """
    readers = {".csv": _csv_rows, ".jsonl": _json_rows}
    suffix = Path(name).suffix.lower()
    if suffix not in readers:
        raise InputError(
            f"Cannot read labels from {name}", hint=f"Known suffixes: {', '.join(readers)}."
        )
    yield from readers[suffix](name, stream)


def _rows(path: str) -> Iterator[Row]:
    with open_text(path) as stream:
        yield from rows_in(path, stream)


def _csv_rows(path: str, stream: TextIO) -> Iterator[Row]:
    rows = csv.reader(stream, strict=True)
    try:
        columns = [column.strip().lower() for column in next(rows, [])]
        _check_columns(path, columns)
        for cells in rows:
            yield rows.line_num, dict(zip(columns, map(str.strip, cells), strict=False))
    except csv.Error as error:
        raise InputError(
            f"{path}:{rows.line_num}: not CSV: {error}", hint="Save it as CSV again."
        ) from error


def _check_columns(path: str, columns: list[str]) -> None:
    if not columns or set(columns) & set(COLUMNS):
        return
    header = ", ".join(columns)
    raise InputError(
        f"{path} has the columns: {header}; no column {' or '.join(COLUMNS)}",
        hint="Save it with commas between the columns, not `;`."
        if ";" in header
        else "The first line must name the columns.",
    )


def _json_rows(path: str, stream: TextIO) -> Iterator[Row]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{path}:{number}: not JSON: {error}", hint="Each line is one JSON object."
            ) from error
        if not isinstance(row, Mapping):
            raise InputError(
                f"{path}:{number}: {line.strip()[:40]} is no JSON object",
                hint="Each line is one JSON object.",
            )
        yield number, row
