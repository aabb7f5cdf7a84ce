"""People have the last word, and some issues are nobody's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifier.traces import signed
from tests.classifier.action.conftest import BOT, LOUD, SAVED, SILENT, Act, writes
from tests.fake_github.webhooks import issue_event

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

LABEL = "possible silent bug"
BOTH = "comment,label"


def edited(issue: Issue) -> dict[str, object]:
    return issue_event(issue, "edited", by="alice")


def test_once_a_person_removed_the_label_nothing_is_written_any_more(
    act: Act, asked_github: FakeGitHub, repository: Repository, issue: Issue
) -> None:
    act(edited(issue), mode=BOTH)
    repository.unlabel(issue, LABEL, by="bob")
    repository.edit(issue, title=SAVED)
    before = writes(asked_github)

    outcome = act(edited(issue), mode=BOTH)

    assert writes(asked_github) == before
    assert outcome.outputs["decision"] == "hands-off"
    assert "left alone, somebody removed the label" in outcome.summary


@pytest.mark.parametrize("name", [LABEL, LABEL.upper(), "not a silent bug"])
def test_once_a_person_added_a_label_nothing_is_written_even_after_it_is_off_again(
    act: Act, asked_github: FakeGitHub, repository: Repository, issue: Issue, name: str
) -> None:
    repository.label(issue, name, by="bob")
    act(edited(issue), mode=BOTH)
    repository.unlabel(issue, name, by="bob")

    outcome = act(edited(issue), mode=BOTH)

    assert writes(asked_github) == []
    assert outcome.outputs["decision"] == "hands-off"


def test_after_a_persons_word_a_comment_is_not_even_withdrawn(
    act: Act, asked_github: FakeGitHub, repository: Repository, issue: Issue
) -> None:
    act(edited(issue), mode=BOTH)
    repository.label(issue, "not a silent bug", by="bob")
    repository.edit(issue, title=LOUD)
    before = writes(asked_github)

    act(edited(issue), mode=BOTH)

    assert writes(asked_github) == before


def test_other_labels_are_nobodys_word(act: Act, repository: Repository, issue: Issue) -> None:
    repository.label(issue, "type:bug", by="bob")
    repository.unlabel(issue, "type:bug", by="bob")

    act(edited(issue), mode=BOTH)

    assert issue.label_names == [LABEL]


def test_a_label_of_another_name_is_put_on_and_watched(
    act: Act, repository: Repository, issue: Issue
) -> None:
    act(edited(issue), mode="label", label="triage/silent?")
    put_on = list(issue.label_names)
    repository.unlabel(issue, "triage/silent?", by="bob")

    act(edited(issue), mode="label", label="triage/silent?")

    assert put_on == ["triage/silent?"]
    assert issue.label_names == []


def test_a_label_with_odd_letters_can_be_taken_back(
    act: Act, repository: Repository, issue: Issue
) -> None:
    act(edited(issue), mode="label", label="silent bug? 50%/ä")
    repository.edit(issue, title=LOUD)

    act(edited(issue), mode="label", label="silent bug? 50%/ä")

    assert issue.label_names == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"exclude_authors": "bob, @Alice"}, "its author is among `exclude-authors`"),
        ({"exclude_labels": "wontfix\nType: Question"}, "it has a label of `exclude-labels`"),
    ],
)
def test_what_maintainers_exclude_is_not_scored(
    act: Act,
    asked_github: FakeGitHub,
    repository: Repository,
    given: dict[str, str],
    reason: str,
) -> None:
    issue = repository.add_issue(SILENT, author="alice", labels=["type: question"])

    outcome = act(edited(issue), mode=BOTH, **given)

    assert asked_github.requests == []
    assert (outcome.outputs["decision"], outcome.outputs["probability"]) == ("excluded", "")
    assert f"Issue `1` was not scored: {reason}." in outcome.summary


def test_issues_of_bots_are_left_alone(act: Act, repository: Repository) -> None:
    issue = repository.add_issue(SILENT, author="dependabot[bot]")

    outcome = act(edited(issue), mode=BOTH)

    assert outcome.outputs["decision"] == "excluded"
    assert issue.comments == []


def test_the_actions_own_ranking_of_the_week_is_left_alone(
    act: Act, asked_github: FakeGitHub, repository: Repository
) -> None:
    issue = repository.add_issue(SILENT, signed("| a |", kind="digest"), author="octo")

    outcome = act(edited(issue), mode=BOTH)

    assert asked_github.requests == []
    assert "it is the week's ranking" in outcome.summary


def test_in_a_fork_nothing_is_posted(act: Act, asked_github: FakeGitHub, issue: Issue) -> None:
    payload = edited(issue)
    payload["repository"] = {**payload["repository"], "fork": True}  # type: ignore[dict-item]

    outcome = act(payload, mode=BOTH)

    assert asked_github.requests == []
    assert "This repository is a fork" in outcome.summary
    assert outcome.outputs["decision"] == "likely"


def test_nothing_is_posted_about_a_closed_issue(
    act: Act, asked_github: FakeGitHub, repository: Repository, issue: Issue
) -> None:
    repository.close(issue, by="bob")

    outcome = act(edited(issue), mode=BOTH)

    assert writes(asked_github) == []
    assert "left alone, the issue is closed" in outcome.summary


@pytest.mark.parametrize(
    ("ends", "reason"), [("close", "the issue is closed"), ("lock", "the conversation is locked")]
)
@pytest.mark.parametrize("action", ["opened", "edited"])
def test_nothing_is_posted_about_an_issue_that_came_to_an_end_since_the_event(  # noqa: PLR0917
    act: Act,
    asked_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
    ends: str,
    reason: str,
    action: str,
) -> None:
    payload = issue_event(issue, action, by="alice")
    getattr(repository, ends)(issue, by="bob")

    outcome = act(payload, mode=BOTH)

    assert writes(asked_github) == []
    assert f"left alone, {reason}" in outcome.summary


def test_what_was_closed_and_opened_again_is_open(
    act: Act, repository: Repository, issue: Issue
) -> None:
    repository.close(issue, by="bob")
    repository.reopen(issue, by="bob")

    act(issue_event(issue, "reopened", by="bob"), mode=BOTH)

    assert issue.label_names == [LABEL]
    assert len(issue.comments) == 1


def test_nothing_is_posted_in_a_locked_conversation(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    issue.is_locked = True

    outcome = act(edited(issue), mode=BOTH)

    assert writes(asked_github) == []
    assert "left alone, the conversation is locked" in outcome.summary


def test_a_label_that_the_bot_put_on_by_hand_of_another_workflow_counts_as_ours(
    act: Act, repository: Repository, issue: Issue
) -> None:
    repository.label(issue, LABEL, by=BOT)

    outcome = act(edited(issue), mode="label")

    assert "label unchanged (it is there already)" in outcome.summary
