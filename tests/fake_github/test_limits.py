"""Who may do what, how often, and what is new: tokens, quotas and entity tags."""

from collections.abc import Callable
from time import time

import pytest
import requests

from tests.fake_github import FakeGitHub
from tests.fake_github.repository import Repository

Client = Callable[..., requests.Response]
ISSUES = "/repos/octo/demo/issues"


def remaining(answer: requests.Response) -> int:
    return int(answer.headers["X-RateLimit-Remaining"])


@pytest.mark.parametrize(("login", "limit"), [("github-actions[bot]", 1000), ("alice", 5000)])
def test_each_token_has_its_own_quota(
    fake_github: FakeGitHub, client_of: Callable[..., Client], login: str, limit: int
) -> None:
    fake_github.add_repository("octo/demo")
    anonymous, known = client_of(), client_of(fake_github.token_user(login))

    assert remaining(anonymous("GET", ISSUES)) == 59
    first, second = known("GET", ISSUES), known("GET", f"{ISSUES}?state=all")
    assert (remaining(first), remaining(second)) == (limit - 1, limit - 2)
    assert second.headers["X-RateLimit-Used"] == "2"
    assert second.headers["X-RateLimit-Resource"] == "core"
    assert 3500 < int(second.headers["X-RateLimit-Reset"]) - time() <= 3600


def test_asking_for_the_quota_costs_nothing(demo: Repository, ask: Client) -> None:
    ask("GET", ISSUES)
    for _ in range(2):
        answer = ask("GET", "/rate_limit").json()
        assert answer["resources"]["core"]["remaining"] == 59
        assert answer["resources"]["search"]["limit"] == 10
    assert demo.full_name == "octo/demo"


@pytest.mark.parametrize(
    ("login", "message"),
    [
        (None, "API rate limit exceeded for 127.0.0.1. (But here's the good news: "),
        ("alice", "API rate limit exceeded for user ID "),
        ("github-actions[bot]", "API rate limit exceeded for installation ID 41898282."),
    ],
)
def test_a_spent_quota_is_refused_until_it_is_full_again(
    fake_github: FakeGitHub,
    demo: Repository,
    client_of: Callable[..., Client],
    login: str | None,
    message: str,
) -> None:
    client = client_of(fake_github.token_user(login) if login else None)
    fake_github.limit(remaining=1, reset_in_seconds=3600)

    assert client("GET", ISSUES).status_code == 200
    refused = client("GET", ISSUES)
    assert refused.status_code == 403
    assert refused.json()["message"].startswith(message)
    assert remaining(refused) == 0
    assert client("GET", "/rate_limit").json()["rate"]["remaining"] == 0
    fake_github.limit(remaining=0, reset_in_seconds=-1)
    assert client("GET", ISSUES).status_code == 200
    assert demo.issues == {}


def test_what_has_not_changed_is_not_sent_again_and_costs_a_known_client_nothing(
    demo: Repository, bot: Client
) -> None:
    issue = demo.add_issue()
    first = bot("GET", ISSUES)
    known = {"If-None-Match": first.headers["ETag"]}
    second = bot("GET", ISSUES, headers=known)
    demo.comment(issue, "News", by="bob")
    third = bot("GET", ISSUES, headers=known)

    assert first.headers["ETag"].startswith('W/"')
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert remaining(second) == remaining(first)
    assert third.status_code == 200
    assert remaining(third) == remaining(second) - 1


def test_strangers_pay_for_what_has_not_changed(demo: Repository, ask: Client) -> None:
    first = ask("GET", ISSUES)
    second = ask("GET", ISSUES, headers={"If-None-Match": first.headers["ETag"]})

    assert second.status_code == 304
    assert remaining(second) == remaining(first) - 1
    assert demo.issues == {}


def test_a_single_issue_can_be_asked_for_by_date_too(demo: Repository, bot: Client) -> None:
    issue = demo.add_issue()
    known = {"If-Modified-Since": bot("GET", f"{ISSUES}/1").headers["Last-Modified"]}

    assert bot("GET", f"{ISSUES}/1", headers=known).status_code == 304
    demo.edit(issue, body="More")
    assert bot("GET", f"{ISSUES}/1", headers=known).status_code == 200


def test_answers_may_be_kept_for_a_minute_for_one_token(demo: Repository, bot: Client) -> None:
    headers = bot("GET", ISSUES).headers

    assert headers["Cache-Control"] == "private, max-age=60, s-maxage=60"
    assert "Authorization" in headers["Vary"]
    assert demo.issues == {}


@pytest.mark.parametrize(
    ("login", "who"),
    [("github-actions[bot]", "integration"), ("alice", "personal access token")],
)
def test_a_token_that_may_only_read_may_only_read(
    fake_github: FakeGitHub,
    demo: Repository,
    client_of: Callable[..., Client],
    login: str,
    who: str,
) -> None:
    issue = demo.add_issue()
    client = client_of(fake_github.token_user(login, issues="read"))

    assert client("GET", f"{ISSUES}/1").status_code == 200
    answers = [
        client("POST", f"{ISSUES}/1/comments", json={"body": "Hello"}),
        client("POST", f"{ISSUES}/1/labels", json={"labels": ["x"]}),
        client("PATCH", f"{ISSUES}/1", json={"state": "closed"}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json()["message"] for answer in answers} == {f"Resource not accessible by {who}"}
    assert (issue.comments, issue.labels, issue.state) == ([], [], "open")


def test_who_comes_without_a_token_may_not_write(demo: Repository, ask: Client) -> None:
    demo.add_issue()
    answer = ask("POST", f"{ISSUES}/1/comments", json={"body": "Hello"})

    assert (answer.status_code, answer.json()["message"]) == (401, "Requires authentication")


def test_a_token_that_was_never_given_out_is_refused(
    demo: Repository, client_of: Callable[..., Client]
) -> None:
    answer = client_of("ghp_made_up")("GET", ISSUES)

    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")
    assert demo.issues == {}


def test_a_workflows_token_belongs_to_no_user(bot: Client, alice: Client) -> None:
    assert bot("GET", "/user").json()["message"] == "Resource not accessible by integration"
    assert alice("GET", "/user").json()["login"] == "alice"


def test_programs_must_name_themselves(demo: Repository, ask: Client) -> None:
    answer = ask("GET", ISSUES, headers={"User-Agent": ""})

    assert answer.status_code == 403
    assert "User-Agent" in answer.json()["message"]
    assert demo.issues == {}


@pytest.mark.parametrize(("status", "wait"), [(403, 7), (429, None)])
def test_who_goes_too_fast_is_asked_to_wait(
    fake_github: FakeGitHub, demo: Repository, bot: Client, status: int, wait: int | None
) -> None:
    demo.add_issue()
    fake_github.secondary_limit(retry_after_seconds=wait, times=2, status=status)
    answers = [bot("POST", f"{ISSUES}/1/comments", json={"body": "Hello"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [status, status, 201]
    assert "secondary rate limit" in answers[0].json()["message"]
    assert answers[0].headers.get("Retry-After") == (None if wait is None else str(wait))
    assert remaining(answers[0]) > 0
    assert len(demo.issues[1].comments) == 1


def test_tokens_are_not_kept_with_the_requests(fake_github: FakeGitHub, alice: Client) -> None:
    alice("GET", "/user")

    assert fake_github.requests[0].login == "alice"
    assert "ghp_" not in str(fake_github.requests)
