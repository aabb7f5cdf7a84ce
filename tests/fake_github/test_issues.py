"""Issues of the fake GitHub: lists, single ones, and those that went elsewhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fake_github import FakeGitHub
from tests.fake_github.repository import Repository

Client = Callable[..., requests.Response]
ISSUES = "/repos/octo/demo/issues"


def numbers(answer: requests.Response) -> list[int]:
    return [issue["number"] for issue in answer.json()]


def test_open_issues_come_newest_first_with_pull_requests_among_them(
    demo: Repository, ask: Client
) -> None:
    demo.add_issue("First")
    demo.add_issue("A change", is_pull_request=True)
    demo.close(demo.add_issue("Done"))

    issues = ask("GET", ISSUES).json()

    assert [issue["title"] for issue in issues] == ["A change", "First"]
    assert "pull_request" in issues[0]
    assert "pull_request" not in issues[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=all", [4, 3, 2, 1]),
        ("state=closed", [3]),
        ("state=all&labels=BUG", [3, 2]),
        ("state=all&labels=bug,crash", [2]),
        ("state=all&creator=bob", [4]),
        ("assignee=none&milestone=none", [4, 2, 1]),
        ("assignee=bob", []),
        ("mentioned=carol", [4]),
        ("state=all&sort=updated", [1, 4, 3, 2]),
        ("state=all&sort=comments&direction=asc", [2, 3, 4, 1]),
        ("state=all&direction=asc&per_page=2&page=2", [3, 4]),
        ("state=all&since=2026-11-03T00:00:00Z", [4, 1]),
        ("state=all&page=9", []),
    ],
)
def test_lists_are_filtered_and_sorted(
    demo: Repository, ask: Client, query: str, expected: list[int]
) -> None:
    first = demo.add_issue()
    demo.add_issue(labels=["bug", "crash"])
    demo.close(demo.add_issue(labels=["Bug"]))
    demo.store.clock.advance(days=1)
    demo.add_issue(author="bob", body="What does @carol say?")
    demo.comment(first, "I see it too", by="bob")

    assert numbers(ask("GET", f"{ISSUES}?{query}")) == expected


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(0, 130),
    size=st.integers(1, 120),
    sort=st.sampled_from(["created", "updated", "comments"]),
    direction=st.sampled_from(["asc", "desc"]),
)
def test_following_the_links_covers_every_issue_exactly_once(
    fake_github: FakeGitHub, alice: Client, *, count: int, size: int, sort: str, direction: str
) -> None:
    repository = fake_github.add_repository("octo/paged")
    for _ in range(count):
        repository.add_issue()
    url = f"/repos/octo/paged/issues?per_page={size}&sort={sort}&direction={direction}"
    seen, pages, last = [], 0, url
    while url:
        answer = alice("GET", url)
        seen += numbers(answer)
        pages += 1
        last = answer.links.get("last", {"url": last})["url"]
        previous, url = url, answer.links.get("next", {}).get("url", "")

    assert sorted(seen) == list(range(1, count + 1))
    assert seen == sorted(seen, reverse=direction == "desc")
    assert pages == max(1, -(-count // min(size, 100)))
    assert previous == last


def test_nonsense_about_pages_is_forgiven_but_noted(
    fake_github: FakeGitHub, demo: Repository, ask: Client
) -> None:
    demo.add_issue()

    assert numbers(ask("GET", f"{ISSUES}?per_page=0&page=nonsense")) == [1]
    fake_github.deviations.clear()


def test_lists_by_cursor_neither_repeat_nor_miss_what_was_there_all_the_time() -> None:
    with FakeGitHub(pages_by_cursor=True) as github, requests.Session() as session:
        demo = github.add_repository("octo/demo")
        for _ in range(5):
            demo.add_issue()
        first = session.get(f"{github.url}{ISSUES}?per_page=2", timeout=20)
        demo.add_issue("came in between")
        second = session.get(first.links["next"]["url"], timeout=20)

    assert set(first.links) == {"next"}
    assert numbers(first) + numbers(second) == [5, 4, 3, 2]


def test_a_list_by_number_repeats_what_a_new_issue_pushed_on(demo: Repository, ask: Client) -> None:
    for _ in range(4):
        demo.add_issue()
    first = ask("GET", f"{ISSUES}?per_page=2")
    demo.add_issue("came in between")

    assert numbers(first) == [4, 3]
    assert numbers(ask("GET", first.links["next"]["url"])) == [3, 2]


def test_a_transferred_issue_leads_to_where_it_is_now(
    fake_github: FakeGitHub, demo: Repository, ask: Client
) -> None:
    fake_github.add_repository("octo/other").add_label("bug")
    issue = demo.add_issue("Wanderer", labels=["bug", "here only"])
    demo.comment(issue, "It belongs elsewhere", by="bob")

    moved = demo.transfer(issue, "octo/other")
    first = ask("GET", f"{ISSUES}/{issue.number}", allow_redirects=False)
    final = ask("GET", f"{ISSUES}/{issue.number}")

    assert first.status_code == 301
    assert first.json()["message"] == "Moved Permanently"
    assert first.headers["Location"] == first.json()["url"] == final.url
    assert final.json()["html_url"] == "https://github.com/octo/other/issues/1"
    assert [label["name"] for label in final.json()["labels"]] == ["bug"]
    comments = ask("GET", f"{ISSUES}/{issue.number}/comments").json()
    assert comments[0]["issue_url"].endswith("/repos/octo/other/issues/1")
    assert numbers(ask("GET", ISSUES)) == []
    assert moved.events[-1].kind == "transferred"


def test_what_is_written_to_a_transferred_issue_reaches_it(demo: Repository, bot: Client) -> None:
    issue = demo.add_issue()
    moved = demo.transfer(issue, "octo/other")

    answer = bot("POST", f"{ISSUES}/{issue.number}/comments", json={"body": "Hello"})

    assert [step.status_code for step in (*answer.history, answer)] == [307, 201]
    assert [comment.body for comment in moved.comments] == ["Hello"]


def test_an_archived_repository_can_only_be_read(demo: Repository, bot: Client) -> None:
    demo.add_issue()
    demo.is_archived = True
    refused = bot("POST", f"{ISSUES}/1/comments", json={"body": "Hello"})

    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Repository was archived so is read-only.",
    )
    assert bot("GET", f"{ISSUES}/1").status_code == 200
    assert bot("GET", "/repos/octo/demo").json()["archived"] is True


def test_an_issue_that_went_where_nobody_may_look_is_not_found(
    fake_github: FakeGitHub, demo: Repository, ask: Client
) -> None:
    fake_github.add_repository("octo/secret", is_private=True)
    issue = demo.add_issue()
    demo.transfer(issue, "octo/secret")

    assert ask("GET", f"{ISSUES}/{issue.number}").status_code == 404


def test_a_deleted_issue_is_gone_and_its_number_is_not_given_out_again(
    demo: Repository, ask: Client
) -> None:
    issue = demo.add_issue()
    demo.delete(issue)
    answer = ask("GET", f"{ISSUES}/{issue.number}")

    assert (answer.status_code, answer.json()["message"]) == (410, "This issue was deleted")
    assert demo.add_issue().number == issue.number + 1


def test_what_never_was_is_not_found(demo: Repository, ask: Client) -> None:
    assert demo.issues == {}
    for path in (f"{ISSUES}/1", "/repos/octo/absent", "/repos/octo/absent/issues"):
        answer = ask("GET", path)
        assert answer.status_code == 404
        assert answer.json()["message"] == "Not Found"
        assert answer.json()["documentation_url"].startswith("https://docs.github.com/rest/")


def test_a_renamed_repository_leads_to_its_new_name(demo: Repository, ask: Client) -> None:
    issue = demo.add_issue()
    demo.rename("octo/renamed")

    answer = ask("GET", f"{ISSUES}/{issue.number}")

    assert answer.history[0].status_code == 301
    assert answer.json()["repository_url"].endswith("/repos/octo/renamed")


def test_a_repository_without_issues_says_so(demo: Repository, ask: Client) -> None:
    demo.has_issues = False

    assert ask("GET", ISSUES).status_code == 410


def test_an_opened_issue_can_be_changed_closed_and_opened_again(
    demo: Repository, bot: Client
) -> None:
    made = bot("POST", ISSUES, json={"title": "Wrong mean", "body": "See", "labels": ["bug"]})
    url = made.headers["Location"]
    bot("PATCH", url, json={"title": "Wrong median", "labels": ["bug", "math"]})
    closed = bot("PATCH", url, json={"state": "closed", "state_reason": "not_planned"}).json()
    opened = bot("PATCH", url, json={"state": "open"}).json()

    assert made.status_code == 201
    assert made.json()["user"]["login"] == "github-actions[bot]"
    assert (closed["state"], closed["state_reason"]) == ("closed", "not_planned")
    assert closed["closed_by"]["type"] == "Bot"
    assert (opened["state"], opened["closed_at"]) == ("open", None)
    assert [event.kind for event in demo.issues[1].events] == [
        *("labeled", "renamed", "labeled", "closed", "reopened")
    ]


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"title": " "}, "title", "missing_field"),
        ({"title": "x" * 257}, "title", "custom"),
        ({"title": "x", "body": "x" * 65537}, "body", "custom"),
    ],
)
def test_what_github_does_not_take_is_named(
    demo: Repository, bot: Client, sent: dict[str, str], field: str, code: str
) -> None:
    answer = bot("POST", ISSUES, json=sent)

    assert answer.status_code == 422
    assert answer.json()["message"] == "Validation Failed"
    (error,) = answer.json()["errors"]
    assert (error["resource"], error["field"], error["code"]) == ("Issue", field, code)
    assert demo.issues == {}


def test_times_are_those_of_a_clock_that_tests_set(
    fake_github: FakeGitHub, demo: Repository, ask: Client
) -> None:
    fake_github.clock.set(datetime(2020, 2, 29, 12, 0, tzinfo=UTC))
    issue = demo.add_issue()
    fake_github.clock.advance(days=1)
    demo.comment(issue, "Still so", by="bob")

    shown = ask("GET", f"{ISSUES}/1").json()

    assert shown["created_at"] == "2020-02-29T12:00:01Z"
    assert shown["updated_at"] == "2020-03-01T12:00:02Z"
    assert issue.updated_at - issue.created_at == timedelta(days=1, seconds=1)


def test_an_enterprise_server_has_its_api_below_a_prefix(
    fake_github: FakeGitHub, demo: Repository, ask: Client
) -> None:
    demo.add_issue()
    shown = ask("GET", f"{fake_github.enterprise_url}{ISSUES}/1").json()

    assert shown["url"] == f"{fake_github.enterprise_url}{ISSUES}/1"
    assert ask("GET", shown["url"]).json() == shown
    assert fake_github.requests[0].path == f"{ISSUES}/1"
