"""Texts from one Parquet file: ``parquet:FILE``.

Columns ``repo``, ``number`` and ``title``; where present also ``body``, ``body_markdown`` and
``opened_at`` (or ``created_at``) as ISO 8601 text or timestamps. Others are ignored.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from classifier.errors import InputError
from classifier.types import IssueKey
from training.issue_text import IssueText

REQUIRED = {"repo": str, "number": int, "title": str}
OPTIONAL = ("body", "body_markdown", "opened_at", "created_at")


def read(rest: str) -> Iterator[IssueText]:
    """Read a Parquet file's texts in the order of its rows."""
    path = Path(rest)
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            columns = _columns(path, file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=500, columns=columns):
                for row in batch.to_pylist():
                    yield _issue_text(row, path)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(
            f"Cannot read {path}: {error}", hint="Name a Parquet file: `parquet:FILE`."
        ) from None


def _columns(path: Path, present: list[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in present]
    if missing:
        raise InputError(
            f"{path} has no column {missing[0]!r}", hint=f"It needs {', '.join(REQUIRED)}."
        )
    return [name for name in (*REQUIRED, *OPTIONAL) if name in present]


def _issue_text(row: dict[str, Any], path: Path) -> IssueText:
    for name, kind in REQUIRED.items():
        if not isinstance(row[name], kind):
            raise InputError(
                f"{path} has a row whose {name} is {row[name]!r}",
                hint=f"Column {name!r} holds {'whole numbers' if kind is int else 'text'}.",
            )
    return IssueText(
        key=IssueKey(row["repo"], row["number"]),
        title=row["title"],
        body=row.get("body"),
        body_markdown=row.get("body_markdown"),
        opened_at=read_moment(row.get("opened_at") or row.get("created_at"), path),
    )


def read_moment(value: str | datetime | None, path: Path) -> datetime | None:
    """A date of this file as UTC, which it is in if it says nothing else."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise InputError(
            f"{path} has an opening date that is none: {value!r}",
            hint="Dates are ISO 8601, such as 2020-05-17T08:30:00Z.",
        ) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
