import json
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from classifier.errors import GitHubError
from classifier.github.client import Client

if TYPE_CHECKING:
    from tests.classifier.github.conftest import Connect
    from tests.fake_github import FakeGitHub

ISSUES = "/repos/octo/demo/issues"


@pytest.fixture
def github(asked_github: "FakeGitHub") -> "FakeGitHub":
    """A GitHub with one issue."""
    asked_github.add_repository("octo/demo").add_issue("Loss is wrong")
    return asked_github


def statuses(github: "FakeGitHub") -> list[int]:
    return [request.status for request in github.requests]


def test_what_has_not_changed_costs_nothing(github: "FakeGitHub", connected: "Connect") -> None:
    client = connected(github.token_user("alice"))
    first = client.get(ISSUES)
    quota = client.quota

    assert client.get(ISSUES) == first
    assert statuses(github) == [200, 304]
    assert client.quota == quota
    assert quota
    assert (quota.left, quota.limit) == (4999, 5000)


def test_what_has_changed_is_fetched(github: "FakeGitHub", connected: "Connect") -> None:
    client = connected()
    client.get(ISSUES)
    github.add_repository("octo/demo").add_issue("Another")

    assert [issue["title"] for issue in client.get(ISSUES)] == ["Another"]
    assert statuses(github) == [200, 200]


def test_without_a_cache_nothing_is_kept(github: "FakeGitHub", connected: "Connect") -> None:
    client = connected(cache=None)
    client.get(ISSUES)
    client.get(ISSUES)

    assert [request.is_conditional for request in github.requests] == [False, False]


