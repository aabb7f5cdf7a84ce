"""Issues beside an issue: near-duplicates, and similar ones that are decided already."""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.web.duplicates import Near, near_duplicates
from classifier.web.store.standing import NOT_SILENT, SILENT
from classifier.web.store.tables import IssueRow


@dataclass(frozen=True, slots=True)
class Related:
    """What to look at beside an issue, the most similar first."""

    duplicates: tuple[Near, ...]
    precedents: tuple[Near, ...]  # decided, similar, and no near-duplicates

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.duplicates or self.precedents)


def related_to(request: Request, session: Session, issue: IssueRow, *, is_seen: bool) -> Related:
    """Find both; past decisions only for who may see what speaks for this one."""
    duplicates = near_duplicates(session, issue)
    known = {near.issue_id for near in duplicates}
    may_have = is_seen and _is_anything_decided(session)  # before, nothing need be loaded for it
    found = request.app.state.precedents.similar(session, issue) if may_have else ()
    return Related(duplicates, tuple(near for near in found if near.issue_id not in known))


def _is_anything_decided(session: Session) -> bool:
    decided = select(IssueRow.id).where(IssueRow.standing.in_((SILENT, NOT_SILENT))).limit(1)
    return session.scalar(decided) is not None
