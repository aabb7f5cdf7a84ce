"""How often each reviewer signed out, so that cookies from before it are worth nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begin to count. Cookies that are there do not say the number, so everybody signs in again."""
    op.add_column(
        "reviewers", sa.Column("sign_outs", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Drop it, and the secret of all cookies: a later upgrade would begin again at their number."""
    op.drop_column("reviewers", "sign_outs")
    op.execute("DELETE FROM facts WHERE key = 'cookie_secret'")
