"""What goes wrong at the fake GitHub when a test wants it to, and two clients at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
import requests

from tests.fake_github import FakeGitHub
from tests.fake_github.repository import Repository

Client = Callable[..., requests.Response]
ISSUES = "/repos/octo/demo/issues"


def test_a_failure_is_a_page_for_people_and_nothing_is_done(
    fake_github: FakeGitHub, demo: Repository, bot: Client
) -> None:
    issue = demo.add_issue()
    fake_github.fail_next(502, times=2)
    answers = [bot("POST", f"{ISSUES}/1/comments", json={"body": "Hello"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [502, 502, 201]
    assert answers[0].headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>Unicorn!" in answers[0].text
    assert len(issue.comments) == 1
    assert [request.status for request in fake_github.requests] == [502, 502, 201]


def test_a_failure_waits_for_its_path_and_method(
    fake_github: FakeGitHub, demo: Repository, bot: Client
) -> None:
    demo.add_issue()
    path = f"{ISSUES}/1/comments"
    fake_github.fail_next(500, path=path, method="POST", body='{"message": "Server Error"}')

    assert bot("GET", ISSUES).status_code == 200
    assert bot("GET", path).status_code == 200
    assert bot("POST", path, json={"body": "Hello"}).json() == {"message": "Server Error"}
    assert bot("POST", path, json={"body": "Hello"}).status_code == 201


def test_a_slow_answer_holds_up_nobody_else(
    fake_github: FakeGitHub, demo: Repository, client_of: Callable[..., Client]
) -> None:
    slow, quick = client_of(), client_of()
    fake_github.slow_next(0.5, path=ISSUES)
    with ThreadPoolExecutor() as pool:
        start = monotonic()
        waiting = pool.submit(slow, "GET", ISSUES)
        assert quick("GET", "/rate_limit").status_code == 200
        assert not waiting.done()
        assert waiting.result().status_code == 200
    assert monotonic() - start >= 0.5
    assert demo.issues == {}


def test_a_client_that_cannot_wait_leaves_no_trace(
    fake_github: FakeGitHub, demo: Repository, ask: Client
) -> None:
    fake_github.slow_next(0.3)
    with pytest.raises(requests.ReadTimeout):
        requests.get(fake_github.url + ISSUES, timeout=0.05)

    assert ask("GET", ISSUES).status_code == 200
    assert demo.issues == {}


def test_a_truncated_answer_breaks_off_though_the_work_is_done(
    fake_github: FakeGitHub, demo: Repository, bot: Client
) -> None:
    issue = demo.add_issue()
    fake_github.truncate_next()
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        bot("POST", f"{ISSUES}/1/comments", json={"body": "Hello"})

    assert [comment.body for comment in issue.comments] == ["Hello"]
    assert bot("GET", f"{ISSUES}/1").status_code == 200


def test_a_body_that_is_not_json_is_refused(
    fake_github: FakeGitHub, demo: Repository, bot: Client
) -> None:
    demo.add_issue()
    answer = bot("POST", f"{ISSUES}/1/comments", data=b"{")

    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")
    assert all(each.endswith("request: not JSON") for each in fake_github.deviations)
    fake_github.deviations.clear()


def test_two_clients_at_once_lose_nothing(
    fake_github: FakeGitHub, demo: Repository, client_of: Callable[..., Client]
) -> None:
    issue = demo.add_issue()
    clients = [client_of(fake_github.token_user(login)) for login in ("alice", "bob")]

    def write(client: Client) -> list[int]:
        numbers = []
        for place in range(20):
            client("POST", f"{ISSUES}/1/comments", json={"body": str(place)})
            client("POST", f"{ISSUES}/1/labels", json={"labels": [f"label {place}"]})
            numbers.append(client("POST", ISSUES, json={"title": "x"}).json()["number"])
        return numbers

    with ThreadPoolExecutor() as pool:
        first, second = pool.map(write, clients)

    assert sorted(first + second) == list(range(2, 42))
    assert first == sorted(first)
    for login in ("alice", "bob"):
        said = [each.body for each in issue.comments if each.author.login == login]
        assert said == [str(place) for place in range(20)]
    assert len(issue.labels) == len(demo.labels) == len(issue.events) == 20
    assert len({comment.id for comment in issue.comments}) == 40
    moments = [comment.created_at for comment in issue.comments]
    assert moments == sorted(set(moments))


def test_each_server_is_a_world_of_its_own() -> None:
    with FakeGitHub() as one, FakeGitHub() as other:
        one.add_repository("octo/demo")
        answers = [requests.get(each.url + ISSUES, timeout=20) for each in (one, other)]

    assert [answer.status_code for answer in answers] == [200, 404]
    with pytest.raises(requests.ConnectionError):
        requests.get(one.url, timeout=20)


def test_what_was_asked_is_kept_in_order(
    fake_github: FakeGitHub, demo: Repository, bot: Client
) -> None:
    demo.add_issue()
    bot("GET", f"{ISSUES}?labels=a%2Cb&state=all", headers={"If-None-Match": '"x"'})
    bot("POST", f"{ISSUES}/1/comments", json={"body": "Grüße"})
    first, second = fake_github.requests

    assert (first.method, first.path, first.status) == ("GET", ISSUES, 200)
    assert (first.query, first.is_conditional) == ({"labels": "a,b", "state": "all"}, True)
    assert (second.body, second.is_conditional) == ({"body": "Grüße"}, False)
    assert (second.login, second.status) == ("github-actions[bot]", 201)
