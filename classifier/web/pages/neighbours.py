"""What stands before and after an issue in the queue that it was opened from."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from classifier.web.pages.filters import query_of
from classifier.web.store.queue import Filter, Page, page_of


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses of the issues before and after, "" where there is none."""

    before: str = ""
    after: str = ""


def neighbours_of(session: Session, wanted: Filter, issue_id: int, position: int) -> Neighbours:
    """Find them by the position; if the issue has left the queue, the next has moved up to it."""
    here = page_of(session, wanted, page=position, size=1)
    is_there = here.page == position and any(row.id == issue_id for row in here.rows)
    after = page_of(session, wanted, page=position + 1, size=1) if is_there else here
    before = page_of(session, wanted, page=position - 1, size=1) if position > 1 else None
    return Neighbours(
        _address(wanted, before, position - 1) if before else "",
        _address(wanted, after, position + 1 if is_there else position),
    )


def _address(wanted: Filter, page: Page, position: int) -> str:
    if page.page != position or not page.rows:
        return ""
    return f"/issues/{page.rows[0].id}?{query_of(wanted, at=position)}"
