"""A Parquet file of issues, labelled or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from numpy.typing import NDArray

from classifier.errors import InputError
from classifier.types import Issue, IssueKey
from training.classification.settings import TaskSettings
from training.splits import Indices
from training.text_sources.parquet import read_moment

TEXTS = ("title", "body")
DATES = ("opened_at", "created_at")
UNKNOWN = -1
ALL = ""
"""The one group where no column makes groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Issues:
    """Issues of a task in the order of their file."""

    table: pa.Table  # the file as it is, for whoever writes it out again
    issues: Sequence[Issue]
    classes: Indices  # (issues,), positions in the task's labels, UNKNOWN where there is none
    groups: NDArray[np.str_]  # (issues,), which model is asked

    @property
    def is_labelled(self) -> NDArray[np.bool_]:
        """Whether there is a label: (issues,)."""
        return np.not_equal(self.classes, UNKNOWN)

    @property
    def digest(self) -> str:
        """SHA-256 of texts, dates, groups and labels."""
        digest = sha256()
        for issue, group, label in zip(self.issues, self.groups, self.classes, strict=True):
            row = repr((issue.title, issue.body, issue.opened_at, str(group), int(label)))
            digest.update(row.encode(errors="surrogatepass") + b"\n")
        return digest.hexdigest()


def read_issues(path: Path, task: TaskSettings) -> Issues:
    """Read a Parquet file with ``title`` and ``body``, the group's column, and labels if any.

    ``opened_at`` or ``created_at`` is read where present. Raises InputError, with the offending
    row, on a missing column, on a value that is no text, and on a label that is not the task's.
    """
    table = _read(path)
    needed = [*TEXTS, *([task.group_column] if task.group_column else [])]
    for name in needed:
        if name not in table.column_names:
            raise InputError(
                f"{path} has no column {name!r}",
                hint=f"It needs {', '.join(needed)}; it has {', '.join(table.column_names)}.",
            )
    columns = {name: _texts(table, name, path) for name in needed}
    groups = columns[task.group_column] if task.group_column else [ALL] * len(table)
    return Issues(
        table=table,
        issues=_issues(columns, _dates(table), path),
        classes=_classes(table, task, path),
        groups=np.array(groups, dtype=np.str_),
    )


def read_training_issues(path: Path | None, task: TaskSettings) -> Issues:
    """Read issues that all have a label."""
    if path is None:
        raise InputError(
            "The configuration names no data", hint="Give --data FILE.parquet, or [task] data."
        )
    found = read_issues(path, task)
    if not len(found.issues):
        raise InputError(f"{path} has no issues", hint="Give a file with labelled issues.")
    if task.label_column not in found.table.column_names:
        raise InputError(
            f"{path} has no column {task.label_column!r} to learn from",
            hint=f"It has {', '.join(found.table.column_names)}; [task] label_column names it.",
        )
    if not found.is_labelled.all():
        row = int(np.argmin(found.is_labelled))
        raise InputError(
            f"{path}, row {row + 1} has no {task.label_column}",
            hint="Leave out issues without a label.",
        )
    return found


def _read(path: Path) -> pa.Table:
    try:
        return pyarrow.parquet.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error
        raise InputError(
            f"Cannot read {path}: {reason}", hint="Name a Parquet file with --data."
        ) from None


def _texts(table: pa.Table, name: str, path: Path) -> list[str]:
    values: list[Any] = table[name].to_pylist()
    if name == "body":
        values = ["" if value is None else value for value in values]
    for row, value in enumerate(values, start=1):
        if not isinstance(value, str):
            raise InputError(
                f"{path}, row {row}: {name} is {value!r}", hint=f"Column {name!r} holds text."
            )
    return values


def _dates(table: pa.Table) -> list[Any]:
    for name in DATES:
        if name in table.column_names:
            return list(table[name].to_pylist())
    return [None] * len(table)


def _issues(columns: dict[str, list[str]], dates: list[Any], path: Path) -> list[Issue]:
    rows = zip(columns["title"], columns["body"], dates, strict=True)
    return [
        Issue(IssueKey(number=number), title, body, opened_at=read_moment(date or None, path))
        for number, (title, body, date) in enumerate(rows, start=1)
    ]


def _classes(table: pa.Table, task: TaskSettings, path: Path) -> Indices:
    if task.label_column not in table.column_names:
        return np.full(len(table), UNKNOWN, dtype=np.intp)
    class_of = {None: UNKNOWN} | {label: at for at, label in enumerate(task.labels)}
    values = table[task.label_column].to_pylist()
    for row, value in enumerate(values, start=1):
        if value not in class_of:
            raise InputError(
                f"{path}, row {row}: {task.label_column} is {value!r}",
                hint=f"The task's labels are {', '.join(task.labels)}.",
            )
    return np.array([class_of[value] for value in values], dtype=np.intp)
