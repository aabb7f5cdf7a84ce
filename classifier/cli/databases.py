"""The triage page's database, for the commands that work on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from classifier.errors import MissingExtraError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DEFAULT_DATABASE = "silentrank.db"
DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL|FILE",
        envvar="SILENTRANK_DATABASE",
        help="A file for SQLite, or `postgresql://USER@HOST/NAME`.",
    ),
]


@contextmanager
def needs_web() -> Iterator[None]:
    """Name the extra where its packages are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError("The triage page", extra="web") from error


@contextmanager
def database_session(database: str) -> Iterator["Session"]:
    """Open one transaction on the database, with its tables up to date."""
    with needs_web():
        from classifier.web.store.engine import migrate, open_engine, session  # noqa: PLC0415
    engine = open_engine(database)
    try:
        migrate(engine)
        with session(engine) as opened:
            yield opened
    finally:
        engine.dispose()
