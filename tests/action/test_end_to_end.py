"""`action.yml` from the first step to the last, as GitHub runs it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import yaml

from classifier.artifact import active_model
from classifier.types import Scenario
from tests.action.conftest import BOT, example
from tests.action.events import manual_event
from tests.action.hostile import CORPUS
from tests.action.markdown import assert_inert
from tests.action.runner import ROOT, Outcome, Runner
from tests.fake_github.webhooks import issue_event

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

LIKELY = "0.15"  # what the released model surely gives to the likely issue, and not to a crash
LABEL = "possible silent bug"
MOST_REQUESTS = 4  # when an issue is opened


def writes(github: FakeGitHub) -> list[str]:
    return [
        f"{request.method} {request.path.removeprefix('/repos/octo/demo/issues/')}"
        for request in github.requests
        if request.method != "GET"
    ]


def test_an_issue_is_opened_edited_edited_without_a_change_and_unlabelled(
    runner: Runner, fake_github: FakeGitHub, repository: Repository, issue: Issue, token: str
) -> None:
    def run(action: str) -> Outcome:
        event = issue_event(issue, action, by="alice")
        return runner.run("issues", event, token=token, mode="comment,label", threshold=LIKELY)

    opened = run("opened")

    assert (opened.exit_code, opened.commands) == (0, ())
    assert len(fake_github.requests) <= MOST_REQUESTS
    assert [comment.author.login for comment in issue.comments] == [BOT]
    assert issue.label_names == [LABEL]
    assert opened.outputs["decision"] == "likely"
    assert opened.outputs["comment-id"] == str(issue.comments[0].id)
    assert 0.15 < float(opened.outputs["probability"]) <= 1
    assert 50 < float(opened.outputs["rank-percentile"]) <= 100
    assert opened.outputs["model"] == active_model()
    assert opened.outputs["scenario"] in set(Scenario)
    assert opened.outputs["impact"] in {"1", "2", "3", "4"}
    assert "| 1 |" in opened.summary

    first = issue.comments[0].body
    repository.edit(issue, body="The variance is wrong, and there is no error at all.")
    edited = run("edited")

    assert edited.outputs["comment-id"] == opened.outputs["comment-id"]
    assert issue.comments[0].body != first
    assert "comment updated" in edited.summary

    before = writes(fake_github)
    again = run("edited")

    assert writes(fake_github) == before
    assert "it says the same" in again.summary

    repository.unlabel(issue, LABEL, by="bob")
    repository.edit(issue, body="The variance is wrong, there is no error, it worked before.")
    before = writes(fake_github)
    silent = run("edited")

    assert writes(fake_github) == before
    assert silent.outputs["decision"] == "hands-off"
    assert len(issue.comments) == 1


def test_below_the_threshold_nothing_is_said_and_github_is_not_even_asked(
    runner: Runner, fake_github: FakeGitHub, repository: Repository, token: str
) -> None:
    row = example("Segmentation fault")
    issue = repository.add_issue(row["title"], row["body"])

    outcome = runner.run(
        "issues", issue_event(issue, "opened", by="alice"), token=token, mode="comment,label"
    )

    assert outcome.outputs["decision"] == "unlikely"
    assert fake_github.requests == []
    assert outcome.exit_code == 0


def test_two_runs_at_once_leave_one_comment(runner: Runner, issue: Issue, token: str) -> None:
    event = issue_event(issue, "opened", by="alice")
    runners = [Runner(runner.folder / str(number), runner.api_url) for number in range(2)]

    def run(one: Runner) -> Outcome:
        return one.run("issues", event, token=token, mode="comment", threshold=LIKELY)

    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(run, runners))

    assert len(issue.comments) == 1
    assert [(outcome.exit_code, outcome.commands) for outcome in outcomes] == [(0, ())] * 2


def test_by_default_the_repository_stays_as_it_is(
    runner: Runner, fake_github: FakeGitHub, issue: Issue, token: str
) -> None:
    outcome = runner.run("issues", issue_event(issue, "opened", by="alice"), token=token)

    assert fake_github.requests == []
    assert f"`{issue.number}`" in outcome.summary


def test_a_refusal_is_a_warning_for_an_event_and_an_error_for_a_person(
    runner: Runner, fake_github: FakeGitHub, repository: Repository, issue: Issue
) -> None:
    token = fake_github.token_user(BOT, issues="read")

    automatic = runner.run(
        "issues",
        issue_event(issue, "opened", by="alice"),
        token=token,
        mode="comment",
        threshold=LIKELY,
    )
    manual = runner.run(
        "workflow_dispatch",
        manual_event(repository),
        token=token,
        issues="1",
        mode="comment",
        threshold=LIKELY,
    )

    assert (automatic.exit_code, manual.exit_code) == (0, 1)
    assert [command.name for command in automatic.commands] == ["warning"]
    assert [command.name for command in manual.commands] == ["error"]
    assert "issues: write" in automatic.commands[0].data
    for outcome in (automatic, manual):
        assert "**What to do:**" in outcome.summary
        assert token not in f"{outcome.log}{outcome.summary}{outcome.outputs}"
    assert issue.comments == []


def test_a_job_without_permissions_scores_and_one_without_a_model_posts(
    runner: Runner, fake_github: FakeGitHub, issue: Issue, token: str
) -> None:
    event = issue_event(issue, "opened", by="alice")
    nobody = fake_github.token_user(BOT, issues="read")

    scored = runner.run("issues", event, token=nobody, threshold=LIKELY)
    asked = len(fake_github.requests)
    posted = runner.run(
        "issues", event, token=token, mode="comment", result=scored.outputs["result"], model="none"
    )

    assert asked == 0
    assert posted.outputs["probability"] == scored.outputs["probability"]
    assert len(issue.comments) == 1


def test_what_lies_in_the_workspace_is_not_imported(
    runner: Runner, repository: Repository, token: str
) -> None:
    issue = repository.add_issue("It is wrong")
    place = runner.folder / "run-1" / "workspace" / "classifier"
    place.mkdir(parents=True)
    (place / "__init__.py").write_text("print('::error::owned')")

    outcome = runner.run("issues", issue_event(issue, "opened", by="alice"), token=token)

    assert outcome.exit_code == 0
    assert outcome.commands == ()
    assert outcome.outputs["model"] == active_model()


def test_what_lies_in_the_workspace_installs_nothing(
    runner: Runner, issue: Issue, token: str
) -> None:
    runner.is_cached = False
    workspace = runner.folder / "run-1" / "workspace"
    workspace.mkdir(parents=True)
    for name in ("pip", "venv", "json", "logging"):
        (workspace / f"{name}.py").write_text("print('owned', flush=True)")

    outcome = runner.run("issues", issue_event(issue, "opened", by="alice"), token=token)

    assert "owned" not in outcome.log
    assert "could not be installed" in outcome.summary


def test_hostile_issues_change_nothing_but_what_is_said_of_them(
    runner: Runner, fake_github: FakeGitHub, repository: Repository, token: str
) -> None:
    tried = [hostile for hostile in CORPUS if hostile.kind in {"commands", "shells", "outputs"}]
    for hostile in tried[::4]:
        issue = repository.add_issue(hostile.title, hostile.body)
        event = issue_event(issue, "opened", by="mallory")

        outcome = runner.run("issues", event, token=token, mode="comment,label", threshold="0")

        assert (outcome.exit_code, outcome.commands) == (0, ())
        assert outcome.outputs["decision"] == "likely"
        assert_inert(issue.comments[0].body)
        assert_inert(outcome.summary)
        assert issue.label_names == [LABEL]
    assert not list(runner.folder.rglob("owned"))
    assert len(fake_github.requests) == MOST_REQUESTS * len(tried[::4])


def test_where_packages_cannot_be_installed_it_is_said(
    runner: Runner, repository: Repository, issue: Issue, token: str
) -> None:
    runner.is_cached = False

    outcome = runner.run("issues", issue_event(issue, "opened", by="alice"), token=token)
    manual = runner.run("workflow_dispatch", manual_event(repository), token=token)

    assert (outcome.exit_code, manual.exit_code) == (0, 1)
    assert [command.name for command in outcome.commands] == ["warning"]
    assert [command.name for command in manual.commands] == ["error"]
    assert "could not be installed" in outcome.summary
    assert outcome.outputs["decision"] == ""


def test_a_crash_that_python_cannot_tell_of_is_told(
    runner: Runner, repository: Repository, issue: Issue, token: str
) -> None:
    runner.packages = runner.folder / "damaged"
    python = runner.packages / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nkill -SEGV $$\n")
    python.chmod(0o755)

    outcome = runner.run("issues", issue_event(issue, "opened", by="alice"), token=token)
    manual = runner.run("workflow_dispatch", manual_event(repository), token=token)

    assert (outcome.exit_code, manual.exit_code) == (0, 1)
    assert [command.name for command in outcome.commands] == ["warning"]
    assert [command.name for command in manual.commands] == ["error"]
    assert "ended with exit code 139" in outcome.summary
    assert outcome.outputs["decision"] == "failed"


def test_without_the_cache_nothing_is_taken_from_it(
    runner: Runner, issue: Issue, token: str
) -> None:
    event = issue_event(issue, "opened", by="alice")

    outcome = runner.run("issues", event, token=token, cache="false")

    assert not (runner.folder / "run-1" / "temp" / "silentrank").exists()
    assert "could not be installed" in outcome.summary  # there is no index to install from


def test_the_packages_are_pinned_with_hashes_to_the_versions_that_were_tested() -> None:
    lines = (ROOT / "action" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(
        line.partition(" ")[0].split("==") for line in lines if "==" in line.partition(";")[0]
    )
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
    tested = dict(line.split("==") for line in constraints if "==" in line)

    assert {"onnxruntime", "tokenizers", "numpy", "pygithub"} <= set(pins)
    assert {name: pin for name, pin in pins.items() if tested.get(name, pin) != pin} == {}
    for number, line in enumerate(lines):
        if "==" in line.partition(";")[0]:
            assert "--hash=sha256:" in lines[number + 1], line


def test_no_step_puts_an_expression_into_a_shell() -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]

    assert not [step["name"] for step in steps if "${{" in step.get("run", "")]
