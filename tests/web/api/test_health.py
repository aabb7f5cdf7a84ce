from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from classifier.pipeline import Model
from classifier.types import Issue
from classifier.web.scoring import ScoringService
from tests.web.fixed_model import fixed_model
from tests.web.serving import wait_until


def told(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """What ``/metrics`` tells, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


def counted(client: TestClient, name: str, **labels: str) -> float:
    return told(client).get((name, frozenset(labels.items())), 0.0)


def test_a_server_that_works_says_so(client: TestClient) -> None:
    wait_until(lambda: client.app.state.scoring.is_ready)  # type: ignore[attr-defined]

    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready", "model": fixed_model().model_id}


def test_a_server_without_a_model_is_alive_but_not_ready(client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    plain = TestClient(client.app, base_url="http://127.0.0.1:8000")
    client.app.state.scoring = type(client.app.state.scoring)(fixed_model)  # never started

    assert plain.get("/healthz").status_code == 200
    answer = plain.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["title"] == "Nothing is scored"


def test_a_server_whose_database_is_gone_is_alive_but_not_ready(
    client: TestClient, tmp_path: Path
) -> None:
    client.app.state.engine.dispose()  # type: ignore[attr-defined]
    for path in tmp_path.glob("triage.db*"):
        path.unlink()
    (tmp_path / "triage.db").mkdir()

    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["title"] == "The database does not answer"


def test_metrics_count_requests_by_route_not_by_path(client: TestClient) -> None:
    for path in ("/api/issues/1/decisions", "/api/issues/2/decisions", "/nowhere", "/<script>"):
        client.get(path)

    route = {"method": "GET", "route": "/api/issues/{issue_id}/decisions", "status": "200"}
    assert counted(client, "silentrank_requests_total", **route) == 2
    nowhere = {"method": "GET", "route": "none", "status": "404"}
    assert counted(client, "silentrank_requests_total", **nowhere) == 2
    assert counted(client, "silentrank_request_seconds_count", route=route["route"]) == 2


def test_strange_methods_make_no_new_series(client: TestClient) -> None:
    client.request("BREW", "/nowhere")

    labels = {dict(found).get("method") for name, found in told(client) if "requests_total" in name}
    assert {"other"} <= labels <= {"GET", "other"}


def test_metrics_count_what_was_scored_and_decided(client: TestClient) -> None:
    client.post("/api/score", json={"issues": [{"title": "a"}, {"title": "b"}]})
    client.post("/api/issues/1/decisions", json={"verdict": "silent", "reviewer": "Ada"})

    assert counted(client, "silentrank_scored_issues_total") == 2
    assert counted(client, "silentrank_decisions_total", verdict="silent") == 1
    assert counted(client, "silentrank_issues", state="open", standing="silent") == 1


def test_metrics_tell_how_much_waits_to_be_scored(
    client: TestClient, make_issue: Callable[..., Issue]
) -> None:
    is_there = Event()

    def load() -> Model:
        is_there.wait()
        return fixed_model()

    service = ScoringService(load)
    client.app.state.scoring = service  # type: ignore[attr-defined]
    service.start()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(service.score, [make_issue("Wrong loss")] * 3)
        wait_until(lambda: counted(client, "silentrank_waiting_issues") == 3)
        is_there.set()
        asked.result()

    assert counted(client, "silentrank_waiting_issues") == 0


def test_metrics_tell_how_many_requests_are_being_answered(client: TestClient) -> None:
    assert counted(client, "silentrank_in_flight_requests") == 1  # this one
    client.get("/there/is/no/such/page")
    assert counted(client, "silentrank_in_flight_requests") == 1


def test_two_servers_count_apart(
    make_client: Callable[..., TestClient], sqlite_url: str, tmp_path: Path
) -> None:
    first, second = make_client(sqlite_url), make_client(f"sqlite:///{tmp_path / 'other.db'}")
    first.post("/api/score", json={"issues": [{"title": "a"}]})

    assert counted(second, "silentrank_scored_issues_total") == 0
