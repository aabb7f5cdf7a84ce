"""What events change in the queue."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fake_github import FakeGitHub
from tests.fake_github.entities import Issue
from tests.fake_github.repository import Repository
from tests.web.api.hooking import BOTH, Deliver, known, notes


def test_an_opened_issue_joins_the_queue_scored(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, issue: Issue
) -> None:
    answer = deliver(fake_github.event(issue))

    assert (answer.status_code, answer.json()) == (200, {"outcome": "added"})
    [row] = known(hooked, "open")
    assert (row["title"], row["number"]) == ("The loss is wrong", issue.number)
    assert 0.0 < row["probability"] < 1.0


def test_an_edit_is_scored_anew_and_the_same_text_is_not_a_change(
    hooked: TestClient,
    deliver: Deliver,
    fake_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
) -> None:
    deliver(fake_github.event(issue))
    before = known(hooked)[0]
    repository.edit(issue, title="The gradient is wrong")
    changes = {"title": "The loss is wrong"}

    assert deliver(fake_github.event(issue, "edited", changes=changes)).json() == {
        "outcome": "changed"
    }
    after = known(hooked)[0]
    assert after["id"] == before["id"]
    assert after["title"] == "The gradient is wrong"
    assert after["probability"] != before["probability"]


@BOTH
def test_an_edit_can_be_taken_back(
    hooked: TestClient,
    deliver: Deliver,
    fake_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
) -> None:
    deliver(fake_github.event(issue))
    before = known(hooked)[0]
    for title in ("The gradient is wrong", "The loss is wrong"):
        repository.edit(issue, title=title)
        deliver(fake_github.event(issue, "edited"))

    assert known(hooked) == [before]


def test_states_follow_github(
    hooked: TestClient,
    deliver: Deliver,
    fake_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
) -> None:
    deliver(fake_github.event(issue))
    repository.close(issue)
    deliver(fake_github.event(issue, "closed"))
    assert [row["state"] for row in known(hooked)] == ["closed"]

    repository.reopen(issue)
    deliver(fake_github.event(issue, "reopened"))
    assert [row["state"] for row in known(hooked)] == ["open"]

    for action in ("transferred", "deleted"):
        deliver(fake_github.event(issue, action))
        assert [row["state"] for row in known(hooked)] == [action]


@BOTH
def test_an_event_that_comes_late_undoes_nothing(
    hooked: TestClient,
    deliver: Deliver,
    fake_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
) -> None:
    opened = fake_github.event(issue)
    repository.edit(issue, title="The gradient is wrong")
    edited = fake_github.event(issue, "edited")
    repository.close(issue)
    closed = fake_github.event(issue, "closed")
    repository.edit(issue, title="The gradient is wrong, too")
    last = fake_github.event(issue, "edited")

    outcomes = [deliver(event).json()["outcome"] for event in (edited, opened, last, closed)]

    late = "older than what is known"
    assert outcomes == ["added", late, "changed", late]
    [row] = known(hooked)
    assert (row["title"], row["state"]) == ("The gradient is wrong, too", "closed")
    assert deliver(closed).status_code == 409


@BOTH
def test_nothing_comes_after_the_end_of_an_issue(
    hooked: TestClient,
    deliver: Deliver,
    fake_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
) -> None:
    deliver(fake_github.event(issue))
    repository.edit(issue, title="The gradient is wrong")
    edited = fake_github.event(issue, "edited")

    assert deliver(fake_github.event(issue, "deleted")).json() == {"outcome": "changed"}
    assert deliver(edited).json() == {"outcome": "older than what is known"}
    assert [row["state"] for row in known(hooked)] == ["deleted"]


@pytest.mark.parametrize("told", [None, 7, "", "yesterday", "2026-11-02", "0001-01-01T00:00:00Z"])
def test_an_event_whose_time_cannot_be_read_is_taken(
    deliver: Deliver, fake_github: FakeGitHub, issue: Issue, told: object
) -> None:
    event = fake_github.event(issue)
    event["issue"]["updated_at"] = told

    assert deliver(event).json() == {"outcome": "added"}


def test_what_becomes_of_an_issue_that_is_not_in_the_queue_is_no_matter(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, issue: Issue
) -> None:
    assert deliver(fake_github.event(issue, "deleted")).json() == {"outcome": "unknown issue"}
    assert known(hooked) == []


def test_other_events_and_actions_are_ignored_and_pings_answered(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, issue: Issue
) -> None:
    assert deliver({"zen": "Keep it logically awesome."}, event="ping").json() == {
        "outcome": "pong"
    }
    assert deliver({"action": "created"}, event="issue_comment").json() == {"outcome": "ignored"}
    issue.repository.lock(issue)
    assert deliver(fake_github.event(issue, "locked")).json() == {"outcome": "ignored"}
    assert known(hooked) == []
    assert notes(hooked) == []


def test_a_pull_request_is_no_issue(
    deliver: Deliver, fake_github: FakeGitHub, issue: Issue, hooked: TestClient
) -> None:
    event = fake_github.event(issue)
    event["issue"]["pull_request"] = {"url": "https://api.github.com/repos/octo/watched/pulls/1"}

    assert deliver(event).json() == {"outcome": "ignored"}
    assert known(hooked) == []


@BOTH
def test_hostile_issues_arrive_as_they_are(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, repository: Repository
) -> None:
    title = "<script>alert(1)</script> \u202e'; DROP TABLE issues; --\0"
    issue = repository.add_issue(title, "x" * 60_000)

    assert deliver(fake_github.event(issue)).json() == {"outcome": "added"}
    assert known(hooked)[0]["title"] == title.replace("\0", "\ufffd")


def test_what_users_of_github_collected_is_understood(
    deliver: Deliver, webhook_examples: Callable[[str], list[dict[str, Any]]]
) -> None:
    examples = webhook_examples("issues")
    answers = {json.dumps(example): deliver(example) for example in examples}

    assert examples
    assert {answer.status_code for answer in answers.values()} == {200}
