"""Clients of the fake GitHub."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from classifier.github.client import Client, connect
from tests.fake_github import FakeGitHub

Connect = Callable[..., Client]


@pytest.fixture
def connected(
    asked_github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connect]:
    """Make clients that keep answers, and lose no time between tries."""
    monkeypatch.setattr("classifier.github.retries.BACKOFF_SECONDS", 0)
    with ExitStack() as opened:

        def build(token: str | None = None, **options: object) -> Client:
            given = {"cache": tmp_path / "cache", "token": token, **options}
            return opened.enter_context(connect(**given))  # type: ignore[arg-type]

        yield build
    assert asked_github.url
