"""The label tables: facts about issues, without the issues' text.

They lie in ``data/labels`` of a checkout and in ``training/_labels`` of an installed package.
``manifest.json`` beside them has each table's checksum and number of rows.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from classifier.errors import InputError
from classifier.files import replace_file, sha256_of
from classifier.types import IssueKey

Scenario = Literal[
    "calculation", "parameter", "message", "saveload", "shape", "performance", "structure"
]
SilverKind = Literal["silent", "error", "hang", "build", "docs", "feature", "question", "other"]
NegativeKind = Literal["nonsilent_bug", "not_a_bug_report", "performance"]

Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda cell: tuple(cell.split(";")) if isinstance(cell, str) else ()),
]
Impact = Annotated[int, Field(ge=1, le=4)]  # 1 mild to 4 severe
Score = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class StudyLabel:
    """An issue of the study: three reviewers' votes and, for the silent ones, what went wrong."""

    repo: str
    number: int
    url: str
    opened_at: datetime | None  # not known of two issues
    closed_at: datetime | None
    github_labels: Names  # given later by maintainers: never an input of a model
    vote_1: bool  # could this be a silent bug?
    vote_2: bool
    vote_3: bool
    votes: Annotated[int, Field(ge=0, le=3)]
    silent: bool  # accepted by the reviewers, reproducible and fixed
    scenario: Scenario | None
    impact: Impact | None
    component: str | None
    component_2: str | None
    root_cause: str | None
    buggy_version: Names
    fixed_version: Names
    fixing_commit: Names


@dataclass(frozen=True, slots=True)
class SilverLabel:
    """A language model's opinion of an issue outside the study: a weak teacher, not gold."""

    repo: str
    number: int
    score: Score  # how likely a silent bug
    kind: SilverKind
    scenario: Scenario | None
    impact: Impact | None


@dataclass(frozen=True, slots=True)
class TitleLabel:
    """A PyTorch issue as its maintainers' labels describe it; the body is not known."""

    repo: str
    number: int
    created_at: datetime
    silent: bool | None  # null before the label was in use
    silent_strict: bool | None  # false only where another label says that it is something else
    negative_kind: NegativeKind | None


@dataclass(frozen=True, slots=True)
class DistilledLabel:
    """What a large model that was trained here says of an issue that nobody judged."""

    repo: str
    number: int
    score: Score  # how likely a silent bug


@dataclass(frozen=True, slots=True)
class ZeroShotScore:
    """The silver labels' judge on the study itself: a row to compare with, never an input."""

    repo: str
    number: int
    score: Score
    judge: Annotated[int, Field(ge=1, le=2)]  # 2 is mapped by quantiles onto 1


@dataclass(frozen=True, slots=True)
class SurveyRating:
    """How many of 103 developers gave a scenario each rating, from 1 easy to 5 difficult."""

    scenario: Scenario
    question: Literal["diagnosing", "severity", "fixing"]
    rated_1: Count
    rated_2: Count
    rated_3: Count
    rated_4: Count
    rated_5: Count


class AboutIssue(Protocol):
    """A row about one issue."""

    @property
    def repo(self) -> str:
        """Repository as ``owner/name``."""

    @property
    def number(self) -> int:
        """The issue's number in its repository."""


Row = TypeVar(
    "Row", StudyLabel, SilverLabel, TitleLabel, DistilledLabel, ZeroShotScore, SurveyRating
)

TABLES: dict[type, str] = {
    StudyLabel: "study",
    SilverLabel: "silver",
    TitleLabel: "pytorch_titles",
    DistilledLabel: "distilled",
    ZeroShotScore: "llm_zero_shot",
    SurveyRating: "survey",
}
MANIFEST = "manifest.json"


def labels_directory() -> Path:
    """Where the label tables lie: in the installed package, else in the checkout."""
    package = Path(__file__).parent
    for directory in (package / "_labels", package.parent / "data" / "labels"):
        if (directory / MANIFEST).is_file():
            return directory
    raise InputError(
        f"No label tables in {package / '_labels'} or {package.parent / 'data' / 'labels'}",
        hint="Reinstall silentrank, or run `silentrank-train labels extract` in the checkout.",
    )


def read_table(row_type: type[Row], directory: Path | None = None) -> list[Row]:
    """Read one label table, such as ``read_table(StudyLabel)``, sorted by key.

    The table of distilled labels is empty until somebody distils some. Raises InputError if the
    table is missing, differs from its checksum or has a bad cell.
    """
    path = (directory or labels_directory()) / f"{TABLES[row_type]}.csv"
    if row_type is DistilledLabel and not path.exists():
        return []
    text = _verified(path).decode()
    cells = [
        {name: cell or None for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]
    try:
        return TypeAdapter(list[row_type]).validate_python(cells)  # type: ignore[valid-type]
    except ValidationError as error:
        first = error.errors()[0]
        row, *column = first["loc"]
        line = int(row) + 2  # after the header, from 1
        raise InputError(
            f"{path}, line {line}, column {column[0]}: {first['msg']}: {first['input']!r}",
            hint="Run `silentrank-train labels extract` again.",
        ) from None


def write_table(row_type: type, rows: Iterable[Sequence[str]], directory: Path) -> int:
    """Write one label table, sorted, and its line of the manifest; returns the number of rows.

    Cells are as ``read_table`` reads them, in the order of the row type's fields. The same rows
    give the same bytes.
    """
    name = f"{TABLES[row_type]}.csv"
    cells = sorted(rows, key=_numbers_as_numbers)
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(
        [[field.name for field in fields(row_type)], *cells]
    )
    content = file.getvalue().encode()
    replace_file(directory / name, content)
    path = directory / MANIFEST
    tables = json.loads(path.read_bytes())["tables"] if path.is_file() else {}
    tables[name] = {"rows": len(cells), "sha256": sha256_of(content)}
    manifest = json.dumps({"tables": tables}, indent=2, sort_keys=True) + "\n"
    replace_file(path, manifest.encode())
    return len(cells)


def _numbers_as_numbers(cells: Iterable[str]) -> list[tuple[int, str]]:
    return [(int(cell) if cell.isdecimal() else -1, cell) for cell in cells]


def key_of(row: AboutIssue) -> IssueKey:
    """Which issue a row is about."""
    return IssueKey(row.repo, row.number)


def keys_of(rows: Sequence[AboutIssue]) -> list[IssueKey]:
    """Which issues the rows are about, in their order."""
    return [key_of(row) for row in rows]


def _verified(path: Path) -> bytes:
    try:
        tables = json.loads((path.parent / MANIFEST).read_bytes())["tables"]
        expected = tables[path.name]["sha256"]
        content = path.read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"Cannot read the label table {path}: {error!r}",
            hint="Restore it with `git checkout data/labels`, or reinstall silentrank.",
        ) from None
    if sha256_of(content) != expected:
        raise InputError(
            f"{path} has changed: SHA-256 {sha256_of(content)}, {MANIFEST} says {expected}",
            hint="Restore it with `git checkout data/labels`, or reinstall silentrank.",
        )
    return content
