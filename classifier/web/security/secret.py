"""The secret that cookies are signed with: made once, kept in the database."""

import secrets

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from classifier.web.store.engine import reading, session
from classifier.web.store.tables import FactRow

KEY = "cookie_secret"


def cookie_secret(engine: Engine) -> str:
    """Return the secret; whoever asks first makes it, and two who do at once get the same."""
    kept = _kept(engine)
    if kept is None:
        try:
            with session(engine) as opened:
                opened.add(FactRow(key=KEY, value=secrets.token_urlsafe(32)))
        except IntegrityError:
            pass  # somebody else was faster
        kept = _kept(engine)
    assert kept is not None  # nobody deletes it
    return kept


def _kept(engine: Engine) -> str | None:
    with reading(engine) as opened:
        row = opened.get(FactRow, KEY)
        return row.value if row is not None else None
