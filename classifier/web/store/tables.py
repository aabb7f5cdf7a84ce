"""The tables: issues, what models said of them, who decided what, and what was learned.

Times are UTC. ``decisions`` and ``scores`` only ever grow; ``votes`` and ``issues.standing`` say
what follows from the decisions and change in the same transaction. Indexes for the queue and the
search are in the migrations, since their SQL differs from one database to the other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Double,
    FetchedValue,
    ForeignKey,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from classifier.web.store.columns import SafeText, UtcTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - how SQLAlchemy wants it
        str: SafeText,
        float: Double,
        datetime: UtcTime,
        list[str]: JSON(none_as_null=True),
        list[float]: JSON(none_as_null=True),
        list[dict[str, Any]]: JSON(none_as_null=True),
        dict[str, Any]: JSON(none_as_null=True),
    }


class IssueRow(Base):
    """An issue as it stands now, with the latest score and what people made of it."""

    __tablename__ = "issues"
    __table_args__ = (Index("ix_issues_characters", "characters", "id"),)
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - what triggers set is read later

    id: Mapped[int] = mapped_column(primary_key=True)
    repo: Mapped[str]  # "owner/name"; "" where unknown
    number: Mapped[int] = mapped_column(BigInteger)  # 0 where unknown
    url: Mapped[str]
    opened_at: Mapped[datetime | None]
    labels: Mapped[list[str]]
    state: Mapped[str]  # open, closed, deleted or transferred
    digest: Mapped[str]  # SHA-256 of title and body
    arrived_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    heard_at: Mapped[datetime | None]  # GitHub's ``updated_at`` in the newest event about it
    audit_draw: Mapped[float]  # uniform in [0, 1), by the seed in ``facts``: who is audited first
    model_id: Mapped[str]
    probability: Mapped[float]  # the model's, as seen under the profile if there is one
    scenario: Mapped[str | None]
    scenario_probability: Mapped[float | None]
    impact: Mapped[int | None]  # 1 to 4
    severity: Mapped[float | None]  # 1.0 to 5.0
    head_probability: Mapped[float | None]  # of the repository's active head
    standing: Mapped[str] = mapped_column(default="undecided")
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("issues.id"))
    sketched: Mapped[str] = mapped_column(default="")  # digest of the text that ``bands`` are of
    characters: Mapped[int] = mapped_column(default=0)  # of title and body
    title: Mapped[str]
    body: Mapped[str]  # with the title, last: long texts do not slow down reading what is before
    # What issues are ranked by. Triggers compute both whenever what they are made of changes;
    # they are no generated columns, since SQLite answers no query from an index with one.
    current: Mapped[float] = mapped_column(  # the head's probability, else the model's
        server_default=text("0"), server_onupdate=FetchedValue()
    )
    priority: Mapped[float | None] = mapped_column(  # times severity
        server_default=FetchedValue(), server_onupdate=FetchedValue()
    )


class ScoreRow(Base):
    """What one model said of one text, before any profile."""

    __tablename__ = "scores"
    __table_args__ = (UniqueConstraint("issue_id", "model_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"))
    model_id: Mapped[str]
    digest: Mapped[str]
    probability: Mapped[float]
    scenario: Mapped[list[float] | None]  # (7,) in the order of Scenario
    impact: Mapped[list[float] | None]  # (4,) of impact 1 to 4
    scored_at: Mapped[datetime]


class ExplanationRow(Base):
    """Evidence for one model's score of one text; made at the first look."""

    __tablename__ = "explanations"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"), primary_key=True)
    model_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    evidence: Mapped[list[dict[str, Any]]]  # text, weight, is_quote; the strongest first


class ReviewerRow(Base):
    """Who decides."""

    __tablename__ = "reviewers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)  # the name without regard to case
    token_hash: Mapped[str | None] = mapped_column(unique=True)  # SHA-256, hexadecimal
    created_at: Mapped[datetime]
    sign_outs: Mapped[int] = mapped_column(default=0)  # a visit that began before one is over


class DecisionRow(Base):
    """One thing that one reviewer said once: never changed, never deleted (triggers see to it)."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "reviewer_id", "id"), Index(None, "issue_id", "reviewer_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewers.id"))
    verdict: Mapped[str]  # silent, not silent, unsure, skip, or withdrawn
    scenario: Mapped[str | None]
    impact: Mapped[int | None]
    note: Mapped[str]
    decided_at: Mapped[datetime]
    shown_model: Mapped[str]
    # What the model said, whether it was shown or not; of a program that showed one, that.
    shown_probability: Mapped[float]
    shown_head: Mapped[float | None]  # what the head said, likewise
    shown_position: Mapped[int | None]  # in the queue, from 1
    is_blind: Mapped[bool]  # no score was shown; or, of programs and tables, none that is known
    channel: Mapped[str]  # ranking, audit, list, api or import
    is_adjudication: Mapped[bool]
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"), index=True)
    digest: Mapped[str]  # of the text that was shown
    request_id: Mapped[str] = mapped_column(unique=True)


class VoteRow(Base):
    """Which decision of a reviewer counts for an issue."""

    __tablename__ = "votes"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"), primary_key=True)
    reviewer_id: Mapped[int] = mapped_column(
        ForeignKey("reviewers.id"), primary_key=True, index=True
    )
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))


class DeliveryRow(Base):
    """A webhook delivery that was dealt with: a second one of the same name is a replay."""

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(primary_key=True)  # GitHub's GUID
    event: Mapped[str]
    action: Mapped[str]
    outcome: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(index=True)  # forgotten after a while


class HeadRow(Base):
    """A light model that was fitted to one repository's decisions, used or not."""

    __tablename__ = "heads"

    id: Mapped[int] = mapped_column(primary_key=True)
    repo: Mapped[str] = mapped_column(index=True)
    model_id: Mapped[str]
    fitted_at: Mapped[datetime]
    label_count: Mapped[int]
    labels_digest: Mapped[str]
    seed: Mapped[int]
    average_precision: Mapped[float | None]
    baseline_average_precision: Mapped[float | None]
    audited_count: Mapped[int]
    is_active: Mapped[bool]
    coefficients: Mapped[dict[str, Any]]
    reason: Mapped[str]  # why it is used, or why not


class FactRow(Base):
    """One thing to remember by name: seeds, secrets, what is set on the settings page."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class BandRow(Base):
    """A piece of an issue's MinHash: who shares one may be a near-duplicate."""

    __tablename__ = "bands"
    __table_args__ = (Index(None, "band", "hash"),)

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
