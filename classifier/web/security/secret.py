"""The secret that cookies are signed with: made once, kept in the database."""

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from classifier.web.store import facts
from classifier.web.store.engine import reading, session


def cookie_secret(engine: Engine) -> str:
    """Return the secret; whoever asks first makes it, and two who do at once get the same."""
    with reading(engine) as opened:
        if kept := facts.fact(opened, "cookie_secret"):
            return kept
    try:
        with session(engine) as opened:
            return facts.cookie_secret(opened)
    except IntegrityError:  # somebody else was faster, and has it by now
        with reading(engine) as opened:
            return facts.cookie_secret(opened)
