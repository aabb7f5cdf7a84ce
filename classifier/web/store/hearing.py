"""How new what is known of an issue is: events from GitHub come in any order."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.types import IssueKey
from classifier.web.store.audit import GONE
from classifier.web.store.tables import IssueRow


def is_older(session: Session, key: IssueKey, updated_at: datetime | None) -> bool:
    """Whether an event tells of an issue as it was before the newest one that was heard of.

    GitHub counts in seconds, so one as new may be newer; not if the issue is gone, which is the
    last that happens. Nobody else hears of the issue until the transaction ends.
    """
    row = _locked(session, key)
    if row is None or row.heard_at is None or updated_at is None:
        return False
    return updated_at < row.heard_at or (updated_at == row.heard_at and row.state in GONE)


def note_heard(session: Session, key: IssueKey, updated_at: datetime | None) -> None:
    """Keep how new the event was that was just taken."""
    row = _locked(session, key)
    if row is not None and updated_at is not None:
        row.heard_at = max(row.heard_at or updated_at, updated_at)
        session.flush()


def _locked(session: Session, key: IssueKey) -> IssueRow | None:
    wanted = select(IssueRow).where(
        *(IssueRow.repo == key.repo, IssueRow.number == key.number),
        *(IssueRow.repo != "", IssueRow.number > 0),  # told for the partial index
    )
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).first()
