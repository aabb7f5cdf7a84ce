"""What stands before and after an issue in the queue that it was opened from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from classifier.web.pages.filters import query_of
from classifier.web.store.queue import Filter, ids_from


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses of the issues before and after, "" where there is none."""

    before: str = ""
    after: str = ""


def neighbours_of(session: Session, wanted: Filter, issue_id: int, position: int) -> Neighbours:
    """Find them by the position; if the issue has left the queue, the next has moved up to it."""
    first = max(1, position - 1)
    ids = ids_from(session, wanted, first, 3)
    here = position - first
    is_there = ids[here : here + 1] == [issue_id]
    return Neighbours(
        _address(wanted, ids, first, 0) if position > 1 else "",
        _address(wanted, ids, first, here + 1 if is_there else here),
    )


def _address(wanted: Filter, ids: Sequence[int], first: int, place: int) -> str:
    if place >= len(ids):
        return ""
    return f"/issues/{ids[place]}?{query_of(wanted, at=first + place)}"
