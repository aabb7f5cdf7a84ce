"""A delivery counts once, whenever and however often it comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient

from classifier.web.store.deliveries import REMEMBERED, forget_old
from tests.fake_github import FakeGitHub
from tests.fake_github.entities import Issue
from tests.fake_github.repository import Repository
from tests.web.api.hooking import BOTH, Deliver, known, notes

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


@BOTH
def test_a_replay_of_what_is_no_longer_remembered_undoes_nothing(
    hooked: TestClient,
    deliver: Deliver,
    fake_github: FakeGitHub,
    repository: Repository,
    issue: Issue,
) -> None:
    opened = fake_github.event(issue)
    deliver(opened)
    repository.edit(issue, title="The gradient is wrong")
    deliver(fake_github.event(issue, "edited"))
    before = known(hooked)
    engine = hooked.app.state.engine  # type: ignore[attr-defined]

    forget_old(engine, now=datetime.now(UTC) + REMEMBERED - timedelta(minutes=5))
    assert len(notes(hooked)) == 4
    assert deliver(opened).status_code == 409

    forget_old(engine, now=datetime.now(UTC) + REMEMBERED + timedelta(minutes=5))
    assert notes(hooked) == []
    assert deliver(opened).json() == {"outcome": "older than what is known"}
    assert known(hooked) == before
