"""Issues that reviewers disagree about, and how well they agree otherwise."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from classifier.web.deps import MaybeReviewer, ReadDb
from classifier.web.pages.answers import render
from classifier.web.pages.issue import LARGEST_ID, SAID
from classifier.web.pages.outcome import outcome_of
from classifier.web.store.decisions import may_adjudicate
from classifier.web.store.standing import DISAGREED, OPINIONS
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow, VoteRow

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.statistics.agreement import Agreement

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
    right: str  # "of right", "for want of a third", or "" for none
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
        "agreement": _agreement(session),
        "outcome": outcome_of(session, reviewer, said),
    }
    return render(request, "disagreements.html", context)


def _dispute(session: Session, issue: IssueRow, reviewer: ReviewerRow | None) -> Dispute:
    voices = session.execute(
        select(ReviewerRow.name, DecisionRow)
        .join(VoteRow, VoteRow.decision_id == DecisionRow.id)
        .join(ReviewerRow, ReviewerRow.id == VoteRow.reviewer_id)
        .where(VoteRow.issue_id == issue.id, DecisionRow.verdict.in_(OPINIONS))
        .order_by(DecisionRow.id)
    )
    right = may_adjudicate(session, issue, reviewer.id) if reviewer else ""
    heard = tuple(Voice(name, said) for name, said in voices)
    return Dispute(issue, heard, right, secrets.token_hex(16))


def _agreement(session: Session) -> "Agreement":
    """Of all votes but adjudicators': they knew the others'."""
    import numpy as np  # noqa: PLC0415 - see above

    from classifier.web.statistics.agreement import fleiss_kappa  # noqa: PLC0415 - the same

    said = session.execute(
        select(DecisionRow.issue_id, DecisionRow.verdict, func.count())
        .join(VoteRow, VoteRow.decision_id == DecisionRow.id)
        .where(DecisionRow.verdict.in_(OPINIONS), DecisionRow.is_adjudication.is_(False))
        .group_by(DecisionRow.issue_id, DecisionRow.verdict)
    ).all()
    rows = {issue_id: row for row, issue_id in enumerate(dict.fromkeys(one[0] for one in said))}
    votes = np.zeros((len(rows), len(OPINIONS)), dtype=np.int64)
    for issue_id, verdict, count in said:
        votes[rows[issue_id], OPINIONS.index(verdict)] = count
    return fleiss_kappa(votes)
