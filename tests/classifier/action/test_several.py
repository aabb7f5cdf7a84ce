"""Issues by number, the week's issues, and a judgement handed from one job to another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from classifier.traces import signed
from tests.action.events import manual_event, scheduled_event
from tests.classifier.action.conftest import BOT, LOUD, SILENT, Act, writes
from tests.classifier.action.profiles import write_profile_of
from tests.fake_github.webhooks import issue_event

if TYPE_CHECKING:
    from pathlib import Path

    from tests.action.runner import Outcome
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

TITLE = "Possible silent bugs of the week"


def rows(summary: str) -> list[str]:
    """Numbers of the ranked issues, in order."""
    return [line.split("`")[1] for line in summary.splitlines() if line.startswith("| ")][2:] or []


@pytest.fixture
def several(repository: Repository) -> list[Issue]:
    """Four issues: loud, silent, a pull request, silent but a bot's."""
    return [
        repository.add_issue(LOUD),
        repository.add_issue(SILENT),
        repository.add_issue(SILENT, is_pull_request=True),
        repository.add_issue(SILENT, author="dependabot[bot]"),
    ]


@pytest.mark.usefixtures("several")
def test_issues_by_number_are_ranked_and_the_likely_ones_commented_on(
    act: Act, asked_github: FakeGitHub, repository: Repository
) -> None:
    outcome = act(manual_event(repository), "workflow_dispatch", issues="1-4, 9", mode="comment")

    ranked = [line for line in outcome.summary.splitlines() if line.startswith(("| 1 ", "| 2 "))]
    assert ["`2`" in ranked[0], "`1`" in ranked[1], len(ranked)] == [True, True, 2]
    assert writes(asked_github) == ["POST issues/2/reactions", "POST issues/2/comments"]
    assert outcome.exit_code == 0
    assert "`3` is no issue of this repository" in outcome.summary
    assert "`9` is no issue of this repository" in outcome.summary
    assert "Issue `4` was not scored: it was opened by a bot" in outcome.summary
    assert (outcome.outputs["issue"], outcome.outputs["decision"]) == ("2", "likely")
    assert outcome.outputs["result"] == ""


@pytest.mark.usefixtures("several")
def test_in_a_comment_that_a_manual_run_posts_reasons_are_given(
    act: Act, repository: Repository
) -> None:
    act(manual_event(repository), "workflow_dispatch", issues="2", mode="comment")

    assert f"“`{SILENT}`”" in repository.issues[2].comments[0].body


def test_what_was_moved_or_deleted_is_no_issue_of_this_repository(
    act: Act, repository: Repository, several: list[Issue]
) -> None:
    repository.transfer(several[0], "octo/other")
    repository.delete(several[1])

    outcome = act(manual_event(repository), "workflow_dispatch", issues="1-2", mode="comment")

    assert "`1` is no issue" in outcome.summary
    assert "`2` is no issue" in outcome.summary
    assert "No issue was scored" in outcome.summary


@pytest.mark.usefixtures("several")
def test_the_first_refusal_ends_a_manual_run(
    act: Act, asked_github: FakeGitHub, repository: Repository
) -> None:
    repository.add_issue(SILENT)
    token = asked_github.token_user(BOT, issues="read")

    outcome = act(
        manual_event(repository),
        "workflow_dispatch",
        issues="1-5",
        mode="comment",
        token=token,
        is_workflow_token="true",  # noqa: S106 - no password
    )

    assert outcome.exit_code == 1
    assert len([request for request in asked_github.requests if request.status == 403]) == 1


