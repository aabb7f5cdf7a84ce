"""One comment, managed: when it is posted, updated and left alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from classifier.traces import signed
from tests.classifier.action.conftest import BOT, LOUD, SAVED, SILENT, Act, writes
from tests.fake_github.webhooks import issue_event

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository


def bodies(issue: Issue) -> list[str]:
    return [comment.body for comment in issue.comments]


def opened(issue: Issue) -> dict[str, object]:
    return issue_event(issue, "opened", by="alice")


def edited(issue: Issue) -> dict[str, object]:
    return issue_event(issue, "edited", by="alice")


def test_by_default_nothing_is_asked_of_github_and_nothing_changes(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    outcome = act(opened(issue))

    assert asked_github.requests == []
    assert outcome.exit_code == 0
    assert outcome.outputs["decision"] == "likely"
    assert "| 1 | 88.9% |" in outcome.summary


def test_a_likely_issue_gets_a_comment_and_a_label_in_four_requests(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    outcome = act(opened(issue), mode="comment, label")

    (comment,) = issue.comments
    assert comment.author.login == BOT
    assert "**89 %**" in comment.body
    assert issue.label_names == ["possible silent bug"]
    assert outcome.outputs["comment-id"] == str(comment.id)
    assert len(asked_github.requests) == 4


def test_a_token_of_ones_own_costs_no_more_requests(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    token = asked_github.token_user("our-own-app[bot]")

    act(opened(issue), mode="comment, label", token=token)

    assert len(issue.comments) == len(issue.labels) == 1
    assert len(asked_github.requests) == 4


def test_nothing_is_posted_below_the_threshold(
    act: Act, asked_github: FakeGitHub, repository: Repository
) -> None:
    issue = repository.add_issue(LOUD)

    outcome = act(opened(issue), mode="comment,label")

    assert asked_github.requests == []
    assert outcome.outputs["decision"] == "unlikely"


def test_nothing_is_posted_below_the_least_confidence_whatever_the_threshold(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    act(opened(issue), mode="comment", threshold="0.1", min_confidence="0.95")

    assert asked_github.requests == []


def test_an_edit_that_changes_what_is_said_updates_the_comment(
    act: Act, asked_github: FakeGitHub, repository: Repository, issue: Issue
) -> None:
    act(opened(issue), mode="comment")
    repository.edit(issue, title=SAVED)
    before = len(asked_github.requests)

    outcome = act(edited(issue), mode="comment")

    assert len(bodies(issue)) == 1
    assert "loaded that is not what was saved" in bodies(issue)[0]
    assert writes(asked_github)[-1].startswith("PATCH issues/comments/")
    assert len(asked_github.requests) - before == 3
    assert "comment updated" in outcome.summary


@pytest.mark.parametrize("action", ["opened", "edited", "reopened"])
def test_without_a_change_of_what_is_said_nothing_is_written(
    act: Act, asked_github: FakeGitHub, issue: Issue, action: str
) -> None:
    act(opened(issue), mode="comment,label")
    before = writes(asked_github)

    outcome = act(issue_event(issue, action, by="alice"), mode="comment,label")

    assert writes(asked_github) == before
    assert len(bodies(issue)) == 1
    assert "comment unchanged (it says the same)" in outcome.summary


def test_an_edit_that_makes_it_likely_posts_the_comment(act: Act, repository: Repository) -> None:
    issue = repository.add_issue(LOUD)
    act(opened(issue), mode="comment")
    repository.edit(issue, title=SILENT)

    act(edited(issue), mode="comment")

    assert len(bodies(issue)) == 1


def test_an_edit_that_makes_it_unlikely_is_said_in_the_comment_and_takes_our_label_back(
    act: Act, repository: Repository, issue: Issue
) -> None:
    act(opened(issue), mode="comment,label")
    repository.edit(issue, title=LOUD)

    act(edited(issue), mode="comment,label")

    assert "No longer read as a silent bug" in bodies(issue)[0]
    assert issue.label_names == []


def test_a_comment_that_a_person_deleted_is_never_posted_again(
    act: Act, repository: Repository, issue: Issue
) -> None:
    act(opened(issue), mode="comment")
    repository.delete_comment(issue.comments[0])
    repository.edit(issue, title=SAVED)

    again = act(edited(issue), mode="comment")
    and_again = act(opened(issue), mode="comment")

    assert bodies(issue) == []
    assert "comment not posted (it was posted before" in again.summary
    assert "comment not posted (it was posted before" in and_again.summary


def test_a_comment_that_a_person_edited_is_left_as_it_is(
    act: Act, repository: Repository, issue: Issue
) -> None:
    act(opened(issue), mode="comment")
    changed = issue.comments[0].body.replace("Nobody has checked it yet", "I have checked it")
    repository.edit_comment(issue.comments[0], changed)
    repository.edit(issue, title=SAVED)

    act(edited(issue), mode="comment")

    assert bodies(issue) == [changed]


def test_line_breaks_that_github_changed_are_no_edit(
    act: Act, repository: Repository, issue: Issue
) -> None:
    act(opened(issue), mode="comment")
    repository.edit_comment(issue.comments[0], bodies(issue)[0].replace("\n", "\r\n"))

    outcome = act(edited(issue), mode="comment")

    assert "it says the same" in outcome.summary


def test_a_run_for_an_older_version_of_the_issue_changes_nothing(
    act: Act, repository: Repository, issue: Issue
) -> None:
    late = opened(issue)
    repository.edit(issue, title=SAVED)
    act(edited(issue), mode="comment")
    before = bodies(issue)

    outcome = act(late, mode="comment")

    assert bodies(issue) == before
    assert "about a later version" in outcome.summary


def test_a_mark_in_somebody_elses_comment_is_not_taken_for_ours(
    act: Act, repository: Repository, issue: Issue
) -> None:
    act(opened(issue), mode="comment")
    forged = bodies(issue)[0].replace("89 %", "1 %")
    ours = issue.comments.pop()
    repository.comment(issue, forged, by="mallory")
    issue.comments.append(ours)
    repository.edit(issue, title=SAVED)

    act(edited(issue), mode="comment")

    assert bodies(issue)[0] == forged
    assert "saved" in bodies(issue)[1]


def test_other_comments_of_the_same_bot_are_not_taken_for_ours(
    act: Act, repository: Repository, issue: Issue
) -> None:
    repository.comment(issue, f"Thank you!\n{SILENT}", by=BOT)

    act(edited(issue), mode="comment")

    assert bodies(issue)[0].startswith("Thank you!")
    assert len(bodies(issue)) == 2


def test_two_runs_at_once_post_one_comment(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    asked_github.slow_next(0.3, times=4, path="/repos/octo/demo/issues/1/events")
    payloads = [opened(issue), edited(issue), opened(issue), edited(issue)]

    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(lambda payload: act(payload, mode="comment"), payloads))

    assert len(bodies(issue)) == 1
    assert [outcome.commands for outcome in outcomes] == [()] * 4
    assert sum("comment posted" in outcome.summary for outcome in outcomes) == 1


def test_a_run_that_is_asked_for_again_posts_no_second_comment_even_if_the_mark_is_gone(
    act: Act, issue: Issue
) -> None:
    payload = opened(issue)
    act(payload, mode="comment")
    issue.reactions.clear()  # by another workflow of the same account

    again = act(payload, mode="comment", attempt="2")

    assert len(bodies(issue)) == 1
    assert "it says the same" in again.summary


def test_a_refused_comment_may_be_posted_by_a_later_run(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    asked_github.fail_next(422, path="/repos/octo/demo/issues/1/comments", body='{"message": "no"}')

    refused = act(opened(issue), mode="comment")
    later = act(opened(issue), mode="comment")

    assert "422" in refused.summary
    assert refused.exit_code == 0
    assert len(bodies(issue)) == 1
    assert "comment posted" in later.summary


def test_a_comment_whose_answer_got_lost_is_not_posted_twice(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    asked_github.truncate_next(path="/repos/octo/demo/issues/1/comments")

    lost = act(opened(issue), mode="comment")
    later = act(opened(issue), mode="comment")

    assert "What happened" in lost.summary
    assert len(bodies(issue)) == 1
    assert "it says the same" in later.summary


def test_a_dry_run_writes_nothing_and_shows_what_it_would_say(
    act: Act, asked_github: FakeGitHub, issue: Issue
) -> None:
    outcome = act(opened(issue), mode="comment,label", dry_run="true")

    assert writes(asked_github) == []
    assert "comment would have been posted" in outcome.summary
    assert "label would have been added" in outcome.summary
    assert "### Possible silent bug" in outcome.summary


@pytest.mark.parametrize(("title", "deed"), [(SAVED, "updated"), (LOUD, "removed")])
def test_a_dry_run_leaves_what_is_there_as_it_is(  # noqa: PLR0917 - fixtures
    act: Act, asked_github: FakeGitHub, repository: Repository, issue: Issue, title: str, deed: str
) -> None:
    act(opened(issue), mode="comment,label")
    repository.edit(issue, title=title)
    before = writes(asked_github)

    outcome = act(edited(issue), mode="comment,label", dry_run="true")

    assert writes(asked_github) == before
    assert f"would have been {deed}" in outcome.summary


def test_a_comment_that_came_from_another_repository_with_its_issue_is_kept(
    act: Act, asked_github: FakeGitHub, repository: Repository
) -> None:
    other = asked_github.add_repository("octo/other")
    there = other.add_issue(SILENT)
    other.comment(there, signed("It may be.", kind="comment"), by=BOT)
    here = other.transfer(there, "octo/demo")

    act(opened(here), mode="comment")

    assert len(bodies(here)) == 1
    assert "**89 %**" in bodies(here)[0]
    assert here.repository is repository


@pytest.mark.parametrize("login", ["octo", "our-own-app[bot]"])
def test_another_token_comments_in_the_name_of_its_owner(
    act: Act, asked_github: FakeGitHub, repository: Repository, issue: Issue, login: str
) -> None:
    token = asked_github.token_user(login)
    act(opened(issue), mode="comment", token=token)
    repository.edit(issue, title=SAVED)

    act(edited(issue), mode="comment", token=token)

    (comment,) = issue.comments
    assert comment.author.login == login
    assert "saved" in comment.body
