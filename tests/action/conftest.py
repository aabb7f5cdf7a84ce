"""The Action as GitHub runs it: `action.yml`, the released model, a GitHub on loopback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.action.runner import Runner

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

EXAMPLES = Path(__file__).parents[2] / "examples" / "issues.jsonl"
BOT = "github-actions[bot]"


def example(title: str) -> dict[str, Any]:
    """One of the invented issues, by what its title has in it."""
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    return next(row for row in rows if title in row["title"])


@pytest.fixture
def runner(fake_github: FakeGitHub, tmp_path: Path) -> Runner:
    """A machine that GitHub runs workflows on."""
    return Runner(tmp_path, fake_github.url)


@pytest.fixture
def repository(fake_github: FakeGitHub) -> Repository:
    """A repository where nothing has happened yet."""
    return fake_github.add_repository("octo/demo")


@pytest.fixture
def token(fake_github: FakeGitHub) -> str:
    """The token of a job with ``issues: write``."""
    return fake_github.token_user(BOT)


@pytest.fixture
def issue(repository: Repository) -> Issue:
    """An issue that the released model takes for a silent bug, if it takes any for one."""
    row = example("divides by the wrong count")
    return repository.add_issue(row["title"], row["body"], author="alice")
