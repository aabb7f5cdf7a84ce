"""Keeps what the status page told last, until something happens."""

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.web.store.tables import DecisionRow, HeadRow, IssueRow, ScoreRow

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.overview import Overview

MOST_KEPT = 16  # repositories and thresholds

State = tuple[object, ...]


class Overviews:
    """One at a time is made: pictures of one page are asked for at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, float], tuple[State, Overview]] = OrderedDict()

    def of(self, session: Session, repo: str, *, threshold: float) -> "Overview":
        """Tell of a repository, or of all, as it is now."""
        from classifier.web.overview import overview  # noqa: PLC0415 - see above

        with self._lock:
            state = _state(session)
            before, found = self._kept.pop((repo, threshold), (None, None))
            if found is None or before != state:
                found = overview(session, repo, threshold=threshold)
            self._kept[repo, threshold] = (state, found)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found


def _state(session: Session) -> State:
    """What differs once anything has happened."""
    latest = [session.scalar(select(func.max(row.id))) for row in (DecisionRow, ScoreRow, HeadRow)]
    issues = select(
        func.count(), func.max(IssueRow.changed_at), func.count(IssueRow.duplicate_of)
    ).select_from(IssueRow)
    return (*latest, *session.execute(issues).one())
