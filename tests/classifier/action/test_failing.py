"""Failure is visible: in the summary, with what to do, and never as a comment."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier.action.problems import problem_of
from classifier.action.run import run_action
from classifier.errors import GitHubError
from tests.action.events import manual_event, scheduled_event
from tests.action.runner import commands_in
from tests.classifier.action.conftest import BOT, SILENT, Act, writes
from tests.fake_github.webhooks import issue_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.action.runner import Outcome
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

COMMENTS = "/repos/octo/demo/issues/1/comments"


def cut_off(github: FakeGitHub) -> None:
    github.truncate_next(times=9)


def limited(github: FakeGitHub) -> None:
    github.limit(remaining=0)


def hurried(github: FakeGitHub) -> None:
    github.secondary_limit(retry_after_seconds=900, times=9)


def forbidden(github: FakeGitHub) -> None:
    body = '{"message": "Resource not accessible by integration"}'
    github.fail_next(403, times=9, body=body)


def broken(github: FakeGitHub) -> None:
    github.fail_next(502, times=9)


def gone(github: FakeGitHub) -> None:
    github.fail_next(404, times=9, body='{"message": "Not Found"}')


FAULTS = [
    (limited, "is used up", "run the workflow again later"),
    (hurried, "too many requests", "run the workflow again later"),
    (forbidden, "Resource not accessible by integration", "permissions: issues: write"),
    (broken, "502", "run the workflow again later"),
    (cut_off, "broken", "run the workflow again later"),
    (gone, "GitHub knows no octo/demo", "The token does not see the repository"),
]


def plain(summary: str) -> str:
    return summary.replace("&#8203;", "").replace("\\", "")


@pytest.mark.parametrize(("fault", "happened", "advice"), FAULTS)
def test_an_automatic_run_ends_green_with_a_warning_and_says_what_to_do(  # noqa: PLR0917 - fixtures
    act: Act,
    asked_github: FakeGitHub,
    issue: Issue,
    fault: Callable[[FakeGitHub], None],
    happened: str,
    advice: str,
) -> None:
    fault(asked_github)

    outcome = act(issue_event(issue, "opened", by="alice"), mode="comment")

    assert outcome.exit_code == 0
    (command,) = outcome.commands
    assert command.name == "warning"
    assert happened in command.data
    assert happened in plain(outcome.summary)
    assert advice in plain(outcome.summary)
    assert "| 1 | 88.9% |" in outcome.summary
    assert outcome.outputs["decision"] == "likely"
    assert issue.comments == []


@pytest.mark.parametrize(("fault", "happened"), [fault[:2] for fault in FAULTS[:-1]])
def test_a_manual_run_ends_red(
    act: Act,
    asked_github: FakeGitHub,
    repository: Repository,
    fault: Callable[[FakeGitHub], None],
    happened: str,
) -> None:
    repository.add_issue(SILENT)
    fault(asked_github)

    outcome = act(manual_event(repository), "workflow_dispatch", issues="1", mode="comment")

    assert outcome.exit_code == 1
    assert [command.name for command in outcome.commands] == ["error"]
    assert happened in plain(outcome.summary)
    assert writes(asked_github) == []


def test_a_token_that_may_only_read_is_told_which_permission_it_lacks(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    token = asked_github.token_user(BOT, issues="read")

    outcome = act(
        issue_event(issue, "opened", by="alice"),
        mode="comment",
        token=token,
        is_workflow_token="true",  # noqa: S106 - no password
    )

    assert "permissions: issues: write" in plain(outcome.summary)
    assert outcome.exit_code == 0


def test_a_repository_named_after_a_limit_gets_the_advice_that_all_get() -> None:
    said = "GitHub forbids octo/rate-limit/1: Resource not accessible by integration"

    assert "issues: write" in problem_of(GitHubError(said, status=403)).hint


def test_an_issue_that_is_gone_meanwhile_is_no_reason_to_try_again(
    act: Act, repository: Repository, issue: Issue
) -> None:
    payload = issue_event(issue, "opened", by="alice")
    repository.delete(issue)

    outcome = act(payload, mode="comment")

    assert "the issue was deleted or moved meanwhile" in plain(outcome.summary)
    assert outcome.exit_code == 0


@pytest.mark.parametrize(
    ("change", "happened"),
    [
        ({"title": ""}, "title is empty"),
        ({"title": None}, "title is missing"),
        ({"title": 7}, "title is not text"),
        ({"body": ["a"]}, "body is not text"),
        ({"pull_request": {"url": "https://api.github.com/x"}}, "about a pull request"),
    ],
)
def test_an_issue_that_cannot_be_scored_is_told_of(
    act: Act, issue: Issue, change: dict[str, Any], happened: str
) -> None:
    payload = issue_event(issue, "opened", by="alice")
    payload["issue"] = payload["issue"] | change

    outcome = act(payload, mode="comment")

    assert happened in plain(outcome.summary)
    assert (outcome.exit_code, outcome.outputs["decision"]) == (0, "failed")
    assert [command.name for command in outcome.commands] == ["warning"]
    assert issue.comments == []


@pytest.mark.parametrize(
    ("given", "happened"),
    [
        ({"threshold": "much"}, "Input threshold: 'much' is no probability"),
        ({"model": "nothing-like-it"}, "No model or directory 'nothing-like-it'"),
        ({"threshold": "", "profile": "absent.json"}, "Cannot read"),
        ({"mode": "shout"}, "Input mode: 'shout' is unknown"),
        ({"token": "", "mode": "comment"}, "Input token: it is empty"),
        ({"result": "{}"}, "Input result: it is no result"),
    ],
)
def test_an_input_that_makes_no_sense_is_named(
    act: Act, issue: Issue, given: dict[str, str], happened: str
) -> None:
    outcome = act(issue_event(issue, "opened", by="alice"), **given)

    assert happened in plain(outcome.summary)
    assert outcome.exit_code == 0
    assert issue.comments == []


@pytest.mark.parametrize("event", ["issue_comment", "pull_request_target", "push", ""])
def test_other_events_are_told_which_are_known(act: Act, issue: Issue, event: str) -> None:
    outcome = act(issue_event(issue, "opened", by="alice"), event)

    assert f"The event '{event}' is none that the Action knows" in plain(outcome.summary)


def test_other_things_that_happen_to_issues_are_told_of(act: Act, issue: Issue) -> None:
    outcome = act(issue_event(issue, "closed", by="alice"))

    assert "an issue that was 'closed'" in plain(outcome.summary)


def test_a_fault_of_our_own_is_told_without_the_text_that_it_may_quote(
    act: Act, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("::error::the issue's text")

    monkeypatch.setattr("classifier.action.judging.rank_issues", fails)

    outcome = act(issue_event(issue, "opened", by="alice"))

    assert "ZeroDivisionError" in outcome.summary
    assert "issue's text" not in outcome.summary.replace("without the issue's text", "")
    assert [command.name for command in outcome.commands] == ["warning"]
    assert "ZeroDivisionError" in outcome.log


@pytest.mark.parametrize("name", ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"])
@pytest.mark.parametrize(
    ("event", "level", "exit_code"),
    [("schedule", "warning", 0), ("workflow_dispatch", "error", 1)],
)
def test_what_cannot_be_written_is_told_beside_the_run(
    tmp_path: Path, name: str, event: str, level: str, exit_code: int
) -> None:
    files = {file: str(tmp_path / file) for file in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    (tmp_path / name).mkdir()
    log = io.StringIO()

    code = run_action({"GITHUB_EVENT_NAME": event, "INPUT_MODE": "shout", **files}, log=log)

    found = list(commands_in(log.getvalue().splitlines()))
    assert code == exit_code
    assert [command.name for command in found] == [level, level]
    assert "Cannot write" in found[1].data
    other = next(Path(path) for file, path in files.items() if file != name)
    assert other.stat().st_size > 0


def test_a_digest_that_cannot_be_kept_still_shows_the_ranking(
    act: Act, asked_github: FakeGitHub, repository: Repository
) -> None:
    asked_github.clock.advance(days=1)
    repository.add_issue(SILENT, created_at=datetime.now(UTC))
    asked_github.fail_next(403, method="POST", body='{"message": "no"}')

    outcome = act(scheduled_event(), "schedule", tracking_issue="true")

    assert "| 1 | 88.9% |" in outcome.summary
    assert [command.name for command in outcome.commands] == ["warning"]


def test_no_outcome_shows_the_token(act: Act, asked_github: FakeGitHub, issue: Issue) -> None:
    token = asked_github.token_user("octo")
    asked_github.fail_next(401, times=9, body=f'{{"message": "Bad credentials {token}"}}')

    outcome: Outcome = act(issue_event(issue, "opened", by="alice"), mode="comment", token=token)

    shown = f"{outcome.summary}{outcome.log}{outcome.commands}{outcome.outputs}"
    assert "Bad credentials" in shown
    assert token not in shown
