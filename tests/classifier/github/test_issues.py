import gc
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from classifier.errors import GitHubError
from classifier.github.client import Client
from classifier.github.issues import SECONDS_WORTH_RESUMING, get_issue, list_issues
from classifier.github.query import Query

if TYPE_CHECKING:
    from tests.classifier.github.conftest import Connect
    from tests.fake_github import FakeGitHub
    from tests.fake_github.repository import Repository


@pytest.fixture
def demo(asked_github: "FakeGitHub") -> "Repository":
    """An empty repository."""
    return asked_github.add_repository("octo/demo")


def titles(client: Client, query: Query, repository: str = "octo/demo") -> list[str]:
    pages = list_issues(client, repository, query).pages
    return [record["title"] for page in pages for record in page]


def asked_pages(github: "FakeGitHub") -> list[str]:
    """Which pages of the list were asked for."""
    return [
        request.query.get("page", "1")
        for request in github.requests
        if request.path.endswith("/issues")
    ]


def test_open_issues_come_oldest_first_and_page_by_page(
    asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    for number in range(1, 231):
        demo.add_issue(f"number {number}")
    demo.close(demo.issues[3])

    found = titles(connected(), Query())

    assert found == [f"number {number}" for number in range(1, 231) if number != 3]
    assert asked_pages(asked_github) == ["1", "2", "3"]


def test_what_was_asked_for_is_asked_of_github(demo: "Repository", connected: "Connect") -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(6):
        demo.add_issue(
            f"issue {number}",
            labels=["bug", "comp:keras"] if number % 2 else ["bug"],
            created_at=start + timedelta(days=number),
        )
    demo.close(demo.issues[2])
    client = connected()

    assert titles(client, Query(state="closed")) == ["issue 1"]
    assert len(titles(client, Query(state="all"))) == 6
    labels = ("bug", "comp:keras")
    assert titles(client, Query(labels=labels, state="all")) == ["issue 1", "issue 3", "issue 5"]
    assert titles(client, Query(since=start + timedelta(days=4))) == ["issue 4", "issue 5"]
    assert titles(client, Query(labels=("unknown",))) == []


def test_a_limit_takes_the_newest_issues_and_reads_no_further(
    asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    for number in range(300):
        demo.add_issue(f"{number}", is_pull_request=number % 3 == 0)
    client = connected()

    found = [
        record
        for page in list_issues(client, "octo/demo", Query(limit=80)).pages
        for record in page
        if "pull_request" not in record
    ]

    assert [int(record["title"]) for record in found] == [
        number for number in reversed(range(300)) if number % 3
    ][:80]
    assert asked_pages(asked_github) == ["1", "2"]


def test_a_repository_is_read_under_the_name_that_it_has_today(
    asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    demo.add_issue("one", labels=["bug"])
    demo.add_issue("two")
    demo.rename("octo/new")

    listing = list_issues(connected(), "octo/demo", Query(labels=("bug",)))

    assert listing.repository == "octo/new"
    assert [[record["title"] for record in page] for page in listing.pages] == [["one"]]
    assert asked_github.requests[-1].query["labels"] == "bug"


def test_issues_that_were_transferred_or_deleted_are_not_in_the_list(
    demo: "Repository", connected: "Connect"
) -> None:
    issues = [demo.add_issue(f"{number}") for number in range(4)]
    demo.transfer(issues[1], "octo/other")
    demo.delete(issues[2])

    assert titles(connected(), Query()) == ["0", "3"]
    assert titles(connected(), Query(), "octo/other") == ["1"]


def test_a_transferred_issue_is_found_and_a_deleted_one_told_of(
    demo: "Repository", connected: "Connect"
) -> None:
    moved, deleted = demo.add_issue("moves"), demo.add_issue("goes")
    demo.transfer(moved, "octo/other")
    demo.delete(deleted)
    client = connected()

    assert get_issue(client, "octo/demo", 1)["repository_url"].endswith("/octo/other")
    with pytest.raises(GitHubError, match="has no octo/demo/issues/2 any more: This issue was del"):
        get_issue(client, "octo/demo", 2)
    with pytest.raises(GitHubError, match="knows no octo/demo/issues/3"):
        get_issue(client, "octo/demo", 3)


def test_a_repository_without_issues_is_told_of(demo: "Repository", connected: "Connect") -> None:
    demo.has_issues = False

    with pytest.raises(GitHubError, match="octo/demo any more: Issues has been disabled"):
        titles(connected(), Query())


def test_a_second_reading_asks_whether_anything_changed(
    asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    for number in range(250):
        demo.add_issue(f"{number}")
    token = asked_github.token_user("alice")
    first = titles(connected(token), Query())
    asked_github.requests.clear()

    assert titles(connected(token), Query()) == first
    assert [request.status for request in asked_github.requests] == [304] * 4
    assert all(request.is_conditional for request in asked_github.requests)

    asked_github.requests.clear()
    demo.add_issue("another")
    assert titles(connected(token), Query()) == [*first, "another"]
    assert [request.status for request in asked_github.requests[1:]] == [304, 304, 200]


def test_a_reading_that_was_cut_off_is_gone_on_with(
    asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    for number in range(450):
        demo.add_issue(f"{number}")
    pages = list_issues(connected(), "octo/demo", Query()).pages
    next(pages)
    next(pages)
    assert asked_pages(asked_github) == ["1", "2"]

    client = connected()
    listing = list_issues(client, "octo/demo", Query())

    assert listing.resumed_from
    assert sum(map(len, listing.pages)) == 450
    assert asked_pages(asked_github) == ["1", "2", "3", "4", "5"]
    assert list_issues(client, "octo/demo", Query()).resumed_from is None


def test_only_the_same_reading_is_gone_on_with(demo: "Repository", connected: "Connect") -> None:
    demo.add_issue("one")
    next(list_issues(connected(), "octo/demo", Query()).pages)

    assert list_issues(connected(), "octo/demo", Query(state="all")).resumed_from is None
    assert list_issues(connected(), "octo/demo", Query(limit=5)).resumed_from is None
    assert list_issues(connected(), "octo/demo", Query()).resumed_from


def test_what_was_cut_off_days_ago_begins_anew(
    asked_github: "FakeGitHub",
    demo: "Repository",
    connected: "Connect",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    demo.add_issue("one")
    next(list_issues(connected(), "octo/demo", Query()).pages)
    later = time.time() + SECONDS_WORTH_RESUMING + 60
    monkeypatch.setattr("classifier.github.issues.time.time", lambda: later)

    listing = list_issues(connected(), "octo/demo", Query())

    assert listing.resumed_from is None
    assert sum(map(len, listing.pages)) == 1
    assert asked_github.requests[-1].is_conditional


def test_a_reading_that_failed_goes_on_where_it_failed(
    asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    for number in range(350):
        demo.add_issue(f"{number}")
    asked_github.limit(remaining=3, reset_in_seconds=900)
    with pytest.raises(GitHubError, match="is used up"):
        titles(connected(), Query())
    asked_github.limit(remaining=2, reset_in_seconds=900)
    asked_github.requests.clear()

    assert len(titles(connected(), Query())) == 350
    assert asked_pages(asked_github) == ["3", "4"]


def test_a_long_list_takes_no_more_memory_than_a_short_one(
    demo: "Repository", connected: "Connect"
) -> None:
    for _ in range(900):
        demo.add_issue("title", "body")
    pages = list_issues(connected(), "octo/demo", Query()).pages

    held = []
    for _ in range(9):
        assert len(next(pages)) == 100
        gc.collect()
        held.append(sys.getallocatedblocks())

    blocks_a_page = 100 * 30  # of a record that has thirty fields, at the least
    assert held[-1] - held[2] < blocks_a_page  # six pages later


@pytest.mark.parametrize("body", ["[]", "12", "null", '{"name": "demo"}', '"text"'])
def test_a_repository_that_is_none_is_told_of(
    body: str, asked_github: "FakeGitHub", connected: "Connect"
) -> None:
    asked_github.fail_next(200, body=body)

    with pytest.raises(GitHubError, match="What is answered for octo/demo is not GitHub's"):
        titles(connected(), Query())


@pytest.mark.parametrize("body", ["12", "null", "[1]", "[null]", '["a"]', '{"items": []}'])
def test_a_page_that_is_none_is_told_of(
    body: str, asked_github: "FakeGitHub", demo: "Repository", connected: "Connect"
) -> None:
    demo.add_issue("one")
    asked_github.fail_next(200, body=body, path="/repos/octo/demo/issues")

    with pytest.raises(
        GitHubError, match="What is answered for octo/demo is not GitHub's"
    ) as caught:
        titles(connected(), Query())
    assert "GITHUB_API_URL" in caught.value.hint
