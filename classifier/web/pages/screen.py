"""Screening: an issue at a time, the next as soon as one is decided."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.web.ahead import NEXT
from classifier.web.blind import without_scores
from classifier.web.deps import ReadDb, Reviewer
from classifier.web.pages.answers import render
from classifier.web.pages.filters import filter_of, of_reviewer, query_of
from classifier.web.pages.issue import SAID, about_issue
from classifier.web.pages.outcome import Outcome, outcome_of, undoing
from classifier.web.pages.seeing import is_reading
from classifier.web.store.issues import find
from classifier.web.store.mine import OWN, SKIPPED, has_opinion
from classifier.web.store.preferences import Preferences, read_preferences
from classifier.web.store.queue import Filter, counts
from classifier.web.store.standing import OPINIONS, UNDECIDED
from classifier.web.store.tables import DecisionRow, ReviewerRow, VoteRow
from classifier.web.store.upcoming import Next, next_of, next_to_read, soon_to_read

router = APIRouter(include_in_schema=False)


@router.get("/screen", response_class=HTMLResponse)
def screen(
    request: Request, session: ReadDb, reviewer: Reviewer, said: Annotated[int | None, SAID] = None
) -> HTMLResponse:
    """Show what the reviewer should read next, with how far they are."""
    preferences = read_preferences(session)
    wanted = of_reviewer(filter_of(request.query_params), reviewer)
    if preferences.blind:
        wanted = without_scores(wanted, reviewer)
    outcome = outcome_of(session, reviewer, said)
    due = _taken_up(session, wanted, reviewer, outcome) or _due(
        session, wanted, reviewer, preferences
    )
    context = undoing(session, reviewer, outcome) | {
        "mode": "screen",
        "query": query_of(wanted),
        "own_filter": wanted.own,
        "progress": _progress(session, wanted),
        "audit_share": preferences.audit_share,
    }
    if due is None:
        context |= _at_the_end(request, session, wanted, reviewer)
        return render(request, "screened.html", context)
    context |= about_issue(
        request,
        session,
        due.issue,
        preferences,
        reviewer,
        outcome=outcome,
        hides_votes=bool(wanted.own),
    )
    if not preferences.blind:  # which shows no reasons before the decision
        request.app.state.ahead.want(
            soon_to_read(
                session,
                wanted,
                due,
                reviewer_id=reviewer.id,
                audit_share=preferences.audit_share,
                most=NEXT,
            )
        )
    context |= {"channel": due.channel, "position": due.position, "neighbours": None}
    return render(request, "issue.html", context)


def _due(
    session: Session, wanted: Filter, reviewer: ReviewerRow, preferences: Preferences
) -> Next | None:
    return next_to_read(
        session,
        wanted,
        reviewer_id=reviewer.id,
        audit_share=preferences.audit_share,
        is_blind=preferences.blind,
    )


def _taken_up(
    session: Session, wanted: Filter, reviewer: ReviewerRow, outcome: Outcome | None
) -> Next | None:
    """What was just taken back comes again at once, whatever would be next."""
    if outcome is None or not outcome.is_undone:
        return None
    issue = find(session, outcome.issue_id)
    if issue is None or has_opinion(session, reviewer.id, issue.id):
        return None
    return next_of(session, wanted, issue, outcome.channel)


def _progress(session: Session, wanted: Filter) -> tuple[int, int]:
    """How many of the queue's issues are decided, and how many there are."""
    standings = counts(session, wanted).standing
    total = sum(standings.values())
    return total - standings.get(UNDECIDED, 0), total


def _at_the_end(
    request: Request, session: Session, wanted: Filter, reviewer: ReviewerRow
) -> dict[str, Any]:
    """What is true once nothing is left, and where to go from there."""
    own = {name: of_reviewer(replace(wanted, own=name, standing="all"), reviewer) for name in OWN}
    return {
        "is_reading": is_reading(request),
        "decided_here": _decided(session, reviewer),
        "left": {name: counts(session, one).total for name, one in own.items()},
        "links": {name: query_of(one) for name, one in own.items()},
        "skipped": SKIPPED,
    }


def _decided(session: Session, reviewer: ReviewerRow) -> int:
    """On how many issues the reviewer has an opinion."""
    count = (
        select(func.count())
        .select_from(VoteRow)
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .where(VoteRow.reviewer_id == reviewer.id, DecisionRow.verdict.in_(OPINIONS))
    )
    return session.scalar(count) or 0
