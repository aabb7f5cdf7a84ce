"""What forms about decisions do: decide and undo."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.web.blind import revealed, was_hidden, without_scores
from classifier.web.deps import Db, Reviewer
from classifier.web.pages.answers import go_to
from classifier.web.pages.filters import filter_of, of_reviewer, query_of
from classifier.web.pages.issue import LARGEST_ID, found_or_404
from classifier.web.store.decisions import decide, undo
from classifier.web.store.preferences import Preferences, read_preferences
from classifier.web.store.queue import Filter
from classifier.web.store.said import Said
from classifier.web.store.tables import DecisionRow, ReviewerRow
from classifier.web.store.upcoming import next_to_read

router = APIRouter(include_in_schema=False)
BY_QUEUE = ("ranking", "audit")
Field = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True)
class Filled:
    """The decision form as it was sent; what was left empty is "".

    ``query`` and ``at`` tell which queue the page was opened from, and ``to`` where to go on.
    ``digest`` is of the text that the page showed, and ``blind`` says that it showed no score: a
    page may be older than an edit, or than blind mode.
    """

    verdict: Field
    scenario: Field = ""
    impact: Field = ""
    note: Field = ""
    request_id: Field = ""
    channel: Field = "list"
    at: Field = ""
    settles: Field = ""
    blind: Field = ""
    digest: Field = ""
    to: Field = "issue"
    query: Field = ""

    @property
    def wanted(self) -> Filter:
        """The filter of the queue."""
        return filter_of(dict(parse_qsl(self.query)))


@router.post("/issues/{issue_id}/decide")
def decide_issue(
    issue_id: int,
    session: Db,
    reviewer: Reviewer,
    filled: Annotated[Filled, Depends()],
) -> RedirectResponse:
    """Write a decision down, then show the next issue, or this one with what came of it."""
    issue = found_or_404(session, issue_id)
    preferences = read_preferences(session)
    channel, position = _how_come_to(session, preferences, reviewer, issue.id, filled)
    said = Said(
        issue_id=issue.id,
        reviewer_id=reviewer.id,
        verdict=filled.verdict,
        scenario=filled.scenario or None,
        impact=_whole(filled.impact),
        note=filled.note.replace("\r\n", "\n").strip(),
        position=position,
        is_blind=bool(filled.blind) and was_hidden(session, preferences, reviewer, issue.id),
        digest=filled.digest,
        channel=channel,
        request_id=filled.request_id,
        adjudicates=bool(filled.settles),
    )
    decision = decide(session, said, now=datetime.now(UTC))
    return _go_on(filled, decision)


@router.post("/undo")
def undo_decision(
    session: Db,
    reviewer: Reviewer,
    decision: Annotated[int, Form(ge=1, le=LARGEST_ID)],
    to: Field = "issue",
    query: Field = "",
) -> RedirectResponse:
    """Take back the decision that the form names, and show the issue that it was about.

    Raises InputError if it is not the reviewer's latest there; an old page may still offer it.
    """
    wanted = filter_of(dict(parse_qsl(query)))
    withdrawal = undo(session, reviewer.id, decision, now=datetime.now(UTC))
    told = query_of(wanted, said=withdrawal.id)
    if to == "screen" and (withdrawal.channel in BY_QUEUE or wanted.own):
        return go_to("/screen", told)
    return go_to(f"/issues/{withdrawal.issue_id}", told)


def _how_come_to(
    session: Session,
    preferences: Preferences,
    reviewer: ReviewerRow,
    issue_id: int,
    filled: Filled,
) -> tuple[str, int | None]:
    """By which channel, and from which position that was shown.

    A blind page has neither in it, since both tell of scores: so what it was shown for is worked
    out again, and no position was shown.
    """
    is_hidden = issue_id not in revealed(session, preferences, reviewer, [issue_id])
    if is_hidden and filled.to == "screen":
        wanted = without_scores(of_reviewer(filled.wanted, reviewer), reviewer)
        if wanted.own:
            return "list", None
        share = preferences.audit_share
        due = next_to_read(
            session, wanted, reviewer_id=reviewer.id, audit_share=share, is_blind=True
        )
        return (due.channel if due and due.issue.id == issue_id else "ranking"), None
    if is_hidden:
        return "list", None
    return filled.channel if filled.channel in BY_QUEUE else "list", _whole(filled.at)


def _go_on(filled: Filled, decision: DecisionRow) -> RedirectResponse:
    wanted = filled.wanted
    if filled.to == "screen":
        return go_to("/screen", query_of(wanted, said=decision.id))
    if filled.to == "disagreements":
        return go_to("/disagreements", f"said={decision.id}")
    at = _whole(filled.at)
    return go_to(f"/issues/{decision.issue_id}", query_of(wanted, at=at, said=decision.id))


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > len("1000000000"):
        raise InputError(f"{text[:20]!r} is no whole number", hint="Load the page again.")
    return int(text)
