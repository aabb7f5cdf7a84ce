"""What the tests of the triage page share: databases, issues, the application, a real server."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text
from starlette.testclient import TestClient

from classifier.normalize import normalize
from classifier.sources import read_issues
from classifier.types import Issue
from classifier.web.app import create_app
from classifier.web.scoring import ScoringService
from classifier.web.settings import Settings
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.engine import open_engine, session, using
from tests.web.cluster import postgresql
from tests.web.fixed_model import fixed_model
from tests.web.serving import Served, serving

EXAMPLES = Path(__file__).parents[2] / "examples" / "issues.jsonl"
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def postgresql_urls() -> Iterator[str]:
    """Where the tests' PostgreSQL has its databases; `{}` stands for the name."""
    with postgresql() as urls:
        yield urls


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied: making them takes longer."""
    path = tmp_path_factory.mktemp("template") / "triage.db"
    with using(str(path)):
        pass
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_urls: str) -> str:
    """The same in PostgreSQL: the template's name."""
    administer(postgresql_urls, "CREATE DATABASE template_triage")
    with using(postgresql_urls.format("template_triage")):
        pass
    return "template_triage"


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "triage.db")
    return f"sqlite:///{tmp_path / 'triage.db'}"


@pytest.fixture
def postgresql_url(postgresql_urls: str, postgresql_template: str) -> Iterator[str]:
    name = f"triage_{uuid4().hex}"
    administer(postgresql_urls, f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    yield postgresql_urls.format(name)
    administer(postgresql_urls, f"DROP DATABASE {name} WITH (FORCE)")


def administer(urls: str, statement: str) -> None:
    """Run a statement outside of any transaction."""
    url = urls.format("postgres").replace("postgresql:", "postgresql+psycopg:", 1)
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(statement))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of either kind with all tables, empty: what uses it runs twice."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The same, opened."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def examples() -> tuple[Issue, ...]:
    """The invented example issues, each once."""
    issues = {issue.key: issue for issue in read_issues([str(EXAMPLES)], lambda _: None)}
    return tuple(issues.values())


@pytest.fixture(scope="session")
def arrivals(examples: tuple[Issue, ...]) -> tuple[Arrival, ...]:
    """The examples with scores that never change."""
    scores = fixed_model().scorer.score([normalize(issue) for issue in examples])
    pairs = zip(examples, scores, strict=True)
    return tuple(Arrival(issue, "open", score) for issue, score in pairs)


@pytest.fixture
def fill(arrivals: tuple[Arrival, ...]) -> Callable[[Engine], None]:
    """Bring the examples into a database."""

    def bring(engine: Engine) -> None:
        with session(engine) as opened:
            upsert(opened, arrivals, model_id=fixed_model().model_id, now=NOW)

    return bring


@pytest.fixture
def filled(engine: Engine, fill: Callable[[Engine], None]) -> Engine:
    """A database with the examples, each scored."""
    fill(engine)
    return engine


@pytest.fixture
def make_client(fill: Callable[[Engine], None]) -> Iterator[Callable[..., TestClient]]:
    """Start the application over a database, with the examples in it and the fixed model."""
    opened: list[TestClient] = []

    def start(database_url: str, **settings: Any) -> TestClient:  # noqa: ANN401 - any of them
        known = Settings(database_url=database_url, **settings)
        app = create_app(known, scoring=ScoringService(fixed_model))
        fill(app.state.engine)
        client = TestClient(app, base_url=BASE_URL, follow_redirects=False)
        opened.append(client)
        client.__enter__()  # the application begins
        return client

    yield start
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: Callable[..., TestClient], sqlite_url: str) -> TestClient:
    """The application over a SQLite database with the examples."""
    return make_client(sqlite_url)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Run `silentrank serve` with given arguments, by default over a new SQLite database."""
    running: list[Served] = []

    def start(*arguments: str, database: str = "") -> Served:
        served = serving(
            *arguments,
            database=database or str(tmp_path / "triage.db"),
            log=tmp_path / f"log-{len(running)}",
        )
        running.append(served)
        return served

    yield start
    for served in running:
        served.kill()


@pytest.fixture
def server(serve: Callable[..., Served], examples: tuple[Issue, ...]) -> Served:
    """`silentrank serve` with the examples, all of them scored by the released model."""
    served = serve(str(EXAMPLES))
    served.wait_until_filled(len(examples))
    return served
