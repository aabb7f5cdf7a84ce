"""A bare client of the fake GitHub: what goes over the wire, and nothing on top."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.fake_github import FakeGitHub
from tests.fake_github.repository import Repository

Client = Callable[..., requests.Response]
TIMEOUT_SECONDS = 20


@pytest.fixture
def demo(fake_github: FakeGitHub) -> Repository:
    """An empty repository."""
    return fake_github.add_repository("octo/demo")


@pytest.fixture
def client_of(fake_github: FakeGitHub) -> Iterator[Callable[..., Client]]:
    """Make functions ``ask(method, path, json=…)``, each with a connection and a token or none."""
    with ExitStack() as opened:

        def build(token: str | None = None) -> Client:
            session = opened.enter_context(requests.Session())
            session.trust_env = False  # no proxy, no netrc
            if token:
                session.headers["Authorization"] = f"Bearer {token}"

            def ask(method: str, path: str, **options: object) -> requests.Response:
                url = path if path.startswith("http") else fake_github.url + path
                return session.request(method, url, timeout=TIMEOUT_SECONDS, **options)  # type: ignore[arg-type]

            return ask

        yield build


@pytest.fixture
def ask(client_of: Callable[..., Client]) -> Client:
    """Ask without a token."""
    return client_of()


@pytest.fixture
def bot(fake_github: FakeGitHub, client_of: Callable[..., Client]) -> Client:
    """Ask as a workflow does, with ``issues: write``."""
    return client_of(fake_github.token_user("github-actions[bot]"))


@pytest.fixture
def alice(fake_github: FakeGitHub, client_of: Callable[..., Client]) -> Client:
    """Ask as a person."""
    return client_of(fake_github.token_user("alice"))
