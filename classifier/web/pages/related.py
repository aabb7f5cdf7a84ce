"""Issues beside an issue: near-duplicates, and similar ones that are decided already."""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.web.blind import revealed
from classifier.web.duplicates import Near, near_duplicates
from classifier.web.store.preferences import Preferences
from classifier.web.store.standing import NOT_SILENT, SILENT
from classifier.web.store.tables import IssueRow, ReviewerRow


@dataclass(frozen=True, slots=True)
class Related:
    """What to look at beside an issue, the most similar first."""

    duplicates: tuple[Near, ...]
    precedents: tuple[Near, ...]  # decided, similar, and no near-duplicates
    told: frozenset[int]  # the duplicates of which it may be told what was said

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.duplicates or self.precedents)


def related_to(
    request: Request,
    session: Session,
    issue: IssueRow,
    preferences: Preferences,
    reviewer: ReviewerRow | None,
) -> Related:
    """Find both; of others' decisions only those that the reviewer may know.

    Past decisions are only for who may see what speaks for this one.
    """
    duplicates = near_duplicates(session, issue)
    known = {near.issue_id for near in duplicates}
    found: tuple[Near, ...] = ()
    if revealed(session, preferences, reviewer, [issue.id]) and _is_anything_decided(session):
        found = request.app.state.precedents.similar(session, issue)  # loads much
    ids = [near.issue_id for near in (*duplicates, *found)]
    told = revealed(session, preferences, reviewer, ids)
    precedents = (near for near in found if near.issue_id in told - known)
    return Related(duplicates, tuple(precedents), told)


def _is_anything_decided(session: Session) -> bool:
    decided = select(IssueRow.id).where(IssueRow.standing.in_((SILENT, NOT_SILENT))).limit(1)
    return session.scalar(decided) is not None
