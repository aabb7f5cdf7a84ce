"""A webhook, and a GitHub that tells it of an issue."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from tests.fake_github import FakeGitHub
from tests.fake_github.entities import Issue
from tests.fake_github.repository import Repository
from tests.web.api.hooking import REPO, SECRET, Deliver, signature


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """SQLite, or what the test asks for."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
def hooked(make_client: Callable[..., TestClient], database: str) -> TestClient:
    """The application with a webhook's secret."""
    return make_client(database, webhook_secret=SECRET)


@pytest.fixture
def deliver(hooked: TestClient) -> Deliver:
    """Deliver an event as GitHub does."""

    def send(
        payload: object, *, event: str = "issues", delivery: str = "", secret: str = SECRET
    ) -> Any:  # noqa: ANN401 - an answer of either client
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = {
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": delivery or str(uuid4()),
            "x-hub-signature-256": signature(body, secret),
        }
        return hooked.post("/webhooks/github", content=body, headers=headers)

    return send


@pytest.fixture
def repository(fake_github: FakeGitHub) -> Repository:
    return fake_github.add_repository(REPO)


@pytest.fixture
def issue(repository: Repository) -> Issue:
    return repository.add_issue("The loss is wrong", "Nothing is raised, it just trains badly.")
