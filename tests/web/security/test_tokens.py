import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from classifier.web.security.tokens import bearer_of, hash_of, new_token
from tests.web.security.conftest import HERE, MakeApp

OPEN = {"/healthz", "/readyz", "/sign-in", "/webhooks/github"}


@pytest.fixture
def beyond(make_app: MakeApp) -> FastAPI:
    """A server that others than this machine reach."""
    return make_app(host="0.0.0.0")  # noqa: S104 - nothing listens


def test_a_token_cannot_be_guessed() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert re.fullmatch(r"silentrank_[\w-]{43}", new_token())  # 32 bytes


def test_the_database_has_no_token_but_its_hash(token: str, tmp_path: Path) -> None:
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("page.db*"))

    assert hash_of(token).encode() in kept
    assert token.encode() not in kept


def test_beyond_loopback_every_page_and_the_api_want_a_token(beyond: FastAPI) -> None:
    stranger = TestClient(beyond, base_url=HERE, follow_redirects=False)

    for path in ("/", "/issues/1", "/status", "/labels.csv", "/settings", "/probe", "/nowhere"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["location"][:14]) == (303, "/sign-in?next="), (
            path
        )
    for path in ("/api/issues", "/api/openapi.json", "/api/issues/1/decisions", "/metrics"):
        answer = stranger.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "silentrank reviewers add" in answer.json()["hint"]


def test_behind_a_proxy_on_loopback_everybody_needs_a_token(make_app: MakeApp) -> None:
    behind = make_app(allowed_hosts=("localhost", "triage.example.org"))
    stranger = TestClient(behind, base_url="http://triage.example.org", follow_redirects=False)

    assert stranger.get("/api/issues").status_code == 401
    assert stranger.get("/").headers["location"].startswith("/sign-in")
    assert 'name="token"' in stranger.get("/sign-in").text


def test_another_name_for_loopback_asks_for_no_token(make_app: MakeApp) -> None:
    here = make_app(allowed_hosts=("localhost", "[::1]"))

    assert TestClient(here, base_url=HERE).get("/api/issues").status_code == 200


def test_beyond_loopback_probes_and_the_way_in_are_open(beyond: FastAPI) -> None:
    stranger = TestClient(beyond, base_url=HERE, follow_redirects=False)

    assert stranger.get("/healthz").status_code == 200
    assert stranger.get("/readyz").status_code == 503  # the model is not loaded here
    assert stranger.get("/static/nothing.css").status_code == 404
    assert stranger.post("/webhooks/github", json={}).status_code == 503  # no secret is set


def test_no_route_is_open_by_accident(beyond: FastAPI) -> None:
    stranger = TestClient(beyond, base_url=HERE, follow_redirects=False)
    described = beyond.openapi()["paths"]

    for path, methods in described.items():
        for method in methods:
            status = stranger.request(method, path.replace("{issue_id}", "1")).status_code
            assert (status in {401, 303}) == (path not in OPEN), path


def test_with_a_token_a_program_reads_and_writes(beyond: FastAPI, token: str) -> None:
    program = TestClient(beyond, base_url=HERE, headers={"authorization": f"Bearer {token}"})

    assert program.get("/api/issues").json()["total"] == 0
    assert program.get("/probe").json()["reviewer"] == "Ada"
    answer = program.post("/api/issues/1/decisions", json={"verdict": "silent"})
    assert answer.status_code == 404  # there is no issue


@pytest.mark.parametrize("given", ["", "x", "silentrank_", "Ada"])
def test_a_wrong_token_is_refused_even_on_loopback(
    app: FastAPI, beyond: FastAPI, token: str, given: str
) -> None:
    for served in (app, beyond):
        client = TestClient(served, base_url=HERE)
        headers = {"authorization": f"Bearer {given or token + 'x'}"}
        answer = client.get("/api/issues", headers=headers)
        assert answer.status_code == 401
        assert token not in answer.text


def test_a_name_is_no_token_beyond_loopback(beyond: FastAPI) -> None:
    said = {"verdict": "silent", "reviewer": "Ada"}
    stranger = TestClient(beyond, base_url=HERE)

    assert stranger.post("/api/issues/1/decisions", json=said).status_code == 401


def test_whoever_is_sent_to_sign_in_comes_back(beyond: FastAPI) -> None:
    stranger = TestClient(beyond, base_url=HERE, follow_redirects=False)

    answer = stranger.get("/issues/7?by=priority&text=a%20b")

    assert (
        answer.headers["location"] == "/sign-in?next=%2Fissues%2F7%3Fby%3Dpriority%26text%3Da%2520b"
    )


@given(header=st.text())
def test_any_text_may_stand_in_an_authorization_header(header: str) -> None:
    token = bearer_of(header)

    assert token is None or token in header


def test_the_scheme_is_written_in_any_case() -> None:
    assert bearer_of("Bearer a") == bearer_of("bearer  a ") == bearer_of("BEARER a") == "a"
    assert bearer_of("Basic a") is None
    assert bearer_of("Bearer ") is None
