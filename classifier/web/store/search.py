"""Words in titles and bodies, by the database's own index."""

import re

from sqlalchemy import ColumnElement, func, literal_column, text
from sqlalchemy.orm import Session

from classifier.web.store.tables import IssueRow

BETWEEN_WORDS = re.compile(r"[\W_]+")
MOST_WORDS = 20


def words_of(wanted: str) -> tuple[str, ...]:
    """The words to look for, in lower case; signs only stand between them."""
    return tuple(filter(None, BETWEEN_WORDS.split(wanted.lower())))[:MOST_WORDS]


def matching(session: Session, wanted: str) -> ColumnElement[bool] | None:
    """Issues that have every word, or one that begins with it; None if there is no word."""
    words = words_of(wanted)
    if not words:
        return None
    if session.get_bind().dialect.name == "sqlite":
        found = text("SELECT rowid FROM issue_texts WHERE issue_texts MATCH :words")
        query = " ".join(f'"{word}"*' for word in words)
        # The sign keeps SQLite from looking up each row that a common word is in: it goes through
        # the index that the order needs anyway, which takes the same short time for every word.
        row: ColumnElement[int] = literal_column("+issues.id")
        return row.in_(found.bindparams(words=query).columns(IssueRow.id))
    query = " & ".join(f"'{word}':*" for word in words)
    vector: ColumnElement[str] = literal_column("issues.words")
    return vector.bool_op("@@")(func.to_tsquery("simple", query))
