import socket
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from classifier.web.guard import guard
from classifier.web.metrics import Metrics
from classifier.web.security.bodies import MEGABYTE, Bodies
from classifier.web.watching import Traffic
from tests.web.loopback import serving
from tests.web.security.conftest import HERE, MakeApp

JSON = {"content-type": "application/json"}


def chunks(count: int, size: int = MEGABYTE) -> Iterator[bytes]:
    for _ in range(count):
        yield b" " * size


@pytest.mark.parametrize(
    ("path", "most"),
    [("/api/issues/1/decisions", 1), ("/api/score", 5), ("/api/rank", 5), ("/webhooks/github", 25)],
)
def test_a_body_that_is_too_large_is_not_read(browser: TestClient, path: str, most: int) -> None:
    answer = browser.post(path, content=b" " * (most * MEGABYTE + 1), headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["hint"] == f"Send no more than {most} MiB at once."


def test_a_body_that_hides_its_size_is_cut_off(browser: TestClient) -> None:
    answer = browser.post("/api/score", content=chunks(6), headers=JSON)

    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


def test_a_body_of_the_largest_size_is_read(browser: TestClient) -> None:
    answer = browser.post("/api/issues/1/decisions", content=b" " * MEGABYTE, headers=JSON)

    assert answer.status_code == 422  # it is not JSON, but that had to be read


@pytest.mark.parametrize("declared", ["-1", "many", "1_000", "9" * 5000])
def test_a_size_that_is_no_number_is_refused(browser: TestClient, declared: str) -> None:
    headers = JSON | {"content-length": declared}
    answer = browser.post("/api/score", content=b"{}", headers=headers)

    assert answer.status_code == 413


@pytest.fixture
def slow_address(app: FastAPI) -> Iterator[str]:
    """A server that waits half a second for a body."""
    impatient = FastAPI()
    impatient.state.engine = app.state.engine
    guard(
        impatient,
        host="127.0.0.1",
        port=8000,
        metrics=Metrics(),
        traffic=Traffic(),
        seconds_to_send=0.5,
    )
    with serving(impatient) as address:
        yield address


def test_a_body_that_trickles_in_is_waited_for_only_so_long(slow_address: str) -> None:
    parts = urlsplit(slow_address)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=30) as line:
        line.sendall(b"POST /api/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        answer = line.makefile("rb").read()  # until the server hangs up

    head = answer.split(b"\r\n")
    assert head[0].split()[1] == str(HTTPStatus.REQUEST_TIMEOUT.value).encode()
    assert b"connection: close" in [line.lower() for line in head]


def test_others_are_answered_while_one_is_slow(slow_address: str) -> None:
    parts = urlsplit(slow_address)
    slow = [
        socket.create_connection((str(parts.hostname), int(parts.port or 0))) for _ in range(60)
    ]
    try:
        for line in slow:
            line.sendall(
                b"POST /api/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
            )
        answer = httpx.get(f"{slow_address}/nowhere", trust_env=False)
    finally:
        for line in slow:
            line.close()

    assert answer.status_code == 404


@pytest.mark.parametrize(("secret", "status"), [("", 503), ("a secret", 401)])
def test_a_webhook_that_nobody_can_have_signed_is_not_read(
    make_app: MakeApp, secret: str, status: int
) -> None:
    client = TestClient(make_app(webhook_secret=secret), base_url=HERE)
    too_large = chunks(26)  # if it were read

    assert client.post("/webhooks/github", content=too_large).status_code == status


def test_what_all_hold_at_once_has_a_bound_and_is_given_back() -> None:
    app = FastAPI()
    app.add_middleware(Bodies, most_at_once=10)
    client = TestClient(app, base_url=HERE)

    for _ in range(3):
        assert client.post("/nowhere", content=b"x" * 11).status_code == 429
        assert client.post("/nowhere", content=b"x" * 10).status_code == 404
