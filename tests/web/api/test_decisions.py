from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from classifier.web.store.engine import open_engine, reading
from classifier.web.store.tables import DecisionRow

SAID = {"verdict": "silent", "reviewer": "Ada"}
Decide = Callable[..., Any]


@pytest.fixture
def issue(client: TestClient) -> dict[str, Any]:
    """The first issue of the queue."""
    first: dict[str, Any] = client.get("/api/issues", params={"size": 1}).json()["issues"][0]
    return first


@pytest.fixture
def decide(client: TestClient, issue: dict[str, Any]) -> Decide:
    def say(**said: Any) -> Any:  # noqa: ANN401 - an answer of either client
        return client.post(f"/api/issues/{issue['id']}/decisions", json=SAID | said)

    return say


def test_a_decision_keeps_what_was_said_and_what_was_known(decide: Decide) -> None:
    said = {"scenario": "shape", "impact": 3, "note": "Seen here too."}

    answer = decide(**said, position=1)

    kept = answer.json()
    assert answer.status_code == 201
    assert {name: kept[name] for name in said} == said
    assert (kept["verdict"], kept["reviewer"], kept["channel"]) == ("silent", "Ada", "api")
    assert kept["supersedes"] is None
    assert kept["shown_model"]
    assert kept["shown_position"] == 1


def test_shown_is_only_what_the_program_says_that_it_showed(decide: Decide) -> None:
    silent = decide().json()
    shown = decide(shown_probability=0.25).json()

    assert (silent["shown_probability"], silent["is_blind"]) == (None, True)
    assert (shown["shown_probability"], shown["is_blind"]) == (0.25, False)


def test_the_queue_follows_a_decision(client: TestClient, decide: Decide) -> None:
    before = client.get("/api/issues").json()["total"]
    decide()

    assert client.get("/api/issues").json()["total"] == before - 1
    assert client.get("/api/issues", params={"standing": "silent"}).json()["total"] == 1


def test_what_was_answered_is_in_the_database(decide: Decide, sqlite_url: str) -> None:
    kept = decide().json()

    engine = open_engine(sqlite_url)  # another's connection: it sees what is committed
    with reading(engine) as db:
        assert db.scalars(select(DecisionRow.id)).all() == [kept["id"]]
    engine.dispose()


def test_what_is_sent_twice_under_one_id_counts_once(
    client: TestClient, decide: Decide, issue: dict[str, Any]
) -> None:
    first = decide(request_id="once")
    again = decide(request_id="once")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    history = client.get(f"/api/issues/{issue['id']}/decisions").json()["decisions"]
    assert history == [first.json()]


def test_an_id_cannot_be_used_for_two_decisions(decide: Decide) -> None:
    decide(request_id="once")

    answer = decide(request_id="once", reviewer="Grace")

    assert answer.status_code == 422
    assert "another decision" in answer.json()["title"]


def test_earlier_decisions_stay_in_the_history(
    client: TestClient, decide: Decide, issue: dict[str, Any]
) -> None:
    first = decide().json()
    second = decide(verdict="not silent").json()
    third = decide(verdict="unsure", reviewer="Grace").json()

    history = client.get(f"/api/issues/{issue['id']}/decisions").json()["decisions"]

    assert history == [first, second, third]
    assert (second["supersedes"], third["supersedes"]) == (first["id"], None)


def test_a_program_settles_a_disagreement_only_if_it_says_so(
    client: TestClient, decide: Decide
) -> None:
    for name, verdict in (("Ada", "silent"), ("Grace", "not silent"), ("Bot", "silent")):
        assert decide(reviewer=name, verdict=verdict).json()["is_adjudication"] is False
    assert client.get("/api/issues", params={"standing": "disagreed"}).json()["total"] == 1

    settled = decide(reviewer="Joan", is_adjudication=True)
    refused = decide(reviewer="Mary", is_adjudication=True)

    assert settled.json()["is_adjudication"] is True
    assert client.get("/api/issues", params={"standing": "silent"}).json()["total"] == 1
    assert (refused.status_code, "yours to settle" in refused.text) == (422, True)


def test_whoever_says_nothing_of_who_they_are_decides_nothing(
    client: TestClient, decide: Decide
) -> None:
    answer = decide(reviewer="")

    assert answer.status_code == 401
    assert '"reviewer": "NAME"' in answer.json()["hint"]
    assert client.get("/api/issues", params={"standing": "silent"}).json()["total"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "loud"},
        {"verdict": "withdrawn"},
        {"scenario": "weather"},
        {"impact": 5},
        {"impact": 0},
        {"note": "a" * 10_001},
        {"request_id": "no blanks"},
        {"reviewer": "a" * 61},
        {"reviewer": "\n"},
        {"channel": "import"},
        {"position": 0},
        {"shown_probability": 1.1},
        {"is_blind": True},
    ],
)
def test_what_makes_no_sense_is_not_kept(
    client: TestClient, decide: Decide, issue: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert decide(**wrong).status_code == 422
    assert client.get(f"/api/issues/{issue['id']}/decisions").json() == {"decisions": []}


def test_an_issue_that_is_not_there_cannot_be_decided_on(client: TestClient) -> None:
    answer = client.post("/api/issues/999999/decisions", json=SAID)

    assert answer.status_code == 404
    assert answer.json()["title"] == "There is no issue 999999"
    assert client.get("/api/issues/999999/decisions").status_code == 404
    assert client.get(f"/api/issues/{2**31}/decisions").status_code == 422


def test_a_note_is_kept_whatever_it_holds(decide: Decide) -> None:
    note = "<script>alert(1)</script> \u202e {{ 7 * 7 }} '; DROP TABLE decisions; --"

    assert decide(note=note).json()["note"] == note
    assert decide(note="a\0b").json()["note"] == "a\ufffdb"
