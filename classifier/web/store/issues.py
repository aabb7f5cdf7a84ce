"""Issues in the database: which is which, and what became of it at GitHub."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.types import Issue, IssueKey
from classifier.web.store.columns import storable
from classifier.web.store.tables import IssueRow

STATES = ("open", "closed", "deleted", "transferred")
UNKNOWN = ""  # the state of an issue from a file
Identity = tuple[str, int, str]  # repository and number, else the digest of the text


def find(session: Session, issue_id: int) -> IssueRow | None:
    """Look an issue up by its id."""
    return session.get(IssueRow, issue_id)


def find_by_key(session: Session, key: IssueKey) -> IssueRow | None:
    """Look an issue up by repository and number."""
    found = select(IssueRow).where(IssueRow.repo == key.repo, IssueRow.number == key.number)
    return session.scalars(found).first() if key.repo and key.number else None


def change_state(session: Session, key: IssueKey, state: str, now: datetime) -> bool:
    """Note that an issue was closed, reopened, deleted or transferred; False if it is unknown."""
    check_state(state)
    row = find_by_key(session, key)
    if row is None:
        return False
    if state and row.state != state:
        row.state = state
        row.changed_at = now
        session.flush()
    return True


def identity(issue: Issue) -> Identity:
    """What an issue is told from others by."""
    if issue.key.repo and issue.key.number:
        return storable(issue.key.repo), issue.key.number, ""
    return "", 0, digest_of(issue)


def digest_of(issue: Issue) -> str:
    """SHA-256 of title and body, as they are stored."""
    return hashlib.sha256(storable(f"{issue.title}\n\n{issue.body}").encode()).hexdigest()


def issue_of(row: IssueRow) -> Issue:
    """Turn a row back into the issue that it was made of."""
    key = IssueKey(row.repo, row.number)
    return Issue(key, row.title, row.body, row.opened_at, row.url, tuple(row.labels))


def check_state(state: str) -> None:
    """Raise InputError for one that there is not."""
    if state != UNKNOWN and state not in STATES:
        raise InputError(f"{state!r} is no state of an issue", hint=f"Known: {', '.join(STATES)}.")


def existing(session: Session, wanted: Iterable[Identity]) -> dict[Identity, IssueRow]:
    """The issues of those that are there."""
    numbers: dict[str, list[int]] = {}
    digests = []
    for repo, number, digest in wanted:
        if digest:
            digests.append(digest)
        else:
            numbers.setdefault(repo, []).append(number)
    found: list[IssueRow] = []
    for repo, those in numbers.items():
        same = (IssueRow.repo == repo, IssueRow.number.in_(those))
        # told again for the partial index
        found += session.scalars(
            select(IssueRow).where(*same, IssueRow.repo != "", IssueRow.number > 0)
        )
    if digests:
        unnamed = (IssueRow.repo == "") | (IssueRow.number == 0)
        found += session.scalars(select(IssueRow).where(IssueRow.digest.in_(digests), unnamed))
    return by_identity(found)


def by_identity(rows: Iterable[IssueRow]) -> dict[Identity, IssueRow]:
    """Each issue by what it is told from others by."""
    return {
        (row.repo, row.number, "") if row.repo and row.number else ("", 0, row.digest): row
        for row in rows
    }
