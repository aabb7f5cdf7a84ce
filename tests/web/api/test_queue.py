from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from classifier.types import Issue


def pages(client: TestClient, **wanted: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any
    number, last = 1, 1
    while number <= last:
        page = client.get("/api/issues", params={**wanted, "page": number, "size": 7}).json()
        last = page["pages"]
        number += 1
        yield page


@pytest.mark.parametrize("by", ["probability", "priority", "age"])
def test_pages_together_are_the_queue(
    client: TestClient, examples: tuple[Issue, ...], by: str
) -> None:
    found = [issue for page in pages(client, by=by) for issue in page["issues"]]

    assert [issue["position"] for issue in found] == list(range(1, len(examples) + 1))
    assert {issue["url"] for issue in found} == {issue.url for issue in examples}
    if by != "age":
        values = [issue[by] for issue in found]
        assert values == sorted(values, reverse=True)


def test_a_page_beyond_the_last_is_the_last(client: TestClient) -> None:
    page = client.get("/api/issues", params={"page": 2**31 - 1, "size": 100}).json()

    assert page["page"] == page["pages"] == 1
    assert len(page["issues"]) == page["total"]


def test_filters_are_the_queues(client: TestClient) -> None:
    everything = client.get("/api/issues", params={"size": 100}).json()["issues"]
    repo = everything[0]["repo"]
    wanted = {"repo": repo, "at_least": 0.5, "at_most": 0.9, "size": 100}

    found = client.get("/api/issues", params=wanted).json()["issues"]

    expected = [
        issue
        for issue in everything
        if issue["repo"] == repo and 0.5 <= issue["probability"] <= 0.9
    ]
    assert [issue["id"] for issue in found] == [issue["id"] for issue in expected]
    assert client.get("/api/issues", params={"state": "closed"}).json()["total"] == 0
    assert client.get("/api/issues", params={"standing": "silent"}).json()["total"] == 0


def test_words_find_issues(client: TestClient) -> None:
    found = client.get("/api/issues", params={"text": "focal_loss ignores"}).json()["issues"]

    assert "focal_loss" in found[0]["title"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "ajar"),
        ("standing", "loud"),
        ("since", "yesterday"),
        ("at_least", "1.5"),
        ("at_least", "nan"),
        ("scenario", "weather"),
        ("by", "chance"),
        ("page", "0"),
        ("page", str(2**31)),
        ("size", "101"),
        ("text", "a" * 201),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(client: TestClient, name: str, value: str) -> None:
    answer = client.get("/api/issues", params={name: value})

    assert answer.status_code == 422
    assert answer.json()["details"][0]["place"] == f"query.{name}"


@pytest.mark.parametrize(
    "text", ["\0", "'; DROP TABLE issues; --", '"', "*", "NEAR(", "a AND", "%"]
)
def test_a_search_is_words_and_nothing_else(client: TestClient, text: str) -> None:
    assert client.get("/api/issues", params={"text": text, "repo": text}).status_code == 200
    assert client.get("/api/issues", params={"text": text}).status_code == 200
