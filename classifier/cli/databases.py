"""The triage page's database, for the commands that work on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from classifier.errors import MissingExtraError

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
        if (error.name or "").partition(".")[0] == __name__.partition(".")[0]:
            raise  # not what an extra brings: a part of our own
        raise MissingExtraError("The triage page", extra="web") from error
