from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.web.security.hosts import is_loopback
from tests.web.security.conftest import MakeApp

WORDS = st.text("abcxyz0189.-_@:[]/ ", min_size=1, max_size=30)


def status_for(client: TestClient, host: str) -> int:
    return client.get("/healthz", headers={"host": host}).status_code


def test_loopback_has_its_names_with_any_port(browser: TestClient) -> None:
    for host in ("127.0.0.1", "127.0.0.1:8000", "localhost:81", "LocalHost", "[::1]:8000"):
        assert status_for(browser, host) == 200, host


def test_a_name_that_was_rebound_to_loopback_gets_nothing(browser: TestClient) -> None:
    answer = browser.get("/healthz", headers={"host": "evil.example:8000"})

    assert answer.status_code == 400
    assert answer.json()["title"] == "This server does not answer to that host name"
    assert "--allowed-host" in answer.json()["hint"]


def test_names_that_only_look_like_loopback_get_nothing(browser: TestClient) -> None:
    for host in ("127.0.0.1@evil.example", "evil.example#localhost", "localhost.evil.example", ""):
        assert status_for(browser, host) == 400, host


def test_on_loopback_an_address_of_another_network_gets_nothing(browser: TestClient) -> None:
    assert status_for(browser, "192.0.2.7:8000") == 400


def test_an_allowed_name_gets_answers(make_app: MakeApp) -> None:
    client = TestClient(make_app(allowed_hosts=("triage.example",)))

    assert status_for(client, "triage.example") == 200
    assert status_for(client, "Triage.Example.:443") == 200
    assert status_for(client, "evil.example") == 400


def test_beyond_loopback_addresses_do_since_nobody_can_rebind_them(make_app: MakeApp) -> None:
    client = TestClient(make_app(host="0.0.0.0"))  # noqa: S104 - nothing listens

    assert status_for(client, "192.0.2.7:8000") == 200
    assert status_for(client, "[2001:db8::1]") == 200
    assert status_for(client, "evil.example") == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(host=WORDS)
def test_no_other_name_gets_answers(browser: TestClient, host: str) -> None:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host

    if status_for(browser, host) == 200:
        assert is_loopback(name.strip("[]").rstrip("."))