class TestWeek:
    """The digest of ``schedule``."""

    @pytest.fixture(autouse=True)
    def _week(self, asked_github: FakeGitHub, repository: Repository) -> None:
        today = datetime.now(UTC)
        asked_github.clock.set(today)
        for days, title in ((9, f"{SILENT} wrong"), (6, LOUD), (1, SILENT)):
            repository.add_issue(title, created_at=today - timedelta(days=days))
        repository.add_issue(SILENT, is_pull_request=True)

    def digest(self, act: Act, **inputs: str) -> Outcome:
        return act(scheduled_event(), "schedule", **inputs)

    def test_the_weeks_issues_are_ranked_in_the_summary_alone(
        self, act: Act, asked_github: FakeGitHub
    ) -> None:
        outcome = self.digest(act, mode="comment,label")

        assert [number in outcome.summary for number in ("`1`", "`2`", "`3`")] == [
            False,
            True,
            True,
        ]
        assert outcome.summary.index("`3`") < outcome.summary.index("`2`")
        assert writes(asked_github) == []

    def test_a_manual_run_without_issues_ranks_the_week_too(
        self, act: Act, repository: Repository
    ) -> None:
        outcome = act(manual_event(repository), "workflow_dispatch")

        assert "| 1 | 88.9% |" in outcome.summary
        assert outcome.exit_code == 0

    def test_one_tracking_issue_is_opened_and_then_edited(
        self, act: Act, asked_github: FakeGitHub, repository: Repository
    ) -> None:
        self.digest(act, tracking_issue="true")
        tracking = repository.issues[5]
        first = tracking.body
        repository.add_issue(f"{SILENT}, wrong", created_at=datetime.now(UTC))
        self.digest(act, tracking_issue="true")
        second = tracking.body
        before = len(writes(asked_github))
        unchanged = self.digest(act, tracking_issue="true")

        assert (tracking.title, tracking.author.login) == (TITLE, BOT)
        assert repository.pinned == [tracking]
        assert tracking.comments == []
        assert "https://redirect.github.com/octo/demo/issues/3" in str(first)
        assert "issues/6" not in str(first)
        assert "issues/6" in str(second)
        assert len(repository.issues) == 6
        assert writes(asked_github)[-1] == "PATCH issues/5"
        assert len(writes(asked_github)) == before
        assert "tracking issue unchanged (it says the same)" in unchanged.summary

    def test_a_tracking_issue_that_was_closed_stays_as_it_is(
        self, act: Act, asked_github: FakeGitHub, repository: Repository
    ) -> None:
        self.digest(act, tracking_issue="true")
        repository.close(repository.issues[5], by="bob")
        repository.add_issue(SILENT, created_at=datetime.now(UTC))
        before = writes(asked_github)

        outcome = self.digest(act, tracking_issue="true")

        assert writes(asked_github) == before
        assert "open it again to have it go on" in outcome.summary

    def test_an_issue_that_cannot_be_read_costs_the_others_nothing(
        self, act: Act, repository: Repository
    ) -> None:
        repository.add_issue("\x1c", created_at=datetime.now(UTC))

        outcome = self.digest(act, tracking_issue="true")

        assert "| 1 | 88.9% |" in outcome.summary
        assert repository.issues[6].title == TITLE
        assert [command.name for command in outcome.commands] == ["warning"]
        assert "Issue 5 cannot be scored: title is empty" in outcome.commands[0].data

    def test_a_pull_request_with_our_mark_is_no_tracking_issue(
        self, act: Act, repository: Repository
    ) -> None:
        body = signed("It quotes what somebody wrote.", kind="digest")
        forged = repository.add_issue(LOUD, body, author=BOT, is_pull_request=True)

        self.digest(act, tracking_issue="true")

        assert forged.body == body
        assert repository.issues[6].title == TITLE

    def test_somebody_elses_issue_with_our_mark_is_not_edited(
        self, act: Act, repository: Repository
    ) -> None:
        self.digest(act, tracking_issue="true")
        forged = repository.issues.pop(5)
        forged.author = repository.store.user("mallory")
        repository.issues[5] = forged
        body = forged.body
        repository.add_issue(SILENT, created_at=datetime.now(UTC))

        self.digest(act, tracking_issue="true")

        assert forged.body == body
        assert repository.issues[7].title == TITLE

    def test_where_no_more_can_be_pinned_the_tracking_issue_is_opened_all_the_same(
        self, act: Act, repository: Repository
    ) -> None:
        repository.pinned += [repository.add_issue(LOUD) for _ in range(3)]

        outcome = self.digest(act, tracking_issue="true")

        assert repository.issues[8].title == TITLE
        assert "it could not be pinned; pin it by hand" in outcome.summary
        assert outcome.commands == ()

    def test_a_dry_run_opens_nothing(self, act: Act, asked_github: FakeGitHub) -> None:
        outcome = self.digest(act, tracking_issue="true", dry_run="true")

        assert writes(asked_github) == []
        assert "tracking issue would have been posted" in outcome.summary


def test_a_job_that_may_write_posts_what_another_found_without_a_model_of_its_own(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    payload = issue_event(issue, "opened", by="alice")
    scored = act(payload, token="")
    before = list(asked_github.requests)

    posted = act(payload, mode="comment", result=scored.outputs["result"], model="no-such-model")

    assert before == []
    assert "**89 %**" in issue.comments[0].body
    assert posted.outputs["probability"] == scored.outputs["probability"]


def test_a_result_of_another_issue_is_refused(
    act: Act, repository: Repository, issue: Issue
) -> None:
    other = repository.add_issue(SILENT)
    scored = act(issue_event(other, "opened", by="alice"))

    outcome = act(
        issue_event(issue, "opened", by="alice"), mode="comment", result=scored.outputs["result"]
    )

    assert issue.comments == []
    assert "it is about another issue" in outcome.summary


def test_an_issue_is_held_against_a_profile(
    act: Act, repository: Repository, tmp_path: Path
) -> None:
    write_profile_of(tmp_path / "profile.json", threshold=0.95)
    issue = repository.add_issue(SILENT)

    outcome = act(issue_event(issue, "opened", by="alice"), threshold="", profile="profile.json")

    assert outcome.outputs["decision"] == "unlikely"
    assert outcome.outputs["rank-percentile"] == "88.9"
    assert "The profile is of" not in outcome.summary


def test_a_profile_of_another_repository_is_pointed_out(
    act: Act, issue: Issue, tmp_path: Path
) -> None:
    write_profile_of(tmp_path / "profile.json", threshold=0.5, repository="octo/`other`")

    outcome = act(issue_event(issue, "opened", by="alice"), threshold="", profile="profile.json")

    assert "The profile is of `` octo/`other` ``, not of here." in outcome.summary
