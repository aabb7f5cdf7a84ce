"""All that a page shows of one issue."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.guidelines import GUIDELINES, IMPACTS, NAMED_FROM, UNCLEAR, Guideline
from classifier.types import Evidence, Scenario
from classifier.web.rendering import LONGEST_BODY, render_body, render_title
from classifier.web.store.decisions import history, votes_on
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow, ScoreRow

MOST_SCENARIOS = 3


@dataclass(frozen=True, slots=True)
class Share:
    """One bar: what it is of, and how likely."""

    name: str
    share: float  # 0.0 to 1.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an issue is if it is a silent bug, as the model guesses."""

    scenario: str | None  # None where no scenario is likely enough to be named
    guideline: Guideline
    scenarios: tuple[Share, ...]  # the likeliest first
    impacts: tuple[Share, ...]  # from mild to severe
    impact: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """One decision as the history tells it."""

    reviewer: str
    said: DecisionRow
    is_current: bool  # whether it counts: not withdrawn, and nothing later said


@dataclass(frozen=True, slots=True)
class Text:
    """What the issue says, ready for the page."""

    title: Markup
    body: Markup
    is_cut: bool


def text_of(issue: IssueRow, evidence: Sequence[Evidence]) -> Text:
    """Render title and body with the evidence marked in both."""
    return Text(
        render_title(issue.title, evidence),
        render_body(issue.body, evidence),
        len(issue.body) > LONGEST_BODY,
    )


def suggestion_of(session: Session, issue: IssueRow) -> Suggestion | None:
    """What the model guesses of scenario and impact; None from one that cannot tell."""
    score = session.scalars(
        select(ScoreRow).where(
            ScoreRow.issue_id == issue.id,
            ScoreRow.model_id == issue.model_id,
            ScoreRow.digest == issue.digest,
        )
    ).first()
    if score is None or score.scenario is None or score.impact is None:
        return None
    pairs = sorted(zip(score.scenario, Scenario, strict=True), key=lambda pair: -pair[0])
    likeliest, scenario = pairs[0]
    is_named = likeliest >= NAMED_FROM
    return Suggestion(
        scenario.value if is_named else None,
        GUIDELINES[scenario] if is_named else UNCLEAR,
        tuple(Share(GUIDELINES[one].name, share) for share, one in pairs[:MOST_SCENARIOS]),
        tuple(Share(IMPACTS[level], share) for level, share in enumerate(score.impact, 1)),
        issue.impact,
    )


def past_of(session: Session, issue_id: int) -> tuple[Past, ...]:
    """All that was said of an issue, the latest first."""
    said = history(session, issue_id)
    ids = {decision.reviewer_id for decision in said}
    reviewers = session.scalars(select(ReviewerRow).where(ReviewerRow.id.in_(ids)))
    names = {reviewer.id: reviewer.name for reviewer in reviewers}
    counting = {one.id for one in votes_on(session, issue_id)}
    return tuple(
        Past(names[one.reviewer_id], one, is_current=one.id in counting) for one in reversed(said)
    )
