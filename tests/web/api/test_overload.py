"""Too much at once, on a real server: what cannot be done soon is refused, and said so."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from classifier.pipeline import Model
from classifier.types import NormalizedIssue, Score
from classifier.web.app import create_app
from classifier.web.scoring import ScoringService
from classifier.web.settings import Settings
from tests.web.fixed_model import FixedScorer, fixed_manifest
from tests.web.loopback import serving
from tests.web.serving import PATIENCE_SECONDS, wait_until

MOST_WAITING = 4
ASKING = 12
ISSUE = {"issues": [{"title": "It is wrong"}]}


class HeldScorer(FixedScorer):
    """Scores nothing until it is let go."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.is_free = threading.Event()

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        self.has_begun.set()
        self.is_free.wait(PATIENCE_SECONDS)
        return super().score(issues)


@pytest.fixture
def scorer() -> Iterator[HeldScorer]:
    made = HeldScorer()
    yield made
    made.is_free.set()


@pytest.fixture
def address(scorer: HeldScorer, sqlite_url: str) -> Iterator[str]:
    service = ScoringService(lambda: Model(fixed_manifest(), scorer), most_waiting=MOST_WAITING)
    app = create_app(Settings(database_url=sqlite_url), scoring=service)
    with serving(app) as url:
        wait_until(lambda: service.is_ready)
        yield url


def ask(address: str) -> httpx.Response:
    return httpx.post(f"{address}/api/score", json=ISSUE, timeout=PATIENCE_SECONDS, trust_env=False)


def test_who_would_wait_too_long_is_told_to_come_again(address: str, scorer: HeldScorer) -> None:
    refused: list[httpx.Response] = []

    def ask_and_tell() -> httpx.Response:
        answer = ask(address)
        if answer.status_code != HTTPStatus.OK:
            refused.append(answer)
        return answer

    with ThreadPoolExecutor(ASKING) as pool:
        waiting = [pool.submit(ask_and_tell)]
        scorer.has_begun.wait(PATIENCE_SECONDS)
        waiting += [pool.submit(ask_and_tell) for _ in range(ASKING - 1)]
        # one is being scored and some wait; all others hear at once, while nothing moves
        wait_until(lambda: len(refused) >= ASKING - MOST_WAITING - 1)
        page = httpx.get(f"{address}/api/issues", trust_env=False)
        scorer.is_free.set()
        answers = [future.result() for future in waiting]

    assert page.status_code == 200  # who only reads is not kept waiting
    assert {answer.status_code for answer in answers} == {200, 429}
    assert len(refused) == ASKING - MOST_WAITING - 1
    for answer in refused:
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "Scoring is busy"
    assert ask(address).status_code == 200  # when it is over, it is over
    counted = httpx.get(f"{address}/metrics", trust_env=False).text
    assert f"silentrank_busy_total {float(len(refused))}" in counted.splitlines()


def test_a_service_that_ends_refuses_politely(
    make_client: Callable[..., TestClient], sqlite_url: str
) -> None:
    client = make_client(sqlite_url)
    client.app.state.scoring.close()  # type: ignore[attr-defined] # refuses everything from now on

    answer = client.post("/api/score", json=ISSUE)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("path", ["/api/issues", "/"])
@pytest.mark.parametrize("error", [OperationalError("", {}, Exception("locked")), NoConnection()])
def test_a_database_that_does_not_answer_is_told_as_that(
    client: TestClient, path: str, error: Exception
) -> None:
    def never(*_: object) -> None:
        raise error

    event.listen(client.app.state.engine, "begin", never)  # type: ignore[attr-defined]
    answer = client.get(path)
    event.remove(client.app.state.engine, "begin", never)  # type: ignore[attr-defined]

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.headers["retry-after"] == "5"
    assert client.get(path).status_code == HTTPStatus.OK
