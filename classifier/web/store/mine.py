"""What issues are to one reviewer: waiting for their second opinion, or skipped by them.

What they said of a text that was edited since is said of another one.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, false, select
from sqlalchemy.orm import Session

from classifier.web.store.standing import NOT_SILENT, OPINIONS, SILENT, SKIP, UNSURE, VERDICTS
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
        return _told_by(reviewer_id, (SKIP,))
    return and_(IssueRow.standing.in_(SETTLED), is_untold_by(reviewer_id))


def is_untold_by(reviewer_id: int) -> ColumnElement[bool]:
    """Whether the reviewer has said nothing of an issue, not even that they skip it."""
    return ~_told_by(reviewer_id, VERDICTS)


def _told_by(reviewer_id: int, verdicts: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(
        VoteRow.issue_id == IssueRow.id,
        VoteRow.reviewer_id == reviewer_id,
        DecisionRow.id == VoteRow.decision_id,
        DecisionRow.verdict.in_(verdicts),
        DecisionRow.digest == IssueRow.digest,
    )


def opined_on(reviewer_id: int) -> ColumnElement[bool]:
    """Whether the reviewer has an opinion on an issue as it is now."""
    return _told_by(reviewer_id, OPINIONS)


def has_opinion(session: Session, reviewer_id: int, issue_id: int) -> bool:
    """Whether the reviewer has one on the issue as it is now."""
    here = select(IssueRow.id).where(IssueRow.id == issue_id, opined_on(reviewer_id))
    return session.scalar(here) is not None


def edited_since(session: Session, reviewer_id: int, issue_ids: Sequence[int]) -> frozenset[int]:
    """Those of the issues that were edited since the reviewer decided."""
    edited = (
        select(IssueRow.id)
        .join(VoteRow, VoteRow.issue_id == IssueRow.id)
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .where(VoteRow.reviewer_id == reviewer_id, DecisionRow.verdict.in_(OPINIONS))
        .where(IssueRow.id.in_(issue_ids), DecisionRow.digest != IssueRow.digest)
    )
    return frozenset(session.scalars(edited))
