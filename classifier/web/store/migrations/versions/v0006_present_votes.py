"""Issues that were edited since a decision stand as follows from votes on the present text."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

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
        connection.execute(
            sa.text("UPDATE issues SET standing = :standing WHERE id = :id"),
            {"standing": _standing_of(counted), "id": issue_id},
        )


def _standing_of(votes: Sequence[sa.Row[Any]]) -> str:
    """The rule as it was in this version, whatever the page does by now."""
    opinions = [vote for vote in votes if vote.verdict in {"silent", "not silent", "unsure"}]
    rulings = [vote for vote in opinions if vote.is_adjudication]
    if rulings:
        return str(max(rulings, key=lambda vote: vote.id).verdict)
    said = {str(vote.verdict) for vote in opinions}
    return said.pop() if len(said) == 1 else "disagreed" if said else "undecided"
