"""What an issue's history on GitHub tells: whose word a label is, and whether it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifier.action.github_tracker import GitHubTracker
from classifier.action.history import History, read_history
from classifier.github.client import connect

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], History()),
        ([("silent?", "Bot", True)], History(is_ours=True)),
        ([("silent?", "bot", True), ("silent?", "bot", False)], History()),
        ([("bug", "alice", True)], History()),
        ([("silent?", "alice", True)], History("somebody added the label")),
        (
            [("silent?", "bot", True), ("silent?", "bob", False), ("silent?", "bot", True)],
            History("somebody removed the label"),
        ),
        ([("Not a silent bug", "alice", True)], History("somebody added `not a silent bug`")),
    ],
)
def test_whoever_is_not_the_bot_has_spoken(
    asked_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
    events: list[tuple[str, str, bool]],
    expected: History,
) -> None:
    for label, actor, is_added in events:
        change = repository.label if is_added else repository.unlabel
        change(issue, label, by=actor)
    token = asked_github.token_user("bot")

    with connect(token=token) as client:
        tracker = GitHubTracker(client, "octo/demo")

        assert read_history(tracker, issue.number, label="Silent?") == expected


def test_who_this_account_is_matters_only_where_labels_were_given(
    asked_github: FakeGitHub, repository: Repository, issue: Issue
) -> None:
    repository.label(issue, "bug", by="alice")

    with connect(token=asked_github.token_user("bot")) as client:
        read_history(GitHubTracker(client, "octo/demo"), issue.number, label="Silent?")

    assert [request.path for request in asked_github.requests] == [
        "/repos/octo/demo/issues/1/events"
    ]
