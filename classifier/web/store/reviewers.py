"""Who decides."""

import unicodedata
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from classifier.web.store.names import clean_name
from classifier.web.store.tables import ReviewerRow


def find_reviewer(session: Session, name: str) -> ReviewerRow | None:
    """Look a reviewer up by name, whatever its case."""
    folded = _folded(clean_name(name))
    return session.scalars(select(ReviewerRow).where(ReviewerRow.folded == folded)).first()


def find_by_token(session: Session, token_hash: str) -> ReviewerRow | None:
    """Look a reviewer up by the SHA-256 of their token."""
    return session.scalars(select(ReviewerRow).where(ReviewerRow.token_hash == token_hash)).first()


def get_reviewer(session: Session, reviewer_id: int) -> ReviewerRow | None:
    """Look a reviewer up by id."""
    return session.get(ReviewerRow, reviewer_id)


def find_or_add(session: Session, name: str, *, now: datetime) -> ReviewerRow:
    """The reviewer of that name, who may be new. Raises InputError if it is no name."""
    found = find_reviewer(session, name)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            return _add(session, name, None, now)
    except IntegrityError:  # somebody of that name came at the same moment
        found = find_reviewer(session, name)
        if found is None:
            raise
        return found


def give_token(session: Session, name: str, token_hash: str, *, now: datetime) -> ReviewerRow:
    """Let a reviewer, who may be new, in by another token; an older one no longer counts."""
    row = find_or_add(session, name, now=now)
    row.token_hash = token_hash
    session.flush()
    return row


def end_visits(session: Session, reviewer_id: int) -> None:
    """Let no visit count any longer that the reviewer began until now."""
    session.execute(
        update(ReviewerRow)
        .where(ReviewerRow.id == reviewer_id)
        .values(sign_outs=ReviewerRow.sign_outs + 1)
    )


def everyone(session: Session) -> tuple[ReviewerRow, ...]:
    """All reviewers, by name."""
    return tuple(session.scalars(select(ReviewerRow).order_by(ReviewerRow.folded)))


def has_tokens(session: Session) -> bool:
    """Whether anybody could sign in by a token."""
    count = select(func.count()).where(ReviewerRow.token_hash.is_not(None))
    return bool(session.scalar(count))


def _add(session: Session, name: str, token_hash: str | None, now: datetime) -> ReviewerRow:
    clean = clean_name(name)
    row = ReviewerRow(name=clean, folded=_folded(clean), token_hash=token_hash, created_at=now)
    session.add(row)
    session.flush()
    return row


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name.casefold())
