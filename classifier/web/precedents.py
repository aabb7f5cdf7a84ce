"""Similar past decisions: which decided issues use the words of this one."""

from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.web.duplicates import Near
from classifier.web.store.audit import GONE
from classifier.web.store.standing import NOT_SILENT, SILENT
from classifier.web.store.tables import IssueRow, VoteRow

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.statistics.likeness import Index

MOST_DECIDED = 5000  # the latest ones
LEAST = 0.2  # cosine: below, issues share the project's words and no more

Key = tuple[int, int]  # how many votes there are, and the latest


class Precedents:
    """Finds them; texts are read once, and kept while they are decided."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._key: Key | None = None
        self._digests: dict[int, str] = {}
        self._index: Index | None = None

    def similar(self, session: Session, issue: IssueRow, *, most: int = 3) -> tuple[Near, ...]:
        """The decided issues most like this one, the most similar first; itself left out."""
        with self._lock:
            index = self._fresh(session)
        best = {
            number: cosine
            for number, cosine in index.most_like(_text(issue.title, issue.body), most + 1)
            if number != issue.id and cosine >= LEAST
        }
        rows = session.scalars(
            select(IssueRow).where(
                *(IssueRow.id.in_(best), IssueRow.state.not_in(GONE)),
                IssueRow.standing.in_((SILENT, NOT_SILENT)),  # it may have been edited since
            )
        )
        found = sorted(rows, key=lambda row: (-best[row.id], row.id))[:most]
        return tuple(
            Near(row.id, row.repo, row.number, row.title, row.standing, best[row.id])
            for row in found
        )

    def _fresh(self, session: Session) -> "Index":
        """The index of what is decided now."""
        from classifier.web.statistics.likeness import index_of  # noqa: PLC0415 - see above

        count, latest = session.execute(select(func.count(), func.max(VoteRow.decision_id))).one()
        key = (count, latest or 0)
        if self._index is not None and key == self._key:
            return self._index
        decided = session.execute(
            select(IssueRow.id, IssueRow.digest)
            .where(IssueRow.standing.in_((SILENT, NOT_SILENT)))
            .order_by(IssueRow.id.desc())
            .limit(MOST_DECIDED)
        )
        digests = {row.id: row.digest for row in decided}
        known = self._index.counted if self._index else {}
        fresh = [one for one in digests if self._digests.get(one) != digests[one]]
        self._index = index_of(list(digests), _texts(session, fresh), known)
        self._digests, self._key = digests, key
        return self._index


def _texts(session: Session, issue_ids: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(IssueRow.id, IssueRow.title, IssueRow.body).where(IssueRow.id.in_(issue_ids))
    )
    return {row.id: _text(row.title, row.body) for row in rows}


def _text(title: str, body: str) -> str:
    return f"{title}\n{title}\n{body}"  # a title says more than any line
