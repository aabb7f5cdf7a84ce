"""Facts by name: seeds and secrets that are made once."""

import secrets
from collections.abc import Callable

from sqlalchemy.orm import Session

from classifier.web.store.tables import FactRow


def fact(session: Session, key: str) -> str | None:
    """Look up a fact."""
    row = session.get(FactRow, key)
    return None if row is None else row.value


def keep_fact(session: Session, key: str, value: str) -> None:
    """Write a fact down, over what was there."""
    session.merge(FactRow(key=key, value=value))
    session.flush()


def fact_or(session: Session, key: str, make: Callable[[], str]) -> str:
    """Look up a fact, which is made at the first look."""
    value = fact(session, key)
    if value is None:
        value = make()
        keep_fact(session, key, value)
    return value


def audit_seed(session: Session) -> str:
    """What decides the order in which issues are audited."""
    return fact_or(session, "audit_seed", lambda: secrets.token_hex(16))


def cookie_secret(session: Session) -> str:
    """What cookies are signed with."""
    return fact_or(session, "cookie_secret", lambda: secrets.token_hex(32))
