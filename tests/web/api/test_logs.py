"""Logs tell what happened and never what an issue says, whatever way it came."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.web.logs import FACTS, JsonLines
from tests.web.serving import Served

WATCHING = "classifier.web.watching"
SECRET = "known to GitHub"  # noqa: S105 - of the tests
MARK = "zebrafish"  # in everything that must not be logged
TEXTS = (
    f"{MARK} <script>alert(1)</script>",
    f'{MARK}\n{{"level": "error", "message": "forged"}}',
    f"{MARK} \u202e\u2028 \x1b[31m %s %(name)s {{0}}",
)


@pytest.fixture
def record() -> Callable[..., logging.LogRecord]:
    def make(name: str, message: str, *values: object, **facts: object) -> logging.LogRecord:
        made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, None)
        vars(made).update(facts)
        return made

    return make


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    line = JsonLines().format(record)
    assert "\n" not in line
    row: dict[str, Any] = json.loads(line)
    return row


Record = Callable[..., logging.LogRecord]


def test_a_record_of_ours_says_facts(record: Record) -> None:
    row = line_of(record(WATCHING, "answered", status=200, route="/", title=MARK))

    assert (row["message"], row["status"], row["route"]) == ("answered", 200, "/")
    assert (row["level"], row["logger"]) == ("error", "classifier.web.watching")
    assert MARK not in json.dumps(row)
    assert "title" not in FACTS


@given(text=st.text())
def test_of_others_records_no_word_is_kept(text: str) -> None:
    marked = MARK + text
    for name in ("asyncio", "sqlalchemy.engine", "classifier.webinar", "root"):
        made = logging.LogRecord(name, logging.ERROR, __file__, 1, marked, (marked,), None)
        assert MARK not in JsonLines().format(made)


def test_the_servers_own_messages_are_kept_without_their_values(record: Record) -> None:
    row = line_of(record("uvicorn.error", "Started on %s", MARK))

    assert row["message"] == "Started on %s"


def test_of_an_exception_the_way_is_told_and_not_the_words(record: Record) -> None:
    def fail() -> None:
        raise ValueError(MARK)

    with pytest.raises(ValueError, match=MARK) as caught:
        fail()
    error = caught.value

    row = line_of(record(WATCHING, "failed", exc_info=(type(error), error, error.__traceback__)))

    assert row["exception"] == "ValueError"
    assert row["calls"][-1].endswith(" fail")
    assert MARK not in json.dumps(row)


@pytest.fixture
def watched(
    serve: Callable[..., Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Served:
    """A server that was filled with hostile issues and takes webhooks."""
    monkeypatch.setenv("SILENTRANK_WEBHOOK_SECRET", SECRET)
    issues = tmp_path / f"{MARK}.jsonl"
    rows = [
        {"repo": "octo/hostile", "number": number, "title": text, "body": text}
        for number, text in enumerate(TEXTS, 1)
    ]
    broken = f'{{"title": "{MARK}", "body": 7}}\n{MARK}\n'
    issues.write_text("".join(json.dumps(row) + "\n" for row in rows) + broken)
    served = serve("--log-level", "info", str(issues))
    served.wait_until_filled(len(TEXTS))
    return served


def deliver(url: str, payload: object, *, secret: str = SECRET) -> int:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": hashlib.sha256(body).hexdigest(),
        "x-hub-signature-256": f"sha256={digest}",
    }
    answer = httpx.post(f"{url}/webhooks/github", content=body, headers=headers, trust_env=False)
    return answer.status_code


def test_no_log_has_the_text_of_an_issue_whatever_way_it_came(watched: Served) -> None:
    url = watched.url
    with httpx.Client(base_url=url, trust_env=False, timeout=120) as client:
        for text in TEXTS:
            issue = {"title": text, "body": text}
            for path in ("/api/score", "/api/rank"):
                client.post(path, json={"issues": [issue]})
                client.post(path, json={"issues": [issue], text: text})
                client.post(path, content=text.encode(), headers={"content-type": "text/plain"})
            client.get("/", params={"text": text, "repo": text})
            client.get("/api/issues", params={"text": text, "since": text})
            client.get("/issues/1", headers={"user-agent": MARK, "referer": f"http://{MARK}/"})
            client.get(f"/{MARK}")
            client.get("/api/issues", headers={"authorization": f"Bearer {MARK}"})
            client.get("/api/issues", headers={"host": MARK})
            client.get("/api/issues", headers={"cookie": f"silentrank_{url[-4:]}={MARK}"})
            said = {"verdict": "silent", "note": text, "reviewer": "Ada", "request_id": MARK}
            client.post("/api/issues/1/decisions", json=said)
            client.post("/api/issues/1/decisions", json=said | {"reviewer": MARK})
            event = {"action": "opened", "repository": {"full_name": f"octo/{MARK}"}}
            number = 10 + TEXTS.index(text)
            deliver(url, event | {"issue": issue | {"number": number}})
            deliver(url, event | {"issue": issue | {"number": number}})
            deliver(url, event | {"issue": {"title": [text]}})
            deliver(url, text.encode("utf-8"))
            deliver(url, event, secret="another")  # noqa: S106
        answered = client.get("/metrics").text
    watched.interrupt()

    lines = [json.loads(line) for line in watched.log.read_text().splitlines()]
    assert sum(row.get("message") == "answered" for row in lines) > 50
    statuses = {row["status"] for row in lines if "status" in row}
    assert statuses >= {200, 201, 400, 401, 404, 409, 422}
    assert 500 not in statuses
    assert MARK not in watched.log.read_text()
    assert MARK not in answered
