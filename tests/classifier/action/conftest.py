"""Running the Action in this process, against a GitHub on loopback, with a model of a few words."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from classifier.action.run import run_action
from tests.action.runner import Outcome, commands_in, read_outputs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

BOT = "github-actions[bot]"
SILENT = "The loss is wrong, wrong, wrong"  # nine to one, says the model
SAVED = "saveload saveload: it is wrong, wrong, wrong"
LOUD = "It will crash, crash, crash"

Json = dict[str, Any]


class Act(Protocol):
    """Run the Action once; inputs are named as Python names are."""

    def __call__(
        self,
        payload: Json,
        event: str = "issues",
        *,
        token: str | None = None,
        attempt: str = "1",
        **inputs: str,
    ) -> Outcome: ...


@pytest.fixture
def repository(asked_github: FakeGitHub) -> Repository:
    """A repository where nothing has happened yet."""
    return asked_github.add_repository("octo/demo")


@pytest.fixture
def issue(repository: Repository) -> Issue:
    """An issue that reads like a silent bug."""
    return repository.add_issue(SILENT, "No error is shown.", author="alice")


@pytest.fixture
def act(asked_github: FakeGitHub, aspect_directory: Path, tmp_path: Path) -> Act:
    """Run the Action as the workflow's bot, unless another token is given."""
    bot = asked_github.token_user(BOT)
    runs = iter(range(1000))

    def build(
        payload: Json,
        event: str = "issues",
        *,
        token: str | None = None,
        attempt: str = "1",
        **inputs: str,
    ) -> Outcome:
        folder = tmp_path / f"run-{next(runs)}"
        folder.mkdir()
        path = folder / "event.json"
        path.write_text(json.dumps(payload))
        given = {"threshold": "0.6", "model": str(aspect_directory), **inputs}
        environment = {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": "octo/demo",
            "GITHUB_RUN_ATTEMPT": attempt,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_WORKSPACE": str(tmp_path),
            "GITHUB_OUTPUT": str(folder / "outputs"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "INPUT_TOKEN": bot if token is None else token,
            "INPUT_IS_WORKFLOW_TOKEN": str(token is None).lower(),
            **{f"INPUT_{name.upper()}": value for name, value in given.items()},
        }
        log = io.StringIO()
        exit_code = run_action(environment, log=log)
        return Outcome(
            exit_code=exit_code,
            log=log.getvalue(),
            commands=tuple(commands_in(log.getvalue().splitlines())),
            outputs=read_outputs((folder / "outputs").read_text(encoding="utf-8")),
            summary=(folder / "summary").read_text(encoding="utf-8"),
        )

    return build


def writes(github: FakeGitHub) -> list[str]:
    """What was written so far: method and what of the path tells about it."""
    return [
        f"{request.method} {request.path.removeprefix('/repos/octo/demo/')}"
        for request in github.requests
        if request.method != "GET" and request.path != "/graphql"
    ]