def test_enterprise_servers_are_asked_below_their_own_path(
    github: "FakeGitHub", connected: "Connect", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", github.enterprise_url)
    for _ in range(120):
        github.store.repository("octo/demo").add_issue()  # type: ignore[union-attr]
    client = connected(github.token_user("alice"))

    assert sum(len(page) for page in client.pages(ISSUES, {"state": "all"})) == 121
    data, errors = client.graphql('query { repository(owner: "octo", name: "demo") { id } }')
    assert data["repository"]["id"]
    assert errors == []


def test_other_clients_of_the_library_keep_nothing(connected: "Connect") -> None:
    import github as library  # noqa: PLC0415 - an extra

    connected()
    (adapter,) = {type(found) for found in _session_of(library.Github()).adapters.values()}
    assert adapter.__module__ == "requests.adapters"


def _session_of(hub: Any) -> Any:  # noqa: ANN401
    return hub.requester._Requester__createConnection().session  # noqa: SLF001


@pytest.mark.parametrize(
    "fail",
    [
        lambda github: github.fail_next(502),
        lambda github: github.fail_next(500, body='{"message": "Server Error"}', times=2),
        lambda github: github.fail_next(503),
        lambda github: github.truncate_next(),
        lambda github: github.truncate_next(times=2),
        lambda github: github.fail_next(200, body="[{", headers={"ETag": '"a"'}),
        lambda github: github.secondary_limit(retry_after_seconds=1),
        lambda github: github.secondary_limit(retry_after_seconds=1, status=429),
    ],
)
def test_what_fails_for_a_while_is_asked_for_again(
    fail: Callable[["FakeGitHub"], None], github: "FakeGitHub", connected: "Connect"
) -> None:
    fail(github)

    assert connected().get(ISSUES)[0]["title"] == "Loss is wrong"


def test_a_broken_answer_does_not_stay_in_the_cache(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    github.fail_next(200, body='{"message": "half of', headers={"ETag": '"a"'}, times=3)
    client = connected()

    with pytest.raises(GitHubError, match="GitHub's answer for octo/demo is broken") as caught:
        client.get(ISSUES)
    assert "What was read is kept" in caught.value.hint

    assert client.get(ISSUES)[0]["title"] == "Loss is wrong"
    assert statuses(github) == [200] * 4


def test_a_server_that_keeps_failing_is_told_of(github: "FakeGitHub", connected: "Connect") -> None:
    github.fail_next(502, times=99)

    with pytest.raises(GitHubError, match="GitHub answers 502 for octo/demo") as caught:
        connected().get(ISSUES)
    assert caught.value.status == 502
    assert "githubstatus.com" in caught.value.hint
    assert statuses(github) == [502] * 5


def test_a_server_that_does_not_answer_is_told_of(
    github: "FakeGitHub", connected: "Connect", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.github.connections.TIMEOUT_SECONDS", 1)
    client = connected()
    client.get(ISSUES)
    github.slow_next(1.5, times=9)

    with pytest.raises(GitHubError, match="did not answer in time for octo/demo"):
        client.get(ISSUES)


def test_a_server_that_is_not_there_is_told_of(
    connected: "Connect", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")

    with pytest.raises(GitHubError, match="Cannot reach GitHub: Connection refused") as caught:
        connected().get(ISSUES)
    assert "GITHUB_API_URL" in caught.value.hint


def test_without_a_token_the_limit_says_what_one_would_bring(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    github.limit(remaining=0, reset_in_seconds=1800)

    with pytest.raises(GitHubError, match="limit of 60 requests without a token is used") as caught:
        connected().get(ISSUES)
    assert "5,000 requests an hour" in caught.value.hint
    assert "gh auth login" in caught.value.hint
    assert "the same command goes on there" in caught.value.hint
    assert statuses(github) == [403]


def test_with_a_token_the_limit_says_until_when(github: "FakeGitHub", connected: "Connect") -> None:
    github.limit(remaining=0, reset_in_seconds=1800)

    with pytest.raises(
        GitHubError, match=r"limit of 5000 requests is used up until \d\d:\d\d"
    ) as caught:
        connected(github.token_user("alice")).get(ISSUES)
    assert "token" not in caught.value.hint


def test_a_limit_that_ends_soon_is_waited_for(
    github: "FakeGitHub", connected: "Connect", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.github.retries.WORTH_TELLING_SECONDS", 1)
    waits: list[float] = []
    github.limit(remaining=0, reset_in_seconds=3)

    client = connected(github.token_user("alice"), on_wait=waits.append)

    assert client.get(ISSUES)[0]["title"] == "Loss is wrong"
    assert len(waits) == 1
    assert 1 <= waits[0] <= 5


@pytest.mark.parametrize("status", [403, 429])
def test_a_long_wait_is_left_to_the_user(
    status: int, github: "FakeGitHub", connected: "Connect"
) -> None:
    github.secondary_limit(retry_after_seconds=900, status=status)
    started = time.monotonic()

    with pytest.raises(GitHubError, match="too many requests in a short time") as caught:
        connected().get(ISSUES)
    assert "in 900 seconds" in caught.value.hint
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (401, "GitHub refuses the token: no", "GITHUB_TOKEN"),
        (403, "GitHub forbids octo/demo: no", "permission"),
        (404, "GitHub knows no octo/demo", "that the token may see it"),
        (410, "GitHub has no octo/demo any more: no", "deleted"),
        (422, "GitHub answers 422 for octo/demo: no", ""),
        (451, "GitHub answers 451 for octo/demo: no", ""),
    ],
)
def test_a_refusal_says_what_to_do(
    status: int, message: str, hint: str, github: "FakeGitHub", connected: "Connect"
) -> None:
    github.fail_next(status, body='{"message": "no"}')

    with pytest.raises(GitHubError, match=message) as caught:
        connected(github.token_user("alice")).get(ISSUES)
    assert hint in caught.value.hint
    assert caught.value.status == status
    assert statuses(github) == [status]


def test_a_repository_that_is_not_seen_may_be_private(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    with pytest.raises(GitHubError, match="GitHub knows no octo/absent") as caught:
        connected().get("/repos/octo/absent/issues")
    assert "private" in caught.value.hint
    assert github.requests


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '"text"', "12", '{"message": 12}', '{"message": ["a"]}', "<html>"]
)
def test_a_refusal_may_look_like_anything(
    body: str, github: "FakeGitHub", connected: "Connect"
) -> None:
    github.fail_next(403, body=body)

    with pytest.raises(GitHubError):
        connected().get(ISSUES)


def test_no_error_has_the_token(github: "FakeGitHub", connected: "Connect") -> None:
    token = github.token_user("alice")
    client = connected(token)

    for status in (403, 422, 500):
        github.fail_next(status, body=json.dumps({"message": f"no token {token}"}), times=9)
        with pytest.raises(GitHubError) as caught:
            client.get(ISSUES)
        assert "no token ***" in str(caught.value)
        assert token not in f"{caught.value!r}{caught.value.hint}{client!r}"


def test_no_log_has_the_token(
    github: "FakeGitHub", connected: "Connect", caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="github")
    token = github.token_user("alice")
    github.fail_next(502)

    connected(token).get(ISSUES)

    assert "Loss is wrong" in caplog.text
    assert token not in caplog.text


def test_a_next_page_elsewhere_is_not_followed(github: "FakeGitHub", connected: "Connect") -> None:
    link = '<https://evil.example.org/issues?page=2>; rel="next"'
    github.fail_next(200, body="[]", headers={"Link": link})

    with pytest.raises(GitHubError, match=r"next page is not at .*: https://evil\.example\.org"):
        list(connected().pages(ISSUES, {}))


def test_a_redirection_elsewhere_is_not_followed(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    github.fail_next(301, body="{}", headers={"Location": "https://evil.example.org/issues"})

    with pytest.raises(GitHubError, match="leads elsewhere"):
        connected(github.token_user("alice")).get(ISSUES)


@pytest.mark.parametrize("status", [302, 307, 308])
def test_a_redirection_that_nobody_follows_is_no_answer(
    status: int, github: "FakeGitHub", connected: "Connect"
) -> None:
    github.fail_next(status, body="{}", headers={"Location": f"{github.url}/elsewhere"})

    with pytest.raises(GitHubError, match="leads elsewhere for octo/demo"):
        connected().get(ISSUES)


def test_a_page_for_people_is_no_answer(github: "FakeGitHub", connected: "Connect") -> None:
    html = {"Content-Type": "text/html", "ETag": '"a"'}
    github.fail_next(200, body="<html>Sign in</html>", headers=html, times=3)
    client = connected()

    with pytest.raises(GitHubError, match="answer for octo/demo is broken"):
        client.get(ISSUES)
    assert client.get(ISSUES)


def test_where_an_address_leads_is_asked_each_time(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    repository = github.store.repository("octo/demo")
    assert repository
    repository.rename("octo/new")
    client = connected()

    for _ in range(2):
        assert client.get("/repos/octo/demo")["full_name"] == "octo/new"
    assert statuses(github) == [301, 200, 301, 304]


def test_a_comment_that_may_have_been_made_is_not_made_again(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    client = connected(github.token_user("github-actions[bot]"))
    path = f"{ISSUES}/1/comments"
    github.fail_next(502, method="POST")
    with pytest.raises(GitHubError, match="502"):
        client.send("POST", path, {"body": "Hello"})

    github.truncate_next(path=path)
    with pytest.raises(GitHubError, match="broken"):
        client.send("POST", path, {"body": "Hello"})

    assert [request.method for request in github.requests] == ["POST", "POST"]
    assert len(client.get(path)) == 1


def test_a_comment_that_was_refused_for_haste_is_made_later(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    github.secondary_limit(retry_after_seconds=1)
    client = connected(github.token_user("github-actions[bot]"))

    made = client.send("POST", f"{ISSUES}/1/comments", {"body": "Hello"})

    assert made["body"] == "Hello"
    assert statuses(github) == [403, 201]


def test_what_is_the_same_when_done_twice_is_done_again(
    github: "FakeGitHub", connected: "Connect"
) -> None:
    github.fail_next(502)
    client = connected(github.token_user("github-actions[bot]"))

    changed = client.send("PATCH", f"{ISSUES}/1", {"title": "Loss is right"})

    assert changed["title"] == "Loss is right"
    assert statuses(github) == [502, 200]


def test_a_client_is_closed_with_its_context(connected: "Connect") -> None:
    client = connected()
    with client as same:
        assert isinstance(same, Client)
