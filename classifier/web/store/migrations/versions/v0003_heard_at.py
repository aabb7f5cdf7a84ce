"""How new the newest event about an issue was, so that an older one undoes nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it, unknown for issues that are there."""
    op.add_column("issues", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop it; the issues stay."""
    op.drop_column("issues", "heard_at")
