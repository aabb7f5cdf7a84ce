"""Opening the database and bringing its tables up to date."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import Session

from classifier.errors import InputError, MissingExtraError

SECONDS_TO_WAIT_FOR_A_WRITER = 10
DATABASE_ERRORS = (OperationalError, NoConnectionError)  # what may be over in a while
CONNECTIONS = 10  # kept open
MORE_CONNECTIONS = 70  # at busy times: 40 threads answer requests, and may need two at once
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 5_117_262_906  # the advisory lock of PostgreSQL that migrations take
KINDS = "Give a file, `sqlite:///FILE`, or `postgresql://USER@HOST/NAME`."
IS_IT_SQLITE = "Is it a SQLite database, which nothing else has locked? Or name another."
IS_IT_UP = "Does PostgreSQL run there, and does it know the user, the password and the database?"


def open_engine(url: str) -> Engine:
    """Open a database, by its URL or, of SQLite, by its file; one that is missing is made.

    Raises InputError if it is neither SQLite nor PostgreSQL or cannot be opened, and
    MissingExtraError without the driver.
    """
    known = _parse(url)
    if known.get_backend_name() == "sqlite":
        _make_private(known)
    try:
        engine = create_engine(
            known,
            pool_size=CONNECTIONS,
            max_overflow=MORE_CONNECTIONS,
            pool_pre_ping=known.get_backend_name() == "postgresql",
        )
    except ModuleNotFoundError as error:
        raise MissingExtraError("PostgreSQL", extra="postgresql") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    _try_out(engine)
    return engine


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """Open a transaction that may write; it is committed, or rolled back after an error.

    In SQLite it has the writer's place from the start: between what it reads and what it writes
    nobody else writes. So it should be short.
    """
    writing = engine.execution_options(writes=True)
    with Session(writing, expire_on_commit=False) as one, one.begin():
        yield one


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a transaction that only reads: it waits for nobody, and nobody waits for it."""
    with Session(engine, expire_on_commit=False, autoflush=False) as one:
        yield one


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open a database for a while, with its tables up to date."""
    engine = open_engine(url)
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def using(url: str) -> Iterator[Session]:
    """Open a database for one transaction that may write, with its tables up to date."""
    with opened(url) as engine, session(engine) as one:
        yield one


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to a revision, or down to an older one; "base" is no tables at all.

    All of it happens in one transaction, and who comes second waits.
    """
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
        if revision != "head" or not _is_up_to_date(connection):
            _run_alembic(connection, revision)


def _is_up_to_date(connection: Connection) -> bool:
    """Tell without Alembic, which takes half a second to load."""
    newest = max(path.stem for path in (MIGRATIONS / "versions").glob("v*.py"))
    if not connection.dialect.has_table(connection, "alembic_version"):
        return False
    now = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return now == newest.partition("_")[0].removeprefix("v")


def _run_alembic(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow, and rarely needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    order = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    now = None
    if connection.dialect.has_table(connection, "alembic_version"):
        now = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if now is not None and now not in order:
        raise InputError(
            f"The database has tables of a newer silentrank (revision {now})",
            hint="Upgrade silentrank, or name another database.",
        )
    is_older = revision == "base" or (
        now is not None and revision in order and order.index(revision) > order.index(now)
    )
    (command.downgrade if is_older else command.upgrade)(config, revision)


def _parse(url: str) -> URL:
    """Read a URL, or a file's name; PostgreSQL goes by psycopg 3."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        known = make_url(url)
    except ArgumentError as error:
        raise InputError(f"{url.partition('://')[0]}://… is no database", hint=KINDS) from error
    kind = known.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return known.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise InputError(f"Cannot use a database of kind {kind}", hint=KINDS)
    if known.database in (None, "", ":memory:"):
        raise InputError("A database in memory would lose all decisions", hint=KINDS)
    return known


def _make_private(url: URL) -> None:
    """Make the file so that only its owner reads it: it holds secrets and private issues."""
    try:
        os.close(os.open(str(url.database), os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise InputError(
            f"Cannot write {url.database}: {error.strerror or error}",
            hint="Check that the folder exists and that you may write there.",
        ) from error


def _try_out(engine: Engine) -> None:
    try:
        with engine.connect():
            pass
    except DatabaseError as error:
        is_file = engine.dialect.name == "sqlite"
        shown = engine.url.set(drivername=engine.dialect.name)
        raise InputError(
            f"Cannot open {shown.render_as_string(hide_password=True)}: {error.orig}",
            hint=IS_IT_SQLITE if is_file else IS_IT_UP,
        ) from error


def _prepare_sqlite(connection: SQLiteConnection, _record: Any) -> None:  # noqa: ANN401
    """Set what SQLite forgets from one connection to the next."""
    connection.isolation_level = None  # transactions begin where SQLAlchemy says
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {SECONDS_TO_WAIT_FOR_A_WRITER * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait
        cursor.execute("PRAGMA synchronous = FULL")  # a commit is on the disk, come what may
        cursor.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
