"""Asks a triage page as people do, one or many at a time, with a clock."""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from benchmarks.issues import SEED
from benchmarks.web_names import REPOS, REVIEWERS, Asking, sent

ROWS_A_PAGE = 50
PAGES = 20  # of the API's queue, one of which is asked for
LOOKED_AT = 20  # issues of the first page, at most, that are looked at again and again
SCORED = 100  # issues that take turns in being scored
PATIENCE_SECONDS = 120
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')

Ask = Callable[[], httpx.Response]
Times = Mapping[str, list[float]]  # what was asked → seconds until the answer was there
Place = tuple[int, int]  # an issue's id and its position in the queue


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who is signed in, and asks for things as chance has it."""

    http: httpx.Client
    source: random.Random
    size: int  # issues in the database
    seen: Sequence[Place]  # that somebody has looked at
    unseen: Iterator[Place]  # that nobody has, each given out once

    def asks(self) -> Mapping[str, Ask]:
        """What is asked, by name."""
        every: Mapping[str, Any] = {"state": "all", "standing": "all"}
        middle = self.size // ROWS_A_PAGE // 2
        words = {"at_least": 10, "text": "gradient batch"}
        return {
            "queue, first page": lambda: self._get("/"),
            "queue, the page in its middle": lambda: self._get("/", **every, page=middle),
            "queue, filtered and searched": lambda: self._get(
                "/", **every, **words, repo=self.source.choice(REPOS)
            ),
            "issue": lambda: self.look_at(self.source.choice(self.seen)),
            "issue, at its first look": lambda: self.look_at(next(self.unseen)),
            "next issue to screen": lambda: self._get("/screen"),
            "decision": self._decide,
            "GET /api/issues": lambda: self._get("/api/issues", page=self.source.randint(1, PAGES)),
            "POST /api/score": self._score,
        }

    def _get(self, path: str, **query: Any) -> httpx.Response:  # noqa: ANN401 - numbers and words
        return self.http.get(path, params=query)

    def look_at(self, place: Place) -> httpx.Response:
        """Open an issue from the queue."""
        issue_id, position = place
        return self._get(f"/issues/{issue_id}", at=position)

    def _decide(self) -> httpx.Response:
        form = {"verdict": self.source.choice(("silent", "not silent")), "to": "screen"}
        issue_id = self.source.randint(1, self.size)
        return self.http.post(f"/issues/{issue_id}/decide", data=form)

    def _score(self) -> httpx.Response:
        one = self.source.choice(sent(SCORED))
        return self.http.post("/api/score", json={"issues": [one]})


def times(url: str, size: int, asking: Asking) -> tuple[list[Times], int]:
    """Have all clients ask for the same thing at the same time, then for the next; run by run.

    Everything is asked for once before. Returns the first page of the queue with issues that
    nobody has looked at yet, too.
    Raises RuntimeError for an answer that is none.
    """
    with ExitStack() as stack, ThreadPoolExecutor(asking.clients) as pool:
        https = [
            stack.enter_context(closing(_signed_in(url, number)))
            for number in range(asking.clients)
        ]
        seen = _places(https[0], 1)[: min(LOOKED_AT, asking.count)]
        pages = range(asking.page, asking.page + asking.count // ROWS_A_PAGE + 2)
        unseen = iter([place for page in pages for place in _places(https[0], page)])
        people = [
            Client(http, random.Random(seed), size, seen, unseen)
            for seed, http in enumerate(https, SEED)
        ]
        for place in seen:
            people[0].look_at(place)
        _run(pool, people[:1], 1)
        measured = [_run(pool, people, asking.requests) for _ in range(asking.runs)]
    return measured, pages.stop


def _run(pool: ThreadPoolExecutor, people: Sequence[Client], requests: int) -> Times:
    return {name: _all(pool, people, name, requests) for name in people[0].asks()}


def _places(http: httpx.Client, page: int) -> list[Place]:
    """A page of the queue, of ``ROWS_A_PAGE``."""
    answer = http.get("/api/issues", params={"page": page, "size": ROWS_A_PAGE})
    rows = checked("/api/issues", answer).json()["issues"]
    return [(row["id"], row["position"]) for row in rows]


def _all(
    pool: ThreadPoolExecutor, people: Sequence[Client], name: str, requests: int
) -> list[float]:
    def one(person: Client) -> list[float]:
        ask = person.asks()[name]
        return [_seconds(name, ask) for _ in range(requests)]

    return [seconds for own in pool.map(one, people) for seconds in own]


def _seconds(name: str, ask: Ask) -> float:
    start = time.perf_counter()
    answer = ask()
    seconds = time.perf_counter() - start
    checked(name, answer)
    return seconds


def checked(name: str, answer: httpx.Response) -> httpx.Response:
    """Return the answer; raise RuntimeError, which processes can tell each other, for an error."""
    if answer.is_error:
        raise RuntimeError(f"{name}: {answer.status_code} {answer.text[:200]}")
    return answer


def client_for(url: str) -> httpx.Client:
    """Somebody without a name, who keeps the connection."""
    return httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False)


def _signed_in(url: str, number: int) -> httpx.Client:
    """One of the reviewers; their forms' token goes along as a header, whatever they send."""
    client = client_for(url)
    sign_in = partial(client.get, "/sign-in", follow_redirects=True)
    form = {"name": REVIEWERS[number % len(REVIEWERS)], "csrf_token": _token(sign_in())}
    client.post("/sign-in", data=form)
    client.headers["x-csrf-token"] = _token(sign_in())
    return client


def _token(page: httpx.Response) -> str:
    found = CSRF.search(page.text)
    if found is None:
        raise RuntimeError(f"no form: {page.status_code} {page.text[:200]}")
    return found[1]
