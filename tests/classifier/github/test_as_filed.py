from typing import TYPE_CHECKING

import pytest

from classifier.errors import GitHubError
from classifier.github.as_filed import Filed, read_as_filed
from classifier.github.client import Client
from classifier.types import IssueKey

if TYPE_CHECKING:
    from tests.classifier.github.conftest import Connect
    from tests.fake_github import FakeGitHub
    from tests.fake_github.repository import Repository


@pytest.fixture
def demo(asked_github: "FakeGitHub") -> "Repository":
    """An empty repository."""
    return asked_github.add_repository("octo/demo")


@pytest.fixture
def client(asked_github: "FakeGitHub", connected: "Connect") -> Client:
    """Somebody known to GitHub, as GraphQL wants it."""
    return connected(asked_github.token_user("alice"))


def read(client: Client, *numbers: int, repository: str = "octo/demo") -> dict[int, Filed]:
    keys = [IssueKey(repository, number) for number in numbers]
    return {key.number: text for some in read_as_filed(client, keys) for key, text in some.items()}


def test_later_edits_of_title_and_body_are_undone(demo: "Repository", client: Client) -> None:
    issue = demo.add_issue("Loss is odd", "It prints 3.")
    demo.edit(issue, title="Loss is wrong", body="It prints 3, should be 4.")
    demo.edit(issue, title="Loss is silently wrong", body="A silent bug!")
    demo.edit(issue, body="Fixed in 2.0", by="bob")
    never = demo.add_issue("Never edited", "As it was")

    filed = read(client, issue.number, never.number)

    assert (filed[1].title, filed[1].body, filed[1].is_whole) == (
        "Loss is odd",
        "It prints 3.",
        True,
    )
    assert (filed[2].title, filed[2].body, filed[2].is_whole) == ("Never edited", "As it was", True)
    assert filed[1].url == "https://github.com/octo/demo/issues/1"
    assert filed[1].created_at.startswith("2026-11-02T")


def test_an_empty_first_body_stays_empty(demo: "Repository", client: Client) -> None:
    demo.edit(demo.add_issue("No words", ""), body="Words that came later")
    demo.add_issue("None at all", None)

    filed = read(client, 1, 2)

    assert [filed[number].body for number in (1, 2)] == ["", ""]
    assert filed[1].is_whole


@pytest.mark.parametrize("count", [1, 3, 4, 7, 40])
def test_the_first_version_is_found_among_many(
    count: int, demo: "Repository", client: Client
) -> None:
    issue = demo.add_issue("Title 0", "Body 0")
    for number in range(1, count + 1):
        demo.edit(issue, title=f"Title {number}", body=f"Body {number}")

    assert (read(client, 1)[1].title, read(client, 1)[1].body) == ("Title 0", "Body 0")


def test_of_a_deleted_first_version_the_next_is_taken_and_it_is_told(
    demo: "Repository", client: Client
) -> None:
    issue = demo.add_issue("Title", "My password is 1234")
    demo.edit(issue, body="My password is ****")
    demo.edit(issue, body="Last")
    issue.edits[0].body = None

    filed = read(client, 1)[1]

    assert (filed.body, filed.is_whole) == ("My password is ****", False)


def test_of_edits_older_than_the_history_the_earliest_known_is_taken_and_it_is_told(
    demo: "Repository", client: Client
) -> None:
    issue = demo.add_issue("Title", "First")
    issue.has_first_edit = False
    demo.edit(issue, body="Second")

    filed = read(client, 1)[1]

    assert (filed.body, filed.is_whole) == ("Second", False)


def test_a_history_that_was_emptied_leaves_the_present_and_it_is_told(
    demo: "Repository", client: Client
) -> None:
    issue = demo.add_issue("Title", "First")
    demo.edit(issue, body="Second")
    for edit in issue.edits:
        edit.body = None

    filed = read(client, 1)[1]

    assert (filed.body, filed.is_whole) == ("Second", False)


def test_what_is_gone_is_left_out(demo: "Repository", client: Client) -> None:
    for number in range(4):
        demo.add_issue(f"{number}", is_pull_request=number == 3)
    demo.delete(demo.issues[1])
    demo.transfer(demo.issues[2], "octo/other")

    assert list(read(client, 1, 2, 3, 4, 99)) == [3]
    assert read(client, 1, repository="octo/absent") == {}


