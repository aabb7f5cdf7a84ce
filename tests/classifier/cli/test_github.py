"""``rank`` and ``score`` of what is at GitHub."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from classifier.cli.interrupts import interrupts
from classifier.types import Issue, IssueKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.classifier.cli.conftest import Run
    from tests.fake_github import FakeGitHub
    from tests.fake_github.repository import Repository

SILENTRANK = [sys.executable, "-c", "from classifier.cli import main; main()"]
SECONDS_TO_START = 60  # of a busy machine


@pytest.fixture(autouse=True)
def ctrl_c_as_in_a_terminal() -> "Iterator[None]":
    """Shells start what runs in the background with Ctrl-C ignored, and children inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def demo(asked_github: "FakeGitHub") -> "Repository":
    """Three issues, the likeliest in the middle, and a pull request."""
    demo = asked_github.add_repository("octo/demo")
    for title in ("crash with a segmentation fault", "metric is wrong, no error", "how to install"):
        demo.add_issue(title, f"It says: {title}")
    demo.add_issue("a change", is_pull_request=True)
    return demo


@pytest.mark.parametrize("has_token", [False, True])
def test_a_second_run_makes_only_conditional_requests_answered_with_304(
    demo: "Repository",
    asked_github: "FakeGitHub",
    run: "Run",
    model_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_token: bool,
) -> None:
    if has_token:
        monkeypatch.setenv("GITHUB_TOKEN", asked_github.token_user("alice"))
    first = run("rank", "github:octo/demo", "--model", model_directory)

    assert first.exit_code == 0
    assert "metric is wrong" in first.output.splitlines()[1]
    assert first.output.splitlines()[-1].strip() == "3 issues of octo/demo, by lessons"
    assert first.errors == "rows left out: 1 no issue, such as a pull request\n"
    assert [request.status for request in asked_github.requests] == [200, 200]
    assert demo.issues

    asked_github.requests.clear()
    second = run("rank", "github:octo/demo", "--model", model_directory)

    assert second == first
    assert [request.status for request in asked_github.requests] == [304, 304]
    assert all(request.is_conditional for request in asked_github.requests)


def test_a_query_narrows_the_ranking_down(
    demo: "Repository", run: "Run", model_directory: Path
) -> None:
    demo.label(demo.issues[3], "bug", by="bob")
    source = "github:octo/demo?state=open&labels=bug"

    outcome = run("rank", source, "--model", model_directory, "--format", "jsonl")

    assert [json.loads(line)["number"] for line in outcome.output.splitlines()] == [3]


def test_an_issue_is_scored_by_its_address(
    demo: "Repository", run: "Run", model_directory: Path
) -> None:
    address = "https://github.com/octo/demo/issues/2"
    outcome = run("score", address, "--model", model_directory, "--explain")

    row = json.loads(outcome.output)
    assert (row["repo"], row["number"], row["url"]) == ("octo/demo", 2, address)
    assert row["title"] == demo.issues[2].title
    assert row["evidence"]
    assert outcome.errors == ""


def test_a_transferred_issue_is_scored_where_it_is_now(
    demo: "Repository", run: "Run", model_directory: Path
) -> None:
    demo.transfer(demo.issues[2], "octo/other")
    outcome = run("score", "https://github.com/octo/demo/issues/2", "--model", model_directory)

    assert json.loads(outcome.output)["repo"] == "octo/other"
    assert outcome.errors == "octo/demo#2 is octo/other#1 now\n"


