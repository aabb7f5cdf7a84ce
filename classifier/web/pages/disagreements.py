"""Issues that reviewers disagree about, and how well they agree otherwise."""

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from classifier.web.deps import MaybeReviewer, ReadDb
from classifier.web.pages.answers import render
from classifier.web.pages.issue import LARGEST_ID, SAID
from classifier.web.pages.outcome import outcome_of, undoing
from classifier.web.store.decisions import may_adjudicate
from classifier.web.store.standing import DISAGREED, OPINIONS
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow, VoteRow

router = APIRouter(include_in_schema=False)
ISSUES_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Voice:
    """One reviewer's vote."""

    reviewer: str
    said: DecisionRow


@dataclass(frozen=True, slots=True)
class Dispute:
    """An issue with its votes, and what the one who looks may do about it."""

    issue: IssueRow
    voices: tuple[Voice, ...]
    right: str  # as ``may_adjudicate`` tells it
    request_id: str


@router.get("/disagreements", response_class=HTMLResponse)
def show_disagreements(
    request: Request,
    session: ReadDb,
    reviewer: MaybeReviewer,
    page: Annotated[int, Query(ge=1, le=LARGEST_ID)] = 1,
    said: Annotated[int | None, SAID] = None,
) -> HTMLResponse:
    """List what is open, the oldest disagreement first."""
    from classifier.web.overview import agreement_of  # noqa: PLC0415 - slow to load: up at once

    is_open = (IssueRow.standing == DISAGREED, IssueRow.state.not_in(("deleted", "transferred")))
    total = session.scalar(select(func.count()).select_from(IssueRow).where(*is_open)) or 0
    issues = session.scalars(
        select(IssueRow)
        .where(*is_open)
        .options(defer(IssueRow.body))
        .order_by(IssueRow.repo, IssueRow.number, IssueRow.id)
        .limit(ISSUES_A_PAGE)
        .offset((page - 1) * ISSUES_A_PAGE)
    ).all()
    context = {
        "disputes": [_dispute(session, issue, reviewer) for issue in issues],
        "total": total,
        "page": page,
        "pages": max(1, -(-total // ISSUES_A_PAGE)),
        "agreement": agreement_of(session),
        **undoing(session, reviewer, outcome_of(session, reviewer, said)),
    }
    return render(request, "disagreements.html", context)


def _dispute(session: Session, issue: IssueRow, reviewer: ReviewerRow | None) -> Dispute:
    voices = session.execute(
        select(ReviewerRow.name, DecisionRow)
        .join(VoteRow, VoteRow.decision_id == DecisionRow.id)
        .join(ReviewerRow, ReviewerRow.id == VoteRow.reviewer_id)
        .where(VoteRow.issue_id == issue.id, DecisionRow.verdict.in_(OPINIONS))
        .where(DecisionRow.digest == issue.digest)
        .order_by(DecisionRow.id)
    )
    right = may_adjudicate(session, issue, reviewer.id) if reviewer else ""
    heard = tuple(Voice(name, said) for name, said in voices)
    return Dispute(issue, heard, right, secrets.token_hex(16))
