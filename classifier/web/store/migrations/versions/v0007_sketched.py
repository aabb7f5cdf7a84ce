"""Of which text an issue's bands are, in the issue's row: so an index has those that lack them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take it from the band that told it until now."""
    op.add_column("issues", sa.Column("sketched", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE issues SET sketched = bands.hash FROM bands "
        "WHERE bands.issue_id = issues.id AND bands.band = -1"
    )
    op.execute("DELETE FROM bands WHERE band = -1")
    op.execute("CREATE INDEX ix_issues_unsketched ON issues (id) WHERE sketched <> digest")


def downgrade() -> None:
    """Give it back to a band."""
    op.execute(
        "INSERT INTO bands (issue_id, band, hash) "
        "SELECT id, -1, sketched FROM issues WHERE sketched <> ''"
    )
    op.execute("DROP INDEX ix_issues_unsketched")
    op.drop_column("issues", "sketched")