def test_as_filed_scores_what_was_known_at_first(
    demo: "Repository",
    asked_github: "FakeGitHub",
    run: "Run",
    model_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", asked_github.token_user("alice"))
    demo.edit(demo.issues[3], title="silently wrong", body="It is silently wrong")
    fixed = ("--model", model_directory, "--format", "jsonl")

    now = run("rank", "github:octo/demo", *fixed).output.splitlines()
    then = run("rank", "github:octo/demo?state=all", "--as-filed", *fixed).output.splitlines()

    assert json.loads(now[0])["number"] == 3
    assert json.loads(then[0])["number"] == 2
    assert "how to install" in then[1] + then[2]
    address = "https://github.com/octo/demo/issues/3"
    scored = run("score", address, "--as-filed", "--model", model_directory)
    assert json.loads(scored.output)["title"] == "how to install"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rank", "issues.jsonl", "--as-filed"], "needs a source github:OWNER/NAME"),
        (["score", "--title", "a", "--as-filed"], "needs an issue's address"),
        (["score", "https://github.com/a/b/issues/1", "--title", "a"], "takes the place of"),
        (["score", "https://github.com/a/b/issues/1", "--body-file", "a"], "takes the place of"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    arguments: list[str], message: str, run: "Run"
) -> None:
    outcome = run(*arguments)

    assert outcome.exit_code == 2
    assert message in outcome.errors


def test_errors_say_what_to_do_and_hide_the_token(
    demo: "Repository",
    asked_github: "FakeGitHub",
    run: "Run",
    model_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = asked_github.token_user("alice")
    monkeypatch.setenv("GITHUB_TOKEN", token)
    asked_github.fail_next(403, body=json.dumps({"message": f"\x1b[31mno {token}\n\n::error::"}))

    outcome = run("rank", "github:octo/demo", "--model", model_directory)

    assert demo.issues
    assert outcome.exit_code == 1
    assert outcome.output == ""
    assert outcome.errors.startswith(
        "error: GitHub forbids octo/demo: \ufffd[31mno *** ::error::\n"
    )
    assert outcome.errors.count("\n") == 2
    assert "hint: The token may lack a permission." in outcome.errors


def test_the_limit_without_a_token_says_what_one_would_bring(
    demo: "Repository", asked_github: "FakeGitHub", run: "Run", model_directory: Path
) -> None:
    asked_github.limit(remaining=1, reset_in_seconds=1800)

    outcome = run("rank", "github:octo/demo", "--model", model_directory)

    assert demo.issues
    assert outcome.exit_code == 1
    assert "error: GitHub's limit of 60 requests without a token is used up" in outcome.errors
    assert "A token brings 5,000 requests an hour" in outcome.errors


def started(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*SILENTRANK, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for_page(github: "FakeGitHub", page: int) -> None:
    """Wait until a page of the list was asked for."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not any(request.query.get("page") == str(page) for request in github.requests):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_ctrl_c_ranks_what_was_read_and_the_same_command_goes_on(
    asked_github: "FakeGitHub", model_directory: Path
) -> None:
    demo = asked_github.add_repository("octo/demo")
    for number in range(500):
        demo.add_issue(f"number {number} is wrong")
    path = f"/repositories/{demo.id}/issues"
    asked_github.slow_next(0, path=path)
    asked_github.slow_next(30, path=path)  # page 3
    command = ("rank", "github:octo/demo", "--model", str(model_directory), "--format", "jsonl")

    with started(*command) as process:
        wait_for_page(asked_github, 3)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=SECONDS_TO_START)

    assert process.returncode == 130
    assert len(output.splitlines()) == 200
    assert "interrupted: ranked is what was read until then" in errors
    assert "Traceback" not in errors

    asked_github.requests.clear()
    with started(*command) as process:
        output, errors = process.communicate(timeout=SECONDS_TO_START)

    assert process.returncode == 0
    assert len(output.splitlines()) == 500
    assert "octo/demo: goes on with what was cut off" in errors
    assert [request.query.get("page") for request in asked_github.requests] == ["3", "4", "5"]


def issues_and_ctrl_c(when: int) -> "Iterator[Issue]":
    for number in range(5):
        if number == when:
            os.kill(os.getpid(), signal.SIGINT)
        yield Issue(IssueKey("octo/demo", number), "title")


def test_ctrl_c_while_reading_ends_the_reading() -> None:
    with interrupts() as heard:
        numbers = [issue.key.number for issue in heard.until_asked(issues_and_ctrl_c(3))]

    assert numbers == [0, 1, 2]
    assert heard.is_asked


def test_ctrl_c_while_scoring_ends_the_reading() -> None:
    numbers = []
    with interrupts() as heard:
        for issue in heard.until_asked(issues_and_ctrl_c(99)):
            numbers.append(issue.key.number)
            if issue.key.number == 1:
                os.kill(os.getpid(), signal.SIGINT)

    assert numbers == [0, 1]
    assert heard.is_asked


def test_a_second_ctrl_c_ends_the_program() -> None:
    with interrupts() as heard:
        list(heard.until_asked(issues_and_ctrl_c(3)))
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_ctrl_c_nothing_changes() -> None:
    with interrupts() as heard:
        assert len(list(heard.until_asked(issues_and_ctrl_c(99)))) == 5

    assert not heard.is_asked
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
