"""Labels out of the database: CSV and JSON lines, as ``silentrank-train`` takes them.

A row an issue that somebody decided on. ``label`` is empty where people are unsure or disagree,
so that whoever learns from the table passes over it.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import groupby
from typing import Any, TextIO, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.web.store.standing import NOT_SILENT, SILENT, UNDECIDED
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow, VoteRow
from classifier.writers.escape import csv_cell

HUMAN = "human"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Label:
    """One row of the table."""

    url: str
    repo: str
    number: int
    label: str  # silent, not silent, or nothing
    scenario: str  # as most of those say who share the label
    impact: int | None
    labelled_by: str
    votes: str  # "Ana: silent; Ben: not silent"
    standing: str
    is_adjudication: bool  # whether the standing is what settled a disagreement
    decided_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and what could not be."""

    written: int
    unnamed: int  # decided issues without repository or number: no table can name them


def export_labels(session: Session, stream: TextIO, *, kind: str, repo: str = "") -> Exported:
    """Write what people decided as "csv" or "jsonl", by repository and number.

    In CSV, notes are one line, and what a spreadsheet would run gets an apostrophe in front.
    """
    if kind not in WRITERS:
        raise InputError(f"Labels are not written as {kind!r}", hint="Known: csv, jsonl.")
    labels = list(labels_in(session, repo=repo))
    named = [label for label in labels if label.repo and label.number]
    WRITERS[kind](named, stream)
    return Exported(len(named), len(labels) - len(named))


def labels_in(session: Session, *, repo: str = "") -> Iterator[Label]:
    """What people decided of each issue, by repository and number."""
    here = [IssueRow.standing != UNDECIDED]
    if repo:
        here.append(IssueRow.repo == repo)
    yield from _labels(session, *here)


def label_of(session: Session, issue_id: int) -> Label | None:
    """What people decided of one issue; None if nobody did."""
    return next(_labels(session, IssueRow.id == issue_id), None)


def _labels(session: Session, *here: ColumnElement[bool]) -> Iterator[Label]:
    for _, group in groupby(_votes(session, *here), key=lambda row: row.id):
        yield _label(list(group))


def _votes(session: Session, *here: ColumnElement[bool]) -> Iterable[SqlRow[Any]]:
    """The votes on present texts, those of one issue together, the oldest first."""
    return session.execute(
        select(IssueRow.id, IssueRow.url, DecisionRow, ReviewerRow.name)
        .add_columns(IssueRow.repo, IssueRow.number, IssueRow.standing)
        .join(VoteRow, VoteRow.issue_id == IssueRow.id)
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .join(ReviewerRow, ReviewerRow.id == VoteRow.reviewer_id)
        .where(*here, DecisionRow.digest == IssueRow.digest)
        .order_by(IssueRow.repo, IssueRow.number, IssueRow.id, DecisionRow.id)
    )


def _label(rows: Sequence[SqlRow[Any]]) -> Label:
    """What the votes on one issue come to."""
    issue, votes = rows[0], [(row.DecisionRow, row.name) for row in rows]
    agreeing = [vote for vote, _ in votes if vote.verdict == issue.standing]
    ruling = [vote for vote in agreeing if vote.is_adjudication]
    notes = [f"{who}: {vote.note}" for vote, who in votes if vote.note]
    return Label(
        url=issue.url,
        repo=issue.repo,
        number=issue.number,
        label=issue.standing if issue.standing in (SILENT, NOT_SILENT) else "",
        scenario=_most(vote.scenario for vote in ruling or agreeing) or "",
        impact=_most(vote.impact for vote in ruling or agreeing),
        labelled_by=HUMAN,
        votes="; ".join(f"{who}: {vote.verdict}" for vote, who in votes),
        standing=issue.standing,
        is_adjudication=bool(ruling),
        decided_at=max(vote.decided_at for vote, _ in votes),
        note=votes[0][0].note if len(votes) == 1 else "\n".join(notes),
    )


def _most(said: Iterable[T | None]) -> T | None:
    """What is said most often; of several the first."""
    counts = Counter(one for one in said if one is not None)
    return counts.most_common(1)[0][0] if counts else None


def _write_csv(labels: Iterable[Label], stream: TextIO) -> None:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(field.name for field in fields(Label))
    for label in labels:
        cells = asdict(label) | {"decided_at": label.decided_at.isoformat()}
        rows.writerow(csv_cell(cell) if isinstance(cell, str) else cell for cell in cells.values())


def _write_jsonl(labels: Iterable[Label], stream: TextIO) -> None:
    for label in labels:
        row = asdict(label) | {"decided_at": label.decided_at.isoformat()}
        stream.write(f"{json.dumps(row, ensure_ascii=False)}\n")


WRITERS: Mapping[str, Callable[[Iterable[Label], TextIO], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
}
