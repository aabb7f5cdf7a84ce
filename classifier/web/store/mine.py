"""What issues are to one reviewer: waiting for their second opinion, or skipped by them.

What they said of a text that was edited since is said of another one.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, false, select
from sqlalchemy.orm import Session

from classifier.web.store.standing import NOT_SILENT, OPINIONS, SILENT, SKIP, UNSURE
from classifier.web.store.tables import DecisionRow, IssueRow, VoteRow

SECOND = "second"  # decided by others, and nothing is said by this one
SKIPPED = "skipped"  # by this one, whatever others said
OWN = (SECOND, SKIPPED)
SETTLED = (SILENT, NOT_SILENT, UNSURE)  # what is disagreed about waits for a third elsewhere


def is_own(own: str, reviewer_id: int | None) -> ColumnElement[bool]:
    """Whether an issue is that to the reviewer; to nobody none is."""
    if reviewer_id is None or own not in OWN:
        return false()
    if own == SKIPPED:
        return IssueRow.id.in_(
            select(VoteRow.issue_id)
            .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
            .where(VoteRow.reviewer_id == reviewer_id, DecisionRow.verdict == SKIP)
        )
    return and_(IssueRow.standing.in_(SETTLED), is_untold_by(reviewer_id))


def is_untold_by(reviewer_id: int) -> ColumnElement[bool]:
    """Whether the reviewer has said nothing of an issue, not even that they skip it."""
    told = exists().where(
        *(VoteRow.issue_id == IssueRow.id, VoteRow.reviewer_id == reviewer_id),
        *(DecisionRow.id == VoteRow.decision_id, DecisionRow.digest == IssueRow.digest),
    )
    return ~told


def has_opinion(session: Session, reviewer_id: int, issue_id: int) -> bool:
    """Whether the reviewer has one on the issue as it is now."""
    is_present = DecisionRow.digest == IssueRow.digest
    opinion = _opinions_of(reviewer_id).where(IssueRow.id == issue_id, is_present)
    return session.scalar(opinion) is not None


def edited_since(session: Session, reviewer_id: int, issue_ids: Sequence[int]) -> frozenset[int]:
    """Those of the issues that were edited since the reviewer decided."""
    is_earlier = DecisionRow.digest != IssueRow.digest
    opinions = _opinions_of(reviewer_id).where(IssueRow.id.in_(issue_ids), is_earlier)
    return frozenset(session.scalars(opinions))


def _opinions_of(reviewer_id: int) -> Select[int]:
    return (
        select(IssueRow.id)
        .join(VoteRow, VoteRow.issue_id == IssueRow.id)
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .where(VoteRow.reviewer_id == reviewer_id, DecisionRow.verdict.in_(OPINIONS))
    )
