"""One issue: what it says, what the model makes of it, and what people do."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from classifier.guidelines import GUIDELINES, IMPACTS
from classifier.types import Scenario
from classifier.web.ahead import NEXT
from classifier.web.blind import revealed, without_hints
from classifier.web.deps import MaybeReviewer, ReadDb
from classifier.web.pages.answers import render
from classifier.web.pages.evidence import evidence_of
from classifier.web.pages.filters import filter_of, of_reviewer, query_of
from classifier.web.pages.issue_view import past_of, suggestion_of, text_of
from classifier.web.pages.neighbours import neighbours_of
from classifier.web.pages.outcome import Outcome, outcome_of, undoing
from classifier.web.pages.related import related_to
from classifier.web.pages.seeing import threshold_of
from classifier.web.problems import Problem
from classifier.web.store.decisions import may_adjudicate, votes_on
from classifier.web.store.issues import find
from classifier.web.store.mine import has_opinion
from classifier.web.store.preferences import Preferences, read_preferences
from classifier.web.store.queue import ids_from
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow

router = APIRouter(include_in_schema=False)
LARGEST_ID = 2**31 - 1
SAID = Query(ge=1, le=LARGEST_ID)


@router.get("/issues/{issue_id}", response_class=HTMLResponse)
def show_issue(
    *,
    request: Request,
    issue_id: int,
    session: ReadDb,
    reviewer: MaybeReviewer,
    at: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    said: Annotated[int | None, SAID] = None,
) -> HTMLResponse:
    """Show an issue, in the queue that the address has the filter of."""
    issue = found_or_404(session, issue_id)
    preferences = read_preferences(session)
    wanted = of_reviewer(filter_of(request.query_params), reviewer)
    if preferences.blind:
        wanted = without_hints(wanted, reviewer)
    elif at:
        request.app.state.ahead.want(ids_from(session, wanted, at + 1, NEXT))
    outcome = outcome_of(session, reviewer, said)
    about = about_issue(
        request,
        session,
        issue,
        preferences,
        reviewer,
        outcome=outcome,
        hides_votes=bool(wanted.own),
    )
    context = (
        about
        | undoing(session, reviewer, outcome)
        | {
            "mode": "issue",
            "channel": "list",
            "position": at or None,
            "query": query_of(wanted),
            "neighbours": neighbours_of(session, wanted, issue.id, at) if at else None,
        }
    )
    return render(request, "issue.html", context)


def found_or_404(session: Session, issue_id: int) -> IssueRow:
    """Find an issue; deleted ones are still there for who has the link."""
    issue = find(session, issue_id) if 0 < issue_id <= LARGEST_ID else None
    if issue is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            "There is no such issue here",
            hint="The link may be of another database, or mistyped.",
        )
    return issue


def about_issue(
    request: Request,
    session: Session,
    issue: IssueRow,
    preferences: Preferences,
    reviewer: ReviewerRow | None,
    *,
    outcome: Outcome | None = None,
    hides_votes: bool = False,
) -> dict[str, Any]:
    """All that the page tells of an issue, whichever way it was come to.

    ``hides_votes``: what others said shows only once the reviewer has an opinion.
    """
    waits = hides_votes and reviewer and not has_opinion(session, reviewer.id, issue.id)
    is_seen = issue.id in revealed(session, preferences, reviewer, [issue.id])
    evidence = evidence_of(request, issue) if is_seen else ()
    return {
        "issue": issue,
        "is_seen": is_seen,
        "shows_votes": is_seen and not waits,
        "evidence": evidence,
        "text": text_of(issue, evidence or ()),
        "suggestion": suggestion_of(session, issue) if is_seen else None,
        "spread": request.app.state.spreads.of(session, issue.repo) if is_seen else None,
        "past": past_of(session, issue.id) if is_seen and not waits else (),
        "related": related_to(request, session, issue, preferences, reviewer),
        "threshold": threshold_of(request, preferences),
        **_about_form(session, issue, reviewer, outcome),
    }


def _about_form(
    session: Session, issue: IssueRow, reviewer: ReviewerRow | None, outcome: Outcome | None
) -> Mapping[str, Any]:
    """What the decision form needs, with what the reviewer said before filled in.

    What was just taken back is filled in, too, so that it can be mended.
    """
    own = _own_vote(session, issue.id, reviewer)
    taken_back = outcome.taken_back if outcome and outcome.issue_id == issue.id else None
    return {
        "own": own,
        "draft": taken_back or own,
        "request_id": secrets.token_hex(16),
        "scenarios": [(one.value, GUIDELINES[one]) for one in Scenario],
        "impacts": list(IMPACTS.items()),
        "right": may_adjudicate(session, issue, reviewer.id) if reviewer else "",
    }


def _own_vote(session: Session, issue_id: int, reviewer: ReviewerRow | None) -> DecisionRow | None:
    if reviewer is None:
        return None
    return next(
        (vote for vote in votes_on(session, issue_id) if vote.reviewer_id == reviewer.id), None
    )
