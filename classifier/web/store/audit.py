"""The audit sample: issues that chance chose, so that what they show holds for all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from classifier.web.store.standing import UNDECIDED
from classifier.web.store.tables import DecisionRow, IssueRow, VoteRow

GONE = ("deleted", "transferred")


@dataclass(frozen=True, slots=True)
class Audited:
    """One issue of the audit sample, with what became of it."""

    issue_id: int
    repo: str
    probability: float
    head_probability: float | None
    standing: str  # never "undecided"
    decided_at: datetime  # the latest of the votes that count
    opened_at: datetime | None


def audited(session: Session, repo: str = "") -> tuple[Audited, ...]:
    """The audit sample of a repository, or of all: a simple random sample of its issues.

    These are the issues in the order of their draw, up to the first undecided one, whatever
    channel they were decided by. Issues that were deleted or transferred are left out.
    """
    here: list[ColumnElement[bool]] = [IssueRow.state.not_in(GONE)]
    if repo:
        here.append(IssueRow.repo == repo)
    first = session.scalar(
        select(func.min(IssueRow.audit_draw)).where(*here, IssueRow.standing == UNDECIDED)
    )
    if first is not None:
        here.append(IssueRow.audit_draw < first)
    decided_at = (
        select(func.max(DecisionRow.decided_at))
        .join(VoteRow, VoteRow.decision_id == DecisionRow.id)
        .where(VoteRow.issue_id == IssueRow.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            IssueRow.id,
            IssueRow.repo,
            IssueRow.probability,
            IssueRow.head_probability,
            IssueRow.standing,
            decided_at,
            IssueRow.opened_at,
        )
        .where(*here)
        .order_by(IssueRow.audit_draw)
    )
    return tuple(Audited(*row) for row in rows)


def is_audit_due(decided_count: int, share: float) -> bool:
    """Whether the next issue after that many decisions is one that chance chose.

    Of any number of decisions in a row, ``share`` of them are, spread evenly.
    """
    return int((decided_count + 1) * share + 1e-9) > int(decided_count * share + 1e-9)
