import pytest
from fastapi.testclient import TestClient

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/issues", "/probe", "/nowhere", "/static/nothing.css", "/probe/fail"]
)
def test_every_answer_tells_browsers_what_they_may(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers

    said = dict(
        rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";")
    )
    assert said == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 16


def test_refusals_have_the_headers_too(browser: TestClient) -> None:
    refused = [
        browser.get("/healthz", headers={"host": "evil.example"}),
        browser.post("/undo"),
        browser.get("/api/issues", headers={"authorization": "Bearer nobody"}),
    ]

    assert [answer.status_code for answer in refused] == [400, 403, 401]
    assert all("default-src 'none'" in one.headers["content-security-policy"] for one in refused)


def test_no_cache_keeps_what_may_be_private(browser: TestClient) -> None:
    assert browser.get("/api/issues").headers["cache-control"] == "no-store"
    assert browser.get("/static/nothing.css").headers["cache-control"] == "no-cache"


def test_a_failure_says_nothing_of_what_failed(browser: TestClient) -> None:
    answer = browser.get("/probe/fail")

    assert answer.status_code == 500
    assert "title of an issue" not in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_no_site_may_read_answers_of_ours(browser: TestClient) -> None:
    answer = browser.options(
        "/api/issues",
        headers={"origin": "https://evil.example", "access-control-request-method": "POST"},
    )

    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.status_code == 405
