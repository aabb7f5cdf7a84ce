import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.web.security.conftest import HERE

FORM = {"name": "Ada"}


@pytest.fixture
def form_token(browser: TestClient) -> str:
    token: str = browser.get("/probe").json()["csrf_token"]
    return token


def who(browser: TestClient) -> str:
    name: str = browser.get("/probe").json()["reviewer"]
    return name


def test_a_form_with_its_visits_token_is_taken(browser: TestClient, form_token: str) -> None:
    answer = browser.post("/probe", data={**FORM, "csrf_token": form_token})

    assert answer.status_code == 200
    assert who(browser) == "Ada"


def test_the_token_may_come_as_a_header_or_with_files(browser: TestClient, form_token: str) -> None:
    by_header = browser.post("/probe", data=FORM, headers={"x-csrf-token": form_token})
    form_token = browser.get("/probe").json()["csrf_token"]
    with_file = browser.post(
        "/probe", data={**FORM, "csrf_token": form_token}, files={"file": b"rows"}
    )

    assert (by_header.status_code, with_file.status_code) == (200, 200)


@pytest.mark.parametrize("given", ["", "0" * 64, "\udcff", "é"])
def test_a_form_with_another_token_is_refused(
    browser: TestClient, form_token: str, given: str
) -> None:
    content = f"name=Ada&csrf_token={given}".encode("utf-8", "surrogateescape")
    answer = browser.post(
        "/probe",
        content=content,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert form_token != given
    assert answer.status_code == 403
    assert who(browser) == ""


def test_the_token_of_somebody_elses_visit_is_refused(app: FastAPI, form_token: str) -> None:
    other = TestClient(app, base_url=HERE)
    other.get("/probe")

    assert other.post("/probe", data={**FORM, "csrf_token": form_token}).status_code == 403


def test_without_a_visit_no_token_fits(app: FastAPI, form_token: str) -> None:
    other = TestClient(app, base_url=HERE)

    assert other.post("/probe", data={**FORM, "csrf_token": form_token}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_what_another_site_sends_is_refused_even_with_the_token(
    browser: TestClient, form_token: str, headers: dict[str, str]
) -> None:
    form = {**FORM, "csrf_token": form_token}

    assert browser.post("/probe", data=form, headers=headers).status_code == 403
    assert who(browser) == ""


def test_a_browser_that_says_it_is_here_is_believed(browser: TestClient, form_token: str) -> None:
    form = {**FORM, "csrf_token": form_token}
    headers = {"origin": HERE, "sec-fetch-site": "same-origin"}

    assert browser.post("/probe", data=form, headers=headers).status_code == 200


def test_the_token_changes_when_somebody_signs_in(browser: TestClient, form_token: str) -> None:
    browser.post("/probe", data={**FORM, "csrf_token": form_token})

    assert browser.get("/probe").json()["csrf_token"] != form_token
    assert browser.post("/probe", data={**FORM, "csrf_token": form_token}).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_but_reading_passes_without_a_token(browser: TestClient, method: str) -> None:
    for path in ("/", "/undo", "/settings", "/issues/1/decide", "/nowhere"):
        assert browser.request(method, path).status_code == 403, path


def test_a_visit_needs_the_token_at_the_api_too(browser: TestClient, form_token: str) -> None:
    browser.post("/probe", data={**FORM, "csrf_token": form_token})
    form_token = browser.get("/probe").json()["csrf_token"]
    said = {"verdict": "silent"}

    without = browser.post("/api/issues/1/decisions", json=said)
    along = browser.post("/api/issues/1/decisions", json=said, headers={"x-csrf-token": form_token})

    assert without.status_code == 403
    assert along.status_code == 404  # there is no issue


def test_no_form_of_another_site_reaches_the_api_of_loopback(browser: TestClient) -> None:
    said = b'{"verdict": "silent", "reviewer": "Ada"}'

    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"content-type": kind} if kind else {}
        answer = browser.post("/api/issues/1/decisions", content=said, headers=headers)
        assert answer.status_code == 422, kind
    from_elsewhere = browser.post(
        "/api/issues/1/decisions",
        content=said,
        headers={"content-type": "application/json", "origin": "https://evil.example"},
    )
    assert from_elsewhere.status_code == 403


def test_a_programs_own_token_is_enough(app: FastAPI, token: str) -> None:
    program = TestClient(app, base_url=HERE, headers={"authorization": f"Bearer {token}"})

    answer = program.post("/api/issues/1/decisions", json={"verdict": "silent"})

    assert answer.status_code == 404  # there is no issue
