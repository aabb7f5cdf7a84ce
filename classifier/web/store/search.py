"""Words in titles and bodies, by the database's own index."""

import re

from sqlalchemy import ColumnElement, bindparam, literal_column, select, text
from sqlalchemy.orm import Session

from classifier.web.store.tables import IssueRow

BETWEEN_WORDS = re.compile(r"[\W_]+")
MOST_WORDS = 20
WORDS = (
    "to_tsvector('simple', "
    r"regexp_replace(left(issues.title || ' ' || issues.body, 100000), '[[\:punct\:]]+', ' ', 'g'))"
)


def words_of(wanted: str) -> tuple[str, ...]:
    """The words to look for, in lower case; signs only stand between them."""
    return tuple(filter(None, BETWEEN_WORDS.split(wanted.lower())))[:MOST_WORDS]


def matching(session: Session, wanted: str) -> ColumnElement[bool] | None:
    """Issues that have every word, or one that begins with it; None if there is no word."""
    words = words_of(wanted)
    if not words:
        return None
    if session.get_bind().dialect.name == "sqlite":
        query = " ".join(f'"{word}"*' for word in words)
        found = text("SELECT rowid FROM issue_texts WHERE issue_texts MATCH :words")
        return IssueRow.id.in_(found.bindparams(words=query).columns(IssueRow.id))
    query = " & ".join(f"'{word}':*" for word in words)
    return text(f"{WORDS} @@ to_tsquery('simple', :words)").bindparams(words=query)  # type: ignore
