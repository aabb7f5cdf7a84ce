"""Screening: an issue at a time, the next as soon as one is decided."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from classifier.web.deps import ReadDb, Reviewer
from classifier.web.pages.answers import render
from classifier.web.pages.filters import filter_of, query_of
from classifier.web.pages.issue import SAID, about_issue
from classifier.web.pages.outcome import outcome_of
from classifier.web.store.preferences import read_preferences
from classifier.web.store.queue import Filter, counts, next_to_read
from classifier.web.store.standing import UNDECIDED

router = APIRouter(include_in_schema=False)


@router.get("/screen", response_class=HTMLResponse)
def screen(
    request: Request, session: ReadDb, reviewer: Reviewer, said: Annotated[int | None, SAID] = None
) -> HTMLResponse:
    """Show what the reviewer should read next, with how far they are."""
    preferences = read_preferences(session)
    wanted = filter_of(request.query_params)
    due = next_to_read(
        session, wanted, reviewer_id=reviewer.id, audit_share=preferences.audit_share
    )
    context = {
        "mode": "screen",
        "query": query_of(wanted),
        "progress": _progress(session, wanted),
        "audit_share": preferences.audit_share,
        "outcome": outcome_of(session, reviewer, said),
    }
    if due is None:
        return render(request, "screened.html", context)
    context |= about_issue(request, session, due.issue, preferences, reviewer)
    context |= {"channel": due.channel, "position": due.position, "neighbours": None}
    return render(request, "issue.html", context)


def _progress(session: Session, wanted: Filter) -> tuple[int, int]:
    """How many of the queue's issues are decided, and how many there are."""
    standings = counts(session, wanted).standing
    total = sum(standings.values())
    return total - standings.get(UNDECIDED, 0), total