def test_a_hundred_issues_of_any_repositories_take_one_question(
    asked_github: "FakeGitHub", client: Client
) -> None:
    keys = []
    for name in ("octo/a", "octo/b", "octo/c.d_e-f"):
        repository = asked_github.add_repository(name)
        keys += [IssueKey(name, repository.add_issue(name).number) for _ in range(50)]

    batches = list(read_as_filed(client, keys))

    assert [len(batch) for batch in batches] == [100, 50]
    assert [key for batch in batches for key in batch] == keys
    assert all(text.title == key.repo for batch in batches for key, text in batch.items())
    assert [request.path for request in asked_github.requests] == ["/graphql"] * 2
    assert client.quota
    assert client.quota.left > 4980


def test_what_was_filed_is_asked_for_once(
    asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    token = asked_github.token_user("alice")
    for number in range(120):
        demo.add_issue(f"{number}", "first")
    list(read_as_filed(connected(token), [IssueKey("octo/demo", 1)]))
    demo.edit(demo.issues[1], body="second")
    asked_github.requests.clear()

    filed = read(connected(token), *range(1, 121))
    assert len(filed) == 120
    assert filed[1].body == "first"
    assert len(asked_github.requests) == 2

    asked_github.requests.clear()
    assert read(connected(token), *range(1, 121)) == filed
    assert asked_github.requests == []


def test_without_a_token_it_says_that_one_is_needed(connected: "Connect") -> None:
    with pytest.raises(GitHubError, match="tells edits only to who has a token") as caught:
        read(connected(), 1)
    assert "GITHUB_TOKEN" in caught.value.hint


def test_a_question_that_takes_too_long_is_asked_in_halves(
    asked_github: "FakeGitHub", demo: "Repository", client: Client
) -> None:
    for number in range(10):
        demo.add_issue(f"{number}")
    asked_github.fail_next(502, times=5, path="/graphql")

    assert len(read(client, *range(1, 11))) == 10
    assert [request.status for request in asked_github.requests] == [502] * 5 + [200] * 2


def test_an_answer_cut_short_by_githubs_limits_is_asked_for_in_halves(
    asked_github: "FakeGitHub", demo: "Repository", client: Client
) -> None:
    for number in range(10):
        demo.add_issue(f"{number}")
    limited = '{"data": {"r0": {"i1": null}}, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED"}]}'
    asked_github.fail_next(200, body=limited, times=2, path="/graphql")

    assert len(read(client, *range(1, 11))) == 10
    assert len(asked_github.requests) == 2 + 2 + 1


def test_an_issue_that_github_cannot_tell_of_is_named(
    asked_github: "FakeGitHub", demo: "Repository", client: Client
) -> None:
    demo.add_issue("one")
    wrong = '{"data": null, "errors": [{"message": "Something went wrong"}]}'
    asked_github.fail_next(200, body=wrong, path="/graphql")

    with pytest.raises(GitHubError, match="cannot tell of octo/demo#1: Something went wrong"):
        read(client, 1)


def test_a_spent_quota_is_told_of_as_elsewhere(
    asked_github: "FakeGitHub", demo: "Repository", client: Client
) -> None:
    demo.add_issue("one")
    asked_github.limit(remaining=0, reset_in_seconds=600, resource="graphql")

    with pytest.raises(GitHubError, match="limit of 5000 requests is used up until"):
        read(client, 1)
    assert len(asked_github.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"data": [1]}',
        '{"data": {"r0": 12}}',
        '{"data": {"r0": {"i1": {}}}}',
        '{"data": {"r0": {"i1": {"timelineItems": null}}}}',
        '{"data": null, "errors": 12}',
        '{"data": null, "errors": ["a"]}',
        "[]",
        "12",
    ],
)
def test_an_answer_that_is_none_is_told_of(
    body: str, asked_github: "FakeGitHub", client: Client
) -> None:
    asked_github.fail_next(200, body=body, times=3)

    with pytest.raises(GitHubError, match="GitHub's"):
        read(client, 1)
