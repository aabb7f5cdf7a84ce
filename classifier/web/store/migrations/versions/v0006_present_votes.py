"""Issues that were edited since a decision stand as follows from votes on the present text."""

from itertools import groupby

import sqlalchemy as sa
from alembic import op

from classifier.web.store.standing import Vote, standing_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VOTES = sa.text(
    "SELECT votes.issue_id, decisions.id, decisions.verdict, decisions.is_adjudication, "
    "decisions.digest = issues.digest AS is_present FROM votes "
    "JOIN decisions ON decisions.id = votes.decision_id JOIN issues ON issues.id = votes.issue_id "
    "ORDER BY votes.issue_id"
)


def upgrade() -> None:
    """Leave votes on earlier texts out."""
    _settle(only_present=True)


def downgrade() -> None:
    """Count all votes again."""
    _settle(only_present=False)


def _settle(*, only_present: bool) -> None:
    connection = op.get_bind()
    for issue_id, group in groupby(connection.execute(VOTES).all(), key=lambda row: row.issue_id):
        votes = list(group)
        if all(vote.is_present for vote in votes):
            continue
        counted = [vote for vote in votes if vote.is_present or not only_present]
        standing = standing_of(
            Vote(vote.id, vote.verdict, bool(vote.is_adjudication)) for vote in counted
        )
        connection.execute(
            sa.text("UPDATE issues SET standing = :standing WHERE id = :id"),
            {"standing": standing, "id": issue_id},
        )
