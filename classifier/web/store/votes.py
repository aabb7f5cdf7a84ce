"""Which votes on an issue count: those on the text that it has now.

Who decided on an earlier text did not see what is there, so an issue that is edited is undecided
again; edited back, it stands as before.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.web.store.standing import Vote, standing_of
from classifier.web.store.tables import DecisionRow, IssueRow, VoteRow


def present_votes(session: Session, issue: IssueRow) -> tuple[DecisionRow, ...]:
    """Each reviewer's latest decision, if it was on the present text; the oldest first."""
    return tuple(
        session.scalars(
            select(DecisionRow)
            .join(VoteRow, VoteRow.decision_id == DecisionRow.id)
            .where(VoteRow.issue_id == issue.id, DecisionRow.digest == issue.digest)
            .order_by(DecisionRow.id)
        )
    )


def settle(session: Session, issue: IssueRow) -> None:
    """Let the issue stand as follows from the votes."""
    issue.standing = standing_of(
        Vote(vote.id, vote.verdict, vote.is_adjudication) for vote in present_votes(session, issue)
    )
    session.flush()


def settle_edited(session: Session, issues: Sequence[IssueRow]) -> None:
    """Do so for issues whose new text is written: from then on nobody else decides on them."""
    ids = [issue.id for issue in issues]
    voted = set(session.scalars(select(VoteRow.issue_id).where(VoteRow.issue_id.in_(ids))))
    for issue in issues:
        if issue.id in voted:
            session.refresh(issue, ["standing"])  # somebody may have decided just before
            settle(session, issue)
