"""What people decide, by way of programs."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from classifier.web.api.description import MAYBE_TOKEN, problems
from classifier.web.api.issues import IssueId, blinded, known_issue
from classifier.web.api.shapes import DecisionIn, DecisionOut, HistoryOut
from classifier.web.blind import revealed
from classifier.web.deps import Db, MaybeReviewer, ReadDb
from classifier.web.problems import Problem
from classifier.web.security.access import REALM
from classifier.web.store.columns import storable
from classifier.web.store.decisions import Said, decide, history
from classifier.web.store.reviewers import find_or_add, find_reviewer, get_reviewer
from classifier.web.store.tables import DecisionRow, ReviewerRow

router = APIRouter(tags=["decisions"])


@router.post(
    "/api/issues/{issue_id}/decisions",
    status_code=HTTPStatus.CREATED,
    summary="Decide on an issue",
    response_description="The decision, safely stored.",
    responses={
        200: {"model": DecisionOut, "description": "It was stored before, under this request id."},
        **problems(403, 404, 422, 503),
    },
    openapi_extra=MAYBE_TOKEN,
)
def add_decision(
    *,
    issue_id: IssueId,
    said: DecisionIn,
    request: Request,
    response: Response,
    db: Db,
    asking: MaybeReviewer,
) -> DecisionOut:
    """Keep a decision. Earlier ones stay; of each reviewer the latest counts."""
    known_issue(db, issue_id)
    now = datetime.now(UTC)
    who = _who(db, said, asking, now)
    decision = decide(
        db,
        Said(
            issue_id=issue_id,
            reviewer_id=who.id,
            verdict=said.verdict,
            scenario=said.scenario,
            impact=said.impact,
            note=storable(said.note),
            position=said.position,
            is_blind=said.shown_probability is None,
            shown_probability=said.shown_probability,
            channel="api",
            request_id=said.request_id,
            adjudicates=said.is_adjudication,
        ),
        now=now,
    )
    if decision.decided_at != now:
        response.status_code = HTTPStatus.OK
    request.app.state.metrics.decisions.labels(said.verdict).inc()
    return _shown(decision, who.name)


@router.get(
    "/api/issues/{issue_id}/decisions",
    summary="Read what was said of an issue",
    responses=problems(404, 422, 503),
    openapi_extra=MAYBE_TOKEN,
)
def read_decisions(
    issue_id: IssueId, db: ReadDb, request: Request, asking: MaybeReviewer
) -> HistoryOut:
    """All decisions on an issue, the oldest first; those that no longer count, too.

    In blind mode a browser gets its reviewer's own until they have an opinion that counts.
    """
    known_issue(db, issue_id)
    said = history(db, issue_id)
    if not revealed(db, blinded(db, request), asking, [issue_id]):
        said = tuple(one for one in said if asking and one.reviewer_id == asking.id)
    people = {one.reviewer_id: get_reviewer(db, one.reviewer_id) for one in said}
    names = {id_: row.name for id_, row in people.items() if row is not None}
    return HistoryOut(decisions=[_shown(one, names.get(one.reviewer_id, "")) for one in said])


def _who(db: Session, said: DecisionIn, asking: ReviewerRow | None, now: datetime) -> ReviewerRow:
    """Whose decision it is: who asks, or, where nobody says so by token or visit, who is named."""
    if asking is None:
        if not said.reviewer:
            raise _nobody()
        return find_or_add(db, said.reviewer, now=now)
    named = find_reviewer(db, said.reviewer) if said.reviewer else asking
    if named is None or named.id != asking.id:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "The decision is in another reviewer's name",
            hint="Leave `reviewer` out: who you are is known.",
        )
    return asking


def _nobody() -> Problem:
    """What programs are told on loopback, where a name is enough."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "Nobody says whose decision this is",
        hint='Add `"reviewer": "NAME"` to the decision; on this machine a name is enough.',
        headers=REALM,
    )


def _shown(decision: DecisionRow, name: str) -> DecisionOut:
    kept = {field: getattr(decision, field, name) for field in DecisionOut.model_fields}
    if decision.is_blind:
        kept["shown_probability"] = None
    elif decision.shown_head is not None:
        kept["shown_probability"] = decision.shown_head
    return DecisionOut.model_validate(kept)
