"""What is refused before an event is read: what is not signed, and what is no event."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.web.problems import Problem
from classifier.web.security.signatures import check_signature
from tests.web.api.hooking import REPO, SECRET, Deliver, notes, signature


def test_the_signature_is_githubs() -> None:
    # the example of https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    check_signature(SECRET, b"Hello, World!", f"sha256={digest}")
    with pytest.raises(Problem, match="not of this body"):
        check_signature(SECRET, b"Hello, World?", f"sha256={digest}")


@pytest.mark.parametrize("given", ["", "sha256=", "sha1=" + "0" * 40, "é", "SHA256"])
def test_a_wrong_signature_changes_nothing(hooked: TestClient, given: str) -> None:
    headers = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": "1",
        "x-hub-signature-256": given,
    }
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = hooked.post("/webhooks/github", content=b"{}", headers=encoded)

    assert answer.status_code == 401
    assert notes(hooked) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_a_body_that_was_altered_is_refused(hooked: TestClient, data: st.DataObject) -> None:
    body = b'{"action": "opened", "issue": {"title": "a", "number": 1}}'
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[place]))
    altered = body[:place] + bytes([other]) + body[place + 1 :]
    headers = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": "1",
        "x-hub-signature-256": signature(body),
    }

    assert hooked.post("/webhooks/github", content=altered, headers=headers).status_code == 401


def test_without_a_secret_no_webhook_is_taken(client: TestClient) -> None:
    headers = {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": "1",
        "x-hub-signature-256": signature(b"{}", ""),
    }
    answer = client.post("/webhooks/github", content=b"{}", headers=headers)

    assert answer.status_code == 503
    assert "SILENTRANK_WEBHOOK_SECRET" in answer.json()["hint"]


@pytest.mark.parametrize(
    "payload",
    [
        b"no JSON",
        b"[]",
        b"[" * 100_000,
        {"action": "opened"},
        {"action": "opened", "issue": []},
        {"action": "opened", "issue": {"number": 1}},
        {"action": "opened", "issue": {"title": "no number"}, "repository": {"full_name": REPO}},
        {"action": "opened", "issue": {"title": "no repository", "number": 1}},
        {"action": "opened", "issue": {"title": 7, "number": 1}, "repository": 7},
    ],
)
def test_a_signed_body_without_an_issue_is_refused(deliver: Deliver, payload: object) -> None:
    answer = deliver(payload)

    assert answer.status_code == 400
    assert answer.json()["hint"] == "Is it GitHub that sends this?"


def test_a_form_is_not_taken_for_json(hooked: TestClient) -> None:
    body = b"payload=%7B%7D"
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-github-event": "ping",
        "x-github-delivery": "1",
        "x-hub-signature-256": signature(body),
    }
    answer = hooked.post("/webhooks/github", content=body, headers=headers)

    assert answer.status_code == 415
    assert "application/json" in answer.json()["hint"]
