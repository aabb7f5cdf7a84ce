"""Words in titles and bodies, by the database's own index, and numbers of issues."""

import re

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, text
from sqlalchemy.orm import Session

from classifier.web.store.tables import IssueRow

BETWEEN_WORDS = re.compile(r"[\W_]+")
MOST_WORDS = 20
# As people name issues: 12, #12, owner/name#12, or the address.
NAMED = re.compile(
    r"\s*(?:(?:https?://[^\s/]+/)?(?P<repo>[\w.-]+/[\w.-]+)(?:#|/issues/)|#)?"
    r"(?P<number>[0-9]{1,18})\s*",
    re.ASCII,
)


def words_of(wanted: str) -> tuple[str, ...]:
    """The words to look for, in lower case; signs only stand between them."""
    return tuple(filter(None, BETWEEN_WORDS.split(wanted.lower())))[:MOST_WORDS]


def matching(session: Session, wanted: str) -> ColumnElement[bool] | None:
    """Issues that have every word, or one that begins with it; None if there is no word.

    What may be an issue's name also finds the issue itself.
    """
    words = words_of(wanted)
    if not words:
        return None
    found, named = _having(session, words), NAMED.fullmatch(wanted)
    return found if named is None else or_(found, _is_called(named["repo"], int(named["number"])))


def _is_called(repo: str | None, number: int) -> ColumnElement[bool]:
    is_numbered = IssueRow.number == number
    return and_(is_numbered, func.lower(IssueRow.repo) == repo.lower()) if repo else is_numbered


def _having(session: Session, words: tuple[str, ...]) -> ColumnElement[bool]:
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
