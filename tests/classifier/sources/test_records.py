import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.sources.records import Skipped, issues_in, to_issue
from classifier.types import Issue, IssueKey

ISSUE_URL = "https://github.com/octo/demo/issues/7"

REST: Mapping[str, Any] = {
    "url": "https://api.github.com/repos/octo/demo/issues/7",
    "repository_url": "https://api.github.com/repos/octo/demo",
    "html_url": ISSUE_URL,
    "number": 7,
    "title": "Metric is off by one",
    "labels": [{"id": 1, "name": "bug"}, {"id": 2, "name": "keras"}],
    "created_at": "2024-01-02T03:04:05Z",
    "body": "text",
}
GRAPHQL: Mapping[str, Any] = {
    "__typename": "Issue",
    "number": 7,
    "title": "Metric is off by one",
    "body": "text",
    "url": ISSUE_URL,
    "createdAt": "2024-01-02T03:04:05Z",
    "labels": {"nodes": [{"name": "bug"}, {"name": "keras"}]},
}
ISSUE = Issue(
    IssueKey("octo/demo", 7),
    "Metric is off by one",
    "text",
    datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    ISSUE_URL,
    ("bug", "keras"),
)


def refuse(skipped: Skipped) -> None:
    pytest.fail(f"left out: {skipped}")


def found(value: object) -> list[Issue]:
    return list(issues_in(value, "page.json", refuse))


def skipped(value: object) -> list[Skipped]:
    heard: list[Skipped] = []
    assert list(issues_in(value, "page.json", heard.append)) == []
    return heard


@pytest.mark.parametrize(
    "page",
    [
        REST,
        [REST],
        [[REST]],
        {"total_count": 1, "items": [REST]},
        {"action": "opened", "issue": REST, "repository": {"full_name": "octo/demo"}},
        GRAPHQL,
        {"data": {"repository": {"issue": GRAPHQL}}},
        {"data": {"repository": {"issues": {"nodes": [GRAPHQL]}}}},
        {"data": {"repository": {"issues": {"edges": [{"cursor": "x", "node": GRAPHQL}]}}}},
        {"data": {"search": {"issueCount": 1, "nodes": [GRAPHQL]}}},
        {"data": {"node": GRAPHQL}},
    ],
    ids=lambda page: " ".join(page)[:40] if isinstance(page, dict) else "list",
)
def test_githubs_pages_are_taken_as_they_come(page: object) -> None:
    assert found(page) == [ISSUE]


@pytest.mark.parametrize(
    "around",
    [
        {"repo": "octo/demo"},
        {"repository": "octo/demo"},
        {"repository": {"nameWithOwner": "octo/demo"}},
        {"repository": {"full_name": "octo/demo"}},
        {"repository_url": "https://api.github.com/repos/octo/demo"},
        {"repository_url": "https://github.example.org/api/v3/repos/octo/demo"},
        {"url": "https://github.com/octo/demo/issues/7#issuecomment-1"},
    ],
)
def test_the_repository_is_found_wherever_it_is_named(around: Mapping[str, Any]) -> None:
    assert to_issue({"title": "t", **around}).key.repo == "octo/demo"


def test_the_repository_may_be_named_by_the_page_alone() -> None:
    page = {"repository": {"nameWithOwner": "octo/demo", "issues": {"nodes": [{"title": "t"}]}}}

    assert found({"data": page}) == [Issue(IssueKey("octo/demo"), "t")]


def test_a_number_is_taken_from_the_address_where_it_is_not_given() -> None:
    assert to_issue({"title": "t", "url": ISSUE_URL}).key == IssueKey("octo/demo", 7)


@pytest.mark.parametrize("number", [7, 7.0, "7", " #7 ", "7.0"])
def test_a_number_may_be_written_in_many_ways(number: object) -> None:
    assert to_issue({"title": "t", "number": number}).key.number == 7


@pytest.mark.parametrize("number", [None, True, -3, 1.5, float("nan"), float("inf"), "x", "²", []])
def test_what_is_no_number_is_an_unknown_one(number: object) -> None:
    assert to_issue({"title": "t", "number": number}).key.number == 0


@pytest.mark.parametrize(
    "pull_request",
    [
        {**REST, "pull_request": {"url": "https://api.github.com/repos/octo/demo/pulls/7"}},
        {**GRAPHQL, "__typename": "PullRequest"},
        {"title": "t", "url": "https://github.com/octo/demo/pull/7"},
        {"title": "t", "url": "https://api.github.com/repos/octo/demo/pulls/7"},
    ],
)
def test_pull_requests_are_left_out_without_being_called_broken(pull_request: object) -> None:
    assert skipped(pull_request) == [Skipped("page.json", "a pull request", is_broken=False)]


