"""Labels into the database: a table's rows become one reviewer's decisions.

All of a table is checked before anything of it is written. Then it is written in short
transactions, since SQLite has one writer, and others decide meanwhile. Each row says how it counts
once, so a table of which only the beginning was taken can be given again.
"""

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.labels import Row, meaning_of
from classifier.sources.records import Record, key_of
from classifier.web.labels_export import label_of
from classifier.web.store.columns import storable
from classifier.web.store.decisions import decide, locked, may_adjudicate
from classifier.web.store.engine import session
from classifier.web.store.said import IMPACTS, SCENARIOS, Said
from classifier.web.store.standing import NOT_SILENT, SILENT, UNSURE
from classifier.web.store.tables import DecisionRow, IssueRow
from classifier.web.store.votes import present_votes
from classifier.writers.escape import csv_cell

ROWS_A_TRANSACTION = 200  # a second or two, that a decision may have to wait
PAUSE_SECONDS = 0.2  # between two: who waits for SQLite's writer looks every 0.1 s
YES, NO = ("true", "yes", "1"), ("", "false", "no", "0")
NOBODY = 0  # whose rows they are is said once they are taken


@dataclass(frozen=True, slots=True)
class Checked:
    """A table that makes sense, ready to be taken."""

    said: tuple[Said, ...]  # one of each issue, by nobody yet
    unknown: int = 0  # labels of issues that are not here
    first_unknown: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table."""

    added: int
    same: int  # that were imported before, or that the reviewer says already
    unknown: int
    first_unknown: str = ""


def check_labels(reading: Session, rows: Iterable[Row], *, name: str) -> Checked:
    """Read a table; what is said twice of an issue counts as it was said last.

    Raises InputError, with ``name`` and line, for a row that makes no sense or contradicts one
    before it.
    """
    said: dict[int, Said] = {}
    unknown: list[str] = []
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
        known = select(IssueRow.id).where(IssueRow.repo == key.repo, IssueRow.number == key.number)
        issue_id = reading.scalar(known) or NOBODY
        one = _said(row, place, issue_id, verdict)
        if issue_id == NOBODY:
            unknown.append(f"{key.repo}#{key.number}")
        elif said.setdefault(issue_id, one).verdict != verdict:
            raise InputError(
                f"{place}: {key.repo}#{key.number} is {verdict!r} here, and was another before",
                hint="Keep the row that is right.",
            )
        else:
            said[issue_id] = one
    in_order = tuple(said[issue_id] for issue_id in sorted(said))  # two imports lock them alike
    return Checked(in_order, len(unknown), next(iter(unknown), ""))


def import_labels(
    engine: Engine,
    checked: Checked,
    *,
    reviewer_id: int,
    now: datetime,
    rows_at_once: int = ROWS_A_TRANSACTION,
) -> Imported:
    """Take a table's labels for a reviewer's decisions.

    A row that is given again counts once, and what the reviewer says already is left as it is.
    """
    added = 0
    for first in range(0, len(checked.said), rows_at_once):
        if first:
            time.sleep(PAUSE_SECONDS)
        with session(engine) as opened:
            said = checked.said[first : first + rows_at_once]
            added += write_down(opened, said, reviewer_id=reviewer_id, now=now)
    return Imported(added, len(checked.said) - added, checked.unknown, checked.first_unknown)


def write_down(opened: Session, said: Iterable[Said], *, reviewer_id: int, now: datetime) -> int:
    """Write down what adds something, in one transaction; return how many rows did."""
    return sum(_take(opened, replace(one, reviewer_id=reviewer_id), now) for one in said)


def _verdict(row: Record, place: str) -> str | None:
    is_silent = meaning_of(row, place)
    if is_silent is None:
        return UNSURE if row.get("standing") == UNSURE else None
    return SILENT if is_silent else NOT_SILENT


def _said(row: Record, place: str, issue_id: int, verdict: str) -> Said:
    scenario = str(row.get("scenario") or "") or None
    impact = str(row.get("impact") or "").removesuffix(".0") or None
    if scenario not in (None, *SCENARIOS) or impact not in (None, *map(str, IMPACTS)):
        raise InputError(
            f"{place}: scenario {scenario!r} or impact {impact!r} is unknown",
            hint=f"Known: {', '.join(SCENARIOS)}; impact 1 to 4.",
        )
    settles = str(row.get("is_adjudication") or "").lower()
    if settles not in (*YES, *NO):
        raise InputError(
            f"{place}: is_adjudication {settles[:40]!r} is neither true nor false",
            hint="True is a word that settles a disagreement.",
        )
    try:
        return Said(
            issue_id=issue_id,
            reviewer_id=NOBODY,
            verdict=verdict,
            scenario=scenario,
            impact=int(impact) if impact else None,
            note=storable(str(row.get("note") or "")),
            is_blind=True,  # no score was shown here
            channel="import",
            adjudicates=settles in YES,
        )
    except InputError as error:
        raise InputError(f"{place}: {error}", hint=error.hint) from error


def _take(opened: Session, said: Said, now: datetime) -> bool:
    """Write a row down, unless that adds nothing.

    It settles a disagreement if it says so and there is one that the reviewer may settle; else it
    is a vote like any other, since a table may come from where there was one.
    """
    issue = locked(opened, said.issue_id)
    if said.adjudicates and not may_adjudicate(opened, issue, said.reviewer_id):
        said = replace(said, adjudicates=False)
    mine = select(DecisionRow).where(
        DecisionRow.issue_id == said.issue_id, DecisionRow.reviewer_id == said.reviewer_id
    )
    before = opened.scalars(mine.order_by(DecisionRow.id)).all()
    imported = [one for one in before if one.channel == said.channel]
    if (imported and _is_repeated(imported[-1], said)) or _is_said(opened, issue, said):
        return False
    # what was said before is part of it: so a correction can be taken back by another table
    parts = (said.verdict, said.scenario, said.impact, said.note, said.adjudicates)
    whole = ("import", said.reviewer_id, said.issue_id, *parts, before[-1].id if before else None)
    request_id = hashlib.sha256(json.dumps(whole).encode()).hexdigest()
    decide(opened, replace(said, request_id=request_id), now=now)
    return True


def _is_repeated(imported: DecisionRow, said: Said) -> bool:
    """Whether a row is what the last table said: what was changed by hand since stays."""
    return (
        (imported.verdict, imported.scenario, imported.impact)
        == (said.verdict, said.scenario, said.impact)
        and csv_cell(imported.note) == csv_cell(said.note)
        and imported.is_adjudication >= said.adjudicates
    )


def _is_said(opened: Session, issue: IssueRow, said: Said) -> bool:
    """Whether a row adds nothing to what the reviewer says.

    A table's scenario and note may be everybody's, as they are exported. What it leaves out takes
    nothing from what was said by hand, but corrects what another table said.
    """
    votes = present_votes(opened, issue)
    own = next((vote for vote in votes if vote.reviewer_id == said.reviewer_id), None)
    known = label_of(opened, said.issue_id)
    if own is None or known is None or own.verdict != said.verdict:
        return False
    is_by_hand = own.channel != said.channel
    return (
        (said.scenario in (own.scenario, known.scenario) or (is_by_hand and not said.scenario))
        and (said.impact in (own.impact, known.impact) or (is_by_hand and not said.impact))
        and (
            csv_cell(said.note) in (csv_cell(own.note), csv_cell(known.note))
            or (is_by_hand and not said.note)
        )
        and own.is_adjudication >= said.adjudicates
    )
