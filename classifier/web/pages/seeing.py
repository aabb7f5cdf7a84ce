"""Who may see scores, and what counts as likely here."""

from collections.abc import Sequence

from fastapi import Request
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from classifier.web.store.preferences import Preferences
from classifier.web.store.standing import OPINIONS
from classifier.web.store.tables import DecisionRow, ReviewerRow, VoteRow


def revealed(
    session: Session,
    preferences: Preferences,
    reviewer: ReviewerRow | None,
    issue_ids: Sequence[int],
) -> frozenset[int]:
    """The issues whose scores the reviewer may see.

    In blind mode these are the ones they have an opinion on; a skipped issue has none yet, one
    whose decision was taken back has none any more.
    """
    if not preferences.blind:
        return frozenset(issue_ids)
    if reviewer is None:
        return frozenset()
    decided = (
        select(VoteRow.issue_id)
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .where(
            VoteRow.issue_id.in_(issue_ids),
            VoteRow.reviewer_id == reviewer.id,
            DecisionRow.verdict.in_(OPINIONS),
        )
    )
    return frozenset(session.scalars(decided))


def was_hidden(
    session: Session, preferences: Preferences, reviewer: ReviewerRow, issue_id: int
) -> bool:
    """Whether the issue's score was kept from the reviewer until now.

    Once they had an opinion it was there to be seen, even if they took that back since.
    """
    had_opinion = exists().where(
        DecisionRow.issue_id == issue_id,
        DecisionRow.reviewer_id == reviewer.id,
        DecisionRow.verdict.in_(OPINIONS),
    )
    return preferences.blind and not session.scalar(select(had_opinion))


def is_reading(request: Request) -> bool:
    """Whether issues still come in from what the server was started with."""
    progress = request.app.state.filling.progress
    return bool(request.app.state.settings.sources) and not progress.is_done


def threshold_of(request: Request, preferences: Preferences) -> float:
    """From which probability on an issue is worth reading."""
    started_with: float = request.app.state.settings.threshold
    return started_with if preferences.threshold is None else preferences.threshold
