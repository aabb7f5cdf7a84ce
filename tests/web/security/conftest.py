"""The real application, with a route of the tests' own that signs in and shows a form's token."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Form, Request
from fastapi.testclient import TestClient

from classifier.web.app import create_app
from classifier.web.deps import Db
from classifier.web.security.sessions import csrf_token, sign_in, sign_out
from classifier.web.security.tokens import hash_of, new_token
from classifier.web.settings import Settings
from classifier.web.store.engine import migrate, open_engine, session
from classifier.web.store.reviewers import find_or_add, give_token

MakeApp = Callable[..., FastAPI]
HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables: making them takes longer than a test."""
    path = tmp_path_factory.mktemp("empty") / "page.db"
    opened = open_engine(str(path))
    migrate(opened)
    opened.dispose()
    return path


@pytest.fixture
def make_app(tmp_path: Path, empty_database: Path) -> Iterator[MakeApp]:
    """Make applications that share a database; nothing runs in their background."""
    shutil.copy(empty_database, tmp_path / "page.db")
    made: list[FastAPI] = []

    def make(**settings: Any) -> FastAPI:  # noqa: ANN401 - any of them
        app = create_app(Settings(database_url=str(tmp_path / "page.db"), **settings))
        _add_probe(app)
        made.append(app)
        return app

    yield make
    for app in made:
        app.state.engine.dispose()


@pytest.fixture
def app(make_app: MakeApp) -> FastAPI:
    return make_app()


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    """Somebody's browser on the machine that serves."""
    return TestClient(app, base_url=HERE)


@pytest.fixture
def token(make_app: MakeApp) -> str:
    """The token of the reviewer Ada."""
    made = new_token()
    with session(make_app().state.engine) as db:
        give_token(db, "Ada", hash_of(made), now=datetime.now(UTC))
    return made


def _add_probe(app: FastAPI) -> None:
    def show(request: Request) -> dict[str, str]:
        who = request.scope["state"]["reviewer"]
        return {"csrf_token": csrf_token(request), "reviewer": who.name if who else ""}

    def enter(
        request: Request,
        db: Db,
        name: Annotated[str, Form()],
        *,
        with_token: Annotated[bool, Form()] = False,
    ) -> None:
        sign_in(request, find_or_add(db, name, now=datetime.now(UTC)), with_token=with_token)

    def leave(request: Request, db: Db) -> None:
        sign_out(request, db)

    def fail() -> None:
        raise RuntimeError("the title of an issue")

    app.add_api_route("/probe", show)
    app.add_api_route("/probe", enter, methods=["POST"])
    app.add_api_route("/probe/leave", leave, methods=["POST"])
    app.add_api_route("/probe/fail", fail)
