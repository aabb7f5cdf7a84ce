"""An index for finding old deliveries, which are forgotten."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])


def downgrade() -> None:
    """Drop it; the deliveries stay."""
    op.drop_index("ix_deliveries_received_at", "deliveries")
