import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.web.security.limits import Rates, client_of, rates_of
from tests.web.security.conftest import HERE, MakeApp

FEW = Rates(reads=3, writes=2, sign_ins=1)


@pytest.fixture
def strict(make_app: MakeApp) -> FastAPI:
    return make_app(rates=FEW)


def client_at(app: FastAPI, address: str) -> TestClient:
    return TestClient(app, base_url=HERE, client=(address, 50_000), follow_redirects=False)


def test_who_asks_too_often_is_told_when_to_try_again(strict: FastAPI) -> None:
    client = client_at(strict, "127.0.0.1")

    answers = [client.get("/api/issues") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["title"] == "Too many requests"


def test_writing_and_reading_are_counted_apart(strict: FastAPI) -> None:
    client = client_at(strict, "127.0.0.1")
    said = {"verdict": "silent"}

    wrote = [client.post("/api/issues/1/decisions", json=said).status_code for _ in range(3)]

    assert wrote == [404, 404, 429]
    assert client.get("/api/issues").status_code == 200


def test_one_client_does_not_use_up_what_others_may(strict: FastAPI) -> None:
    greedy = client_at(strict, "192.0.2.1")
    while greedy.get("/api/issues").status_code != 429:
        pass

    assert client_at(strict, "192.0.2.2").get("/api/issues").status_code == 200


def test_all_of_a_network_of_version_6_is_one_client(strict: FastAPI) -> None:
    statuses = [
        client_at(strict, f"2001:db8::{number}").get("/api/issues").status_code
        for number in range(1, 5)
    ]

    assert statuses == [200, 200, 200, 429]


def test_probes_are_never_refused(strict: FastAPI) -> None:
    client = client_at(strict, "127.0.0.1")

    assert {client.get("/healthz").status_code for _ in range(10)} == {200}


def test_beyond_loopback_tokens_cannot_be_tried_out(make_app: MakeApp) -> None:
    beyond = make_app(host="0.0.0.0", rates=FEW)  # noqa: S104 - nothing listens
    client = client_at(beyond, "192.0.2.1")

    assert [client.post("/sign-in").status_code for _ in range(3)] == [403, 429, 429]


def test_no_limit_is_none(make_app: MakeApp) -> None:
    client = client_at(make_app(rates=Rates(reads=0)), "127.0.0.1")

    assert {client.get("/api/issues").status_code for _ in range(30)} == {200}


@given(host=st.text() | st.ip_addresses().map(str))
def test_every_address_is_some_client(host: str) -> None:
    assert client_of({"client": (host, 1)}) == client_of({"client": (host, 2)})
    assert client_of({"client": None}) == "unknown"


@given(st.integers(0, 10**9 - 1))
def test_the_environment_sets_rates(count: int) -> None:
    assert rates_of({"SILENTRANK_READS_A_MINUTE": str(count)}) == Rates(reads=count)
    assert rates_of({"SILENTRANK_WRITES_A_MINUTE": str(count)}) == Rates(writes=count)
    assert rates_of({"PATH": str(count)}) == Rates()


@pytest.mark.parametrize("count", ["", "-1", "many", "1e3", "\u0663", "9" * 5000])
def test_a_rate_that_is_no_number_is_told_by_the_name_of_its_variable(count: str) -> None:
    with pytest.raises(InputError, match="SILENTRANK_WRITES_A_MINUTE") as refused:
        rates_of({"SILENTRANK_WRITES_A_MINUTE": count})

    assert "0 is as many" in (refused.value.hint or "")
