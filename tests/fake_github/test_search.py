"""The fake GitHub's search for issues."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests

from tests.fake_github import FakeGitHub
from tests.fake_github.repository import Repository

Client = Callable[..., requests.Response]


def found(client: Client, query: str, **parameters: object) -> list[int]:
    answer = client("GET", "/search/issues", params={"q": query, **parameters})
    assert answer.status_code == 200
    return [item["number"] for item in answer.json()["items"]]


@pytest.fixture
def known(fake_github: FakeGitHub, demo: Repository) -> Repository:
    """Six issues of four years."""
    for year, labels in [(2018, ["comp:keras", "type:bug"]), (2020, ["comp:keras"])]:
        fake_github.clock.set(datetime(year, 6, 30, 12, tzinfo=UTC))
        demo.close(demo.add_issue("Loss is NaN", labels=labels, author="bob"))
    fake_github.clock.set(datetime(2021, 1, 1, tzinfo=UTC))
    late = demo.add_issue("Crash", "Segmentation fault in conv", labels=["comp:keras", "type:bug"])
    demo.close(late, reason="not_planned")
    demo.add_issue(labels=["good first issue"])
    demo.add_issue(is_pull_request=True, labels=["comp:keras"])
    fake_github.add_repository("octo/other").add_issue("Loss is NaN")
    return demo


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('repo:octo/demo is:issue is:closed label:"comp:keras" label:type:bug', [3, 1]),
        ("repo:octo/demo is:issue label:comp:keras,type:bug", [3, 2, 1]),
        ("repo:octo/demo is:issue label:comp:keras -label:type:bug", [2]),
        ('repo:octo/demo is:issue label:"good first issue"', [4]),
        ("repo:octo/demo is:issue closed:2018-06-30..2020-06-30", [2, 1]),
        ("repo:octo/demo is:issue closed:<2020-06-30", [1]),
        ("repo:octo/demo is:issue closed:>2020-06-30", [3]),
        ("repo:octo/demo is:issue closed:>=2020-06-30T12:00:00Z sort:created-asc", [2, 3]),
        ("repo:octo/demo is:issue created:*..2019-12-31", [1]),
        ('repo:octo/demo is:issue reason:"not planned"', [3]),
        ("repo:octo/demo is:issue author:Bob state:closed", [2, 1]),
        ("repo:octo/demo is:pr", [5]),
        ("repo:octo/demo is:issue segmentation conv", [3]),
        ("is:issue NaN", [1, 2, 1]),
    ],
)
def test_qualifiers_narrow_down(
    known: Repository, ask: Client, query: str, expected: list[int]
) -> None:
    assert found(ask, query) == expected
    assert len(known.issues) == 5


def test_results_are_paged_and_sorted_and_take_from_a_quota_of_their_own(
    known: Repository, ask: Client
) -> None:
    wish = {"q": "repo:octo/demo is:issue", "sort": "created", "order": "asc", "per_page": 3}
    first = ask("GET", "/search/issues", params=wish)
    second = ask("GET", first.links["next"]["url"])

    assert first.json()["total_count"] == 4
    pages = [first.json()["items"], second.json()["items"]]
    assert [[item["number"] for item in page] for page in pages] == [[1, 2, 3], [4]]
    assert first.headers["X-RateLimit-Resource"] == "search"
    assert second.headers["X-RateLimit-Remaining"] == "8"
    assert known.name == "demo"


def test_no_more_than_a_thousand_results_are_shown(demo: Repository, alice: Client) -> None:
    for _ in range(1050):
        demo.add_issue()
    wish = {"q": "repo:octo/demo is:issue", "per_page": 100}
    last = alice("GET", "/search/issues", params=wish | {"page": 10})
    beyond = alice("GET", "/search/issues", params=wish | {"page": 11})

    assert last.json()["total_count"] == 1050
    assert len(last.json()["items"]) == 100
    assert "next" not in last.links
    assert beyond.status_code == 422
    assert beyond.json()["message"] == "Only the first 1000 search results are available"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("repo:octo/demo NaN", "Query must include 'is:issue' or 'is:pull-request'"),
        ("repo:octo/absent is:issue", "The listed users and repositories cannot be searched"),
        ("repo:octo/demo is:issue closed:yesterday", '"yesterday" is not a recognized date'),
    ],
)
def test_a_query_that_cannot_be_understood_is_refused(
    demo: Repository, ask: Client, query: str, message: str
) -> None:
    demo.close(demo.add_issue())
    answer = ask("GET", "/search/issues", params={"q": query})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"].startswith(message)
