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
        raise MissingExtraError("The triage page", extra="web") from error