@pytest.mark.parametrize(
    "nothing", [None, float("nan"), "", "False", "nan", " None", {"url": None, "merged_at": None}]
)
def test_an_issue_that_a_table_gives_an_empty_pull_request_column_stays(nothing: object) -> None:
    assert found({**REST, "pull_request": nothing}) == [ISSUE]


def test_what_a_graphql_fragment_does_not_match_is_not_called_broken() -> None:
    page: Mapping[str, Any] = {"data": {"search": {"nodes": [{}, {}]}}}

    assert [skip.is_broken for skip in skipped(page)] == [False, False]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (None, "not an issue but null"),
        (3, "not an issue but a number"),
        ("text", "not an issue but text"),
        ({"body": "b"}, "title is missing"),
        ({"title": None}, "title is missing"),
        ({"title": float("nan")}, "title is missing"),
        ({"title": 5}, "title is not text but a number"),
        ({"title": True}, "title is not text but true or false"),
        ({"title": ["a"]}, "title is not text but a list"),
        ({"title": " \n"}, "title is empty"),
        ({"title": "t", "body": {"a": 1}}, "body is not text but an object"),
        ({"body": "b", "repository": {"nameWithOwner": "octo/demo"}}, "title is missing"),
        ({"message": "Not Found"}, "title is missing"),
        ({"data": {"repository": None}, "errors": []}, "title is missing"),
    ],
)
def test_a_broken_record_is_reported_with_the_reason(record: object, reason: str) -> None:
    assert skipped(record) == [Skipped("page.json", reason)]


def test_rows_of_a_page_are_numbered_from_one() -> None:
    assert [skip.place for skip in skipped([{"title": 1}, {"title": 2}])] == [
        "page.json: row 1",
        "page.json: row 2",
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", 5, ""])
def test_an_address_that_is_none_of_the_web_is_dropped(url: object) -> None:
    assert to_issue({"title": "t", "url": url}).url == ""


@pytest.mark.parametrize("date", ["yesterday", "", 5, None])
def test_a_date_that_cannot_be_read_costs_only_the_date(date: object) -> None:
    assert to_issue({"title": "t", "created_at": date}).opened_at is None


def test_a_date_without_zone_is_utc() -> None:
    opened_at = to_issue({"title": "t", "date": "2024-01-02"}).opened_at

    assert opened_at == datetime(2024, 1, 2, tzinfo=UTC)


def test_labels_in_one_cell_are_told_apart_at_commas() -> None:
    assert to_issue({"title": "t", "labels": "bug, keras,"}).labels == ("bug", "keras")


def test_labels_nested_beyond_reason_are_not_followed() -> None:
    nested: object = [{"name": "bug"}]
    for _ in range(100_000):
        nested = {"nodes": nested}

    assert to_issue({"title": "t", "labels": nested}).labels == ()


def test_half_of_a_surrogate_pair_becomes_the_replacement_character() -> None:
    issue = to_issue({"title": "a\ud800b", "body": "\udfff"})

    assert (issue.title, issue.body) == ("a\ufffdb", "\ufffd")


def test_lists_nested_beyond_reason_are_reported() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]

    assert [skip.reason for skip in skipped(value)] == ["nested too deeply"]
    while value:  # taken apart by hand: freeing it at once would exhaust the stack
        value = value.pop()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["title", "body", "url", "number", "repository", "data", "nodes"])
            | st.text(),
            inner,
        )
    ),
)


@given(value=JSON)
def test_any_json_gives_issues_or_reasons(value: object) -> None:
    heard: list[Skipped] = []

    for issue in issues_in(value, "x", heard.append):
        assert issue.title.strip()
        json.dumps(issue.title).encode()
    assert all(skip.reason for skip in heard)


@given(title=st.text(min_size=1).filter(str.strip), body=st.text())
def test_text_arrives_as_it_was_filed(title: str, body: str) -> None:
    issue = to_issue({"title": title, "body": body})

    assert (issue.title, issue.body) == (title, body)


def test_a_record_without_title_is_refused() -> None:
    with pytest.raises(InputError, match="title is missing"):
        to_issue({"body": "b"})


@pytest.mark.parametrize("number", [2**63, 10**25, 1e25])
def test_a_number_that_no_database_keeps_breaks_its_row_only(number: float) -> None:
    skipped: list[Skipped] = []
    page = [{**REST, "number": number}, {**REST, "number": 2**63 - 1}]

    issues = list(issues_in(page, "page.json", skipped.append))

    assert [issue.key.number for issue in issues] == [2**63 - 1]
    assert [(one.place, one.is_broken) for one in skipped] == [("page.json: row 1", True)]
