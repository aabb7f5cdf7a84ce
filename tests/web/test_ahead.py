"""What is likely to be looked at next is explained before somebody waits for it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from classifier.types import Issue
from classifier.web.ahead import NEXT
from classifier.web.store.engine import reading, session
from classifier.web.store.preferences import Preferences, write_preferences
from classifier.web.store.queue import Filter, ids_from
from classifier.web.store.tables import ExplanationRow
from tests.web.pages.browsing import Visitor
from tests.web.serving import wait_until

Ada = Callable[..., Visitor]


@pytest.fixture
def ada(client: TestClient) -> Ada:
    """Have Ada come, who has looked at the queue, with given preferences."""

    def come(**preferences: float) -> Visitor:
        with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
            write_preferences(opened, Preferences(**preferences))  # type: ignore[arg-type]
        return Visitor(client, "Ada")

    return come


def explained(client: TestClient) -> set[int]:
    with reading(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        return set(opened.scalars(select(ExplanationRow.issue_id)))


def queue_of(client: TestClient) -> list[int]:
    with reading(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        return list(ids_from(opened, Filter(), 1, 12))


def shown(page: Visitor) -> int:
    """The issue that the page is about."""
    return next(
        int(form.action.split("/")[2]) for form in page.forms if form.action.endswith("/decide")
    )


def test_who_looks_at_the_queue_finds_its_first_issues_explained(
    client: TestClient, ada: Ada
) -> None:
    ada()

    wait_until(lambda: explained(client) == set(queue_of(client)[:NEXT]))


def test_nothing_is_explained_ahead_while_a_request_is_answered(
    client: TestClient, ada: Ada, make_issue: Callable[..., Issue]
) -> None:
    state = client.app.state  # type: ignore[attr-defined]
    state.traffic.count += 1  # one that takes its time
    ada()
    for _ in range(3):  # who asks meanwhile is answered
        assert len(state.scoring.score([make_issue("Wrong loss")])) == 1
    assert explained(client) == set()

    state.traffic.count -= 1
    wait_until(lambda: explained(client) == set(queue_of(client)[:NEXT]))


def test_who_screens_or_goes_on_finds_the_next_issues_explained(
    client: TestClient, ada: Ada
) -> None:
    queue = queue_of(client)
    page = ada(audit_share=0.0).open("/screen")
    assert shown(page) == queue[0]
    wait_until(lambda: explained(client) == set(queue[: 1 + NEXT]))

    page.open(f"/issues/{queue[4]}?at=5")
    wait_until(lambda: explained(client) == set(queue[: 5 + NEXT]))


def test_the_issue_that_chance_will_choose_next_is_explained_too(
    client: TestClient, ada: Ada
) -> None:
    page = ada(audit_share=0.5).open("/screen")  # every second is drawn: the next
    wait_until(lambda: len(explained(client)) >= 1 + NEXT)
    before = explained(client)

    page.decide("silent")

    assert "drawn at random" in page.text
    assert shown(page) in before


def test_in_blind_mode_nothing_is_explained_before_the_decision(
    client: TestClient, ada: Ada
) -> None:
    ada(blind=True).open("/screen")
    last = queue_of(client)[-1]
    client.app.state.ahead.want([last])  # type: ignore[attr-defined]

    wait_until(lambda: last in explained(client))
    assert explained(client) == {last}


def test_what_cannot_be_explained_stops_nobody(client: TestClient, ada: Ada) -> None:
    ada(blind=True)
    last = queue_of(client)[-1]
    client.app.state.ahead.want([2**31 - 1, last])  # type: ignore[attr-defined]

    wait_until(lambda: explained(client) == {last})
