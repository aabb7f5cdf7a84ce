import hashlib
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from classifier.web.problems import Problem
from classifier.web.security.signatures import check_signature
from classifier.web.store.engine import reading
from classifier.web.store.tables import DeliveryRow
from tests.fake_github import FakeGitHub
from tests.fake_github.entities import Issue
from tests.fake_github.repository import Repository

SECRET = "It's a Secret to Everybody"  # noqa: S105 - of the tests
REPO = "octo/watched"
Deliver = Callable[..., Any]
FAILING = {  # how to have the note of a delivery fail, after the issue was written; and to end it
    "sqlite": (
        (
            "CREATE TRIGGER full BEFORE INSERT ON deliveries "
            "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        ),
        "DROP TRIGGER full",
    ),
    "postgresql": (
        "ALTER TABLE deliveries ADD CONSTRAINT disk CHECK (outcome = 'full')",
        "ALTER TABLE deliveries DROP CONSTRAINT disk",
    ),
}
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """SQLite, or what the test asks for."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
def hooked(make_client: Callable[..., TestClient], database: str) -> TestClient:
    """The application with a webhook's secret."""
    return make_client(database, webhook_secret=SECRET)


@pytest.fixture
def deliver(hooked: TestClient) -> Deliver:
    """Deliver an event as GitHub does."""

    def send(
        payload: object, *, event: str = "issues", delivery: str = "", secret: str = SECRET
    ) -> Any:  # noqa: ANN401 - an answer of either client
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = {
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": delivery or str(uuid4()),
            "x-hub-signature-256": signature(body, secret),
        }
        return hooked.post("/webhooks/github", content=body, headers=headers)

    return send


@pytest.fixture
def repository(fake_github: FakeGitHub) -> Repository:
    return fake_github.add_repository(REPO)


@pytest.fixture
def issue(repository: Repository) -> Issue:
    return repository.add_issue("The loss is wrong", "Nothing is raised, it just trains badly.")


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def known(client: TestClient, state: str = "all") -> list[dict[str, Any]]:
    wanted = {"repo": REPO, "state": state, "standing": "all"}
    issues: list[dict[str, Any]] = client.get("/api/issues", params=wanted).json()["issues"]
    return issues


def notes(client: TestClient) -> list[str]:
    """What the database remembers of deliveries."""
    with reading(client.app.state.engine) as db:  # type: ignore[attr-defined]
        return list(db.scalars(select(DeliveryRow.outcome)))


def test_the_signature_is_githubs() -> None:
    # the example of https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    check_signature(SECRET, b"Hello, World!", f"sha256={digest}")
    with pytest.raises(Problem, match="not of this body"):
        check_signature(SECRET, b"Hello, World?", f"sha256={digest}")


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


@pytest.mark.parametrize("given", ["", "sha256=", "sha1=" + "0" * 40, "é", "SHA256"])
def test_a_wrong_signature_changes_nothing(hooked: TestClient, given: str) -> None:
    headers = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": "1",
        "x-hub-signature-256": given,
    }
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = hooked.post("/webhooks/github", content=b"{}", headers=encoded)

    assert answer.status_code == 401
    assert notes(hooked) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_a_body_that_was_altered_is_refused(hooked: TestClient, data: st.DataObject) -> None:
    body = b'{"action": "opened", "issue": {"title": "a", "number": 1}}'
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[place]))
    altered = body[:place] + bytes([other]) + body[place + 1 :]
    headers = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": "1",
        "x-hub-signature-256": signature(body),
    }

    assert hooked.post("/webhooks/github", content=altered, headers=headers).status_code == 401


def test_a_delivery_that_was_dealt_with_is_refused_the_second_time(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, issue: Issue
) -> None:
    event = fake_github.event(issue)
    assert deliver(event, delivery="one").status_code == 200

    again = deliver(event, delivery="one")

    assert again.status_code == 409
    assert again.json()["title"] == "This delivery was dealt with already"
    assert len(known(hooked)) == 1


def test_a_replay_under_another_id_is_refused_too(
    hooked: TestClient,
    deliver: Deliver,
    fake_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
) -> None:
    opened = fake_github.event(issue)
    deliver(opened)
    repository.close(issue)
    deliver(fake_github.event(issue, "closed"))

    assert deliver(opened).status_code == 409
    assert [row["state"] for row in known(hooked)] == ["closed"]


def test_another_body_under_an_id_that_was_used_is_refused(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, issue: Issue
) -> None:
    deliver(fake_github.event(issue), delivery="one")

    assert deliver(fake_github.event(issue, "deleted"), delivery="one").status_code == 409
    assert [row["state"] for row in known(hooked)] == ["open"]


@BOTH
def test_of_the_same_delivery_twice_at_once_one_is_refused(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, issue: Issue
) -> None:
    event = fake_github.event(issue)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: deliver(event, delivery="one"), range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert len(known(hooked)) == 1
    assert notes(hooked) == ["added", "added"]  # by its id and by its body


@BOTH
def test_a_delivery_that_failed_may_come_again(
    hooked: TestClient, deliver: Deliver, fake_github: FakeGitHub, issue: Issue
) -> None:
    engine = hooked.app.state.engine  # type: ignore[attr-defined]
    event = fake_github.event(issue)

    fail, mend = FAILING[engine.dialect.name]
    with engine.begin() as connection:
        connection.exec_driver_sql(fail)
    assert deliver(event, delivery="one").status_code == 500
    assert (known(hooked), notes(hooked)) == ([], [])

    with engine.begin() as connection:
        connection.exec_driver_sql(mend)
    assert deliver(event, delivery="one").json() == {"outcome": "added"}


def test_without_a_secret_no_webhook_is_taken(client: TestClient) -> None:
    headers = {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": "1",
        "x-hub-signature-256": signature(b"{}", ""),
    }
    answer = client.post("/webhooks/github", content=b"{}", headers=headers)

    assert answer.status_code == 503
    assert "SILENTRANK_WEBHOOK_SECRET" in answer.json()["hint"]


@pytest.mark.parametrize(
    "payload",
    [
        b"no JSON",
        b"[]",
        b"[" * 100_000,
        {"action": "opened"},
        {"action": "opened", "issue": []},
        {"action": "opened", "issue": {"number": 1}},
        {"action": "opened", "issue": {"title": "no number"}, "repository": {"full_name": REPO}},
        {"action": "opened", "issue": {"title": "no repository", "number": 1}},
        {"action": "opened", "issue": {"title": 7, "number": 1}, "repository": 7},
    ],
)
def test_a_signed_body_without_an_issue_is_refused(deliver: Deliver, payload: object) -> None:
    answer = deliver(payload)

    assert answer.status_code == 400
    assert answer.json()["hint"] == "Is it GitHub that sends this?"


def test_a_pull_request_is_no_issue(
    deliver: Deliver, fake_github: FakeGitHub, issue: Issue, hooked: TestClient
) -> None:
    event = fake_github.event(issue)
    event["issue"]["pull_request"] = {"url": "https://api.github.com/repos/octo/watched/pulls/1"}

    assert deliver(event).json() == {"outcome": "ignored"}
    assert known(hooked) == []


def test_a_form_is_not_taken_for_json(hooked: TestClient) -> None:
    body = b"payload=%7B%7D"
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-github-event": "ping",
        "x-github-delivery": "1",
        "x-hub-signature-256": signature(body),
    }
    answer = hooked.post("/webhooks/github", content=body, headers=headers)

    assert answer.status_code == 415
    assert "application/json" in answer.json()["hint"]


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
