"""Labels out of the database and into it: CSV and JSON lines, as ``silentrank-train`` takes them.

A row an issue that somebody decided on. ``label`` is empty where people are unsure or disagree,
so that whoever learns from the table passes over it.
"""

import csv
import hashlib
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
from classifier.labels import Row, meaning_of
from classifier.sources.records import Record, key_of
from classifier.web.store.decisions import decide
from classifier.web.store.issues import find_by_key
from classifier.web.store.said import IMPACTS, SCENARIOS, Said
from classifier.web.store.standing import NOT_SILENT, SILENT, UNDECIDED, UNSURE
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
    decided_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and what could not be."""

    written: int
    unnamed: int  # decided issues without repository or number: no table can name them


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table."""

    added: int
    same: int  # that were imported before, or that the reviewer says already
    unknown: int  # labels of issues that are not here
    first_unknown: str = ""


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
    for _, group in groupby(_votes(session, *here), key=lambda row: row.id):
        yield _label(list(group))


def import_labels(
    session: Session, rows: Iterable[Row], *, name: str, reviewer_id: int, now: datetime
) -> Imported:
    """Take a table's labels for a reviewer's decisions.

    A row that is given again counts once, and what the reviewer says already is left as it is.

    Raises InputError, with ``name`` and line, for a row that makes no sense.
    """
    counts = Counter[str]()
    first_unknown = ""
    for line, row in rows:
        place = f"{name}:{line}"
        verdict = _verdict(row, place)
        if verdict is None:
            continue
        key = key_of(row)
        if not (key.repo and key.number):
            raise InputError(
                f"{place}: names no issue", hint="Give its `url`, or `repo` and `number`."
            )
        issue = find_by_key(session, key)
        if issue is None:
            counts["unknown"] += 1
            first_unknown = first_unknown or f"{key.repo}#{key.number}"
            continue
        said = _said(row, place, issue.id, reviewer_id, verdict)
        is_there = _is_said(session, said)
        if not is_there:
            decide(session, said, now=now)
        counts["same" if is_there else "added"] += 1
    return Imported(counts["added"], counts["same"], counts["unknown"], first_unknown)


def _votes(session: Session, *here: ColumnElement[bool]) -> Iterable[SqlRow[Any]]:
    """The votes that count, those of one issue together, the oldest first."""
    return session.execute(
        select(IssueRow.id, IssueRow.url, DecisionRow, ReviewerRow.name)
        .add_columns(IssueRow.repo, IssueRow.number, IssueRow.standing)
        .join(VoteRow, VoteRow.issue_id == IssueRow.id)
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .join(ReviewerRow, ReviewerRow.id == VoteRow.reviewer_id)
        .where(*here)
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


def _verdict(row: Record, place: str) -> str | None:
    is_silent = meaning_of(row, place)
    if is_silent is None:
        return UNSURE if row.get("standing") == UNSURE else None
    return SILENT if is_silent else NOT_SILENT


def _is_said(session: Session, said: Said) -> bool:
    """Whether the row was imported before, or adds nothing to what the reviewer says.

    A table's scenario and note may be everybody's, as they are exported.
    """
    again = select(DecisionRow.id).where(DecisionRow.request_id == said.request_id)
    if session.scalar(again) is not None:
        return True
    votes = list(_votes(session, IssueRow.id == said.issue_id))
    decisions = (row.DecisionRow for row in votes)
    own = next((one for one in decisions if one.reviewer_id == said.reviewer_id), None)
    if own is None or own.verdict != said.verdict:
        return False
    known = _label(votes)
    return (
        said.scenario in (None, own.scenario, known.scenario)
        and said.impact in (None, own.impact, known.impact)
        and csv_cell(said.note) in ("", csv_cell(own.note), csv_cell(known.note))
    )


def _said(row: Record, place: str, issue_id: int, reviewer_id: int, verdict: str) -> Said:
    scenario = str(row.get("scenario") or "") or None
    impact = str(row.get("impact") or "").removesuffix(".0") or None
    if scenario not in (None, *SCENARIOS) or impact not in (None, *map(str, IMPACTS)):
        raise InputError(
            f"{place}: scenario {scenario!r} or impact {impact!r} is unknown",
            hint=f"Known: {', '.join(SCENARIOS)}; impact 1 to 4.",
        )
    note = str(row.get("note") or "")
    parts = ("import", reviewer_id, issue_id, verdict, scenario, impact, note)
    return Said(
        issue_id=issue_id,
        reviewer_id=reviewer_id,
        verdict=verdict,
        scenario=scenario,
        impact=int(impact) if impact else None,
        note=note,
        is_blind=True,  # no score was shown here
        channel="import",
        request_id=hashlib.sha256(json.dumps(parts).encode()).hexdigest(),
    )
