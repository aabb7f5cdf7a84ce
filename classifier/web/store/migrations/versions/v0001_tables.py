"""Tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
    for make in TABLES.values():
        make()


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_issues() -> None:
    """An issue as it stands now."""
    op.create_table(
        "issues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repo", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_draw", sa.Double(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=True),
        sa.Column("scenario_probability", sa.Double(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("severity", sa.Double(), nullable=True),
        sa.Column("head_probability", sa.Double(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("current", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("priority", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of"], ["issues.id"], name="fk_issues_duplicate_of"),
        sa.PrimaryKeyConstraint("id", name="pk_issues"),
    )


def _make_scores() -> None:
    """What one model said of one text."""
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("scenario", sa.JSON(), nullable=True),
        sa.Column("impact", sa.JSON(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_scores_issue_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scores"),
        sa.UniqueConstraint(
            "issue_id", "model_id", "digest", name="uq_scores_issue_id_model_id_digest"
        ),
    )


def _make_explanations() -> None:
    """Evidence for it."""
    op.create_table(
        "explanations",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_explanations_issue_id"),
        sa.PrimaryKeyConstraint("issue_id", "model_id", "digest", name="pk_explanations"),
    )


def _make_bands() -> None:
    """Pieces of MinHashes."""
    op.create_table(
        "bands",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_bands_issue_id"),
        sa.PrimaryKeyConstraint("issue_id", "band", name="pk_bands"),
    )
    op.create_index("ix_bands_band_hash", "bands", ["band", "hash"])


def _make_reviewers() -> None:
    """Who decides."""
    op.create_table(
        "reviewers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reviewers"),
        sa.UniqueConstraint("folded", name="uq_reviewers_folded"),
        sa.UniqueConstraint("token_hash", name="uq_reviewers_token_hash"),
    )


def _make_decisions() -> None:
    """What was said once."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_model", sa.Text(), nullable=False),
        sa.Column("shown_probability", sa.Double(), nullable=False),
        sa.Column("shown_head", sa.Double(), nullable=True),
        sa.Column("shown_position", sa.Integer(), nullable=True),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("is_adjudication", sa.Boolean(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_decisions_issue_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_decisions_reviewer_id"),
        sa.ForeignKeyConstraint(["supersedes"], ["decisions.id"], name="fk_decisions_supersedes"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("request_id", name="uq_decisions_request_id"),
    )
    op.create_index("ix_decisions_issue_id_reviewer_id", "decisions", ["issue_id", "reviewer_id"])
    op.create_index("ix_decisions_reviewer_id_id", "decisions", ["reviewer_id", "id"])
    op.create_index("ix_decisions_supersedes", "decisions", ["supersedes"])


def _make_votes() -> None:
    """Which decisions count."""
    op.create_table(
        "votes",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_votes_decision_id"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_votes_issue_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_votes_reviewer_id"),
        sa.PrimaryKeyConstraint("issue_id", "reviewer_id", name="pk_votes"),
    )
    op.create_index("ix_votes_reviewer_id", "votes", ["reviewer_id"])


def _make_deliveries() -> None:
    """Webhook deliveries."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )


def _make_facts() -> None:
    """Facts by name."""
    op.create_table(
        "facts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_facts"),
    )


def _make_heads() -> None:
    """What was learned."""
    op.create_table(
        "heads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repo", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label_count", sa.Integer(), nullable=False),
        sa.Column("labels_digest", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("average_precision", sa.Double(), nullable=True),
        sa.Column("baseline_average_precision", sa.Double(), nullable=True),
        sa.Column("audited_count", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("coefficients", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heads"),
    )
    op.create_index("ix_heads_repo", "heads", ["repo"])


TABLES = {
    "issues": _make_issues,
    "scores": _make_scores,
    "explanations": _make_explanations,
    "bands": _make_bands,
    "reviewers": _make_reviewers,
    "decisions": _make_decisions,
    "votes": _make_votes,
    "deliveries": _make_deliveries,
    "facts": _make_facts,
    "heads": _make_heads,
}
