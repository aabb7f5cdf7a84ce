"""The fake GitHub's GraphQL: batches, histories, pages and errors in GitHub's shape."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fake_github import FakeGitHub
from tests.fake_github.present import node_id
from tests.fake_github.repository import Repository

Client = Callable[..., requests.Response]
ISSUE = """
fragment filed on Issue {
  title body createdAt includesCreatedEdit
  userContentEdits(first: 100) { totalCount nodes { editedAt diff editor { login } } }
  timelineItems(first: 100, itemTypes: [RENAMED_TITLE_EVENT]) {
    nodes { ... on RenamedTitleEvent { createdAt previousTitle currentTitle } }
  }
}
"""


def query(client: Client, text: str, **variables: object) -> Any:  # noqa: ANN401 - decoded JSON
    answer = client("POST", "/graphql", json={"query": text, "variables": variables})
    assert answer.status_code == 200
    return answer.json()


def test_a_batch_of_aliases_is_one_request_and_misses_harm_only_themselves(
    fake_github: FakeGitHub, demo: Repository, alice: Client
) -> None:
    demo.add_issue("First")
    demo.add_issue("A change", is_pull_request=True)
    demo.transfer(demo.add_issue(), "octo/other")
    parts = [
        f'i{number}: repository(owner: "octo", name: "{name}") '
        f"{{ issue(number: {number}) {{ title }} }}"
        for number, name in [(1, "demo"), (2, "demo"), (3, "demo"), (4, "absent")]
    ]

    answer = query(alice, f"{{ {' '.join(parts)} }}")

    assert answer["data"] == {
        "i1": {"issue": {"title": "First"}},
        "i2": {"issue": None},
        "i3": {"issue": None},
        "i4": None,
    }
    assert [(error["type"], error["path"], error["message"]) for error in answer["errors"]] == [
        ("NOT_FOUND", ["i2", "issue"], "Could not resolve to an Issue with the number of 2."),
        ("NOT_FOUND", ["i3", "issue"], "Could not resolve to an Issue with the number of 3."),
        ("NOT_FOUND", ["i4"], "Could not resolve to a Repository with the name 'octo/absent'."),
    ]
    assert len(fake_github.requests) == 1


def test_edits_and_renames_tell_what_an_issue_was_when_it_was_opened(
    demo: Repository, alice: Client
) -> None:
    issue = demo.add_issue("Wrong mean", "It is 2", author="alice")
    demo.edit(issue, title="Wrong mean (fixed)", body="It was 2", by="bob")
    demo.edit(issue, body="Never mind", by="alice")
    text = '{ repository(owner: "octo", name: "demo") { issue(number: 1) { ...filed } } }'

    shown = query(alice, text + ISSUE)["data"]["repository"]["issue"]

    edits = shown["userContentEdits"]
    assert edits["totalCount"] == 3
    assert [(edit["diff"], edit["editor"]["login"]) for edit in edits["nodes"]] == [
        ("Never mind", "alice"),
        ("It was 2", "bob"),
        ("It is 2", "alice"),
    ]
    assert edits["nodes"][-1]["editedAt"] == shown["createdAt"]
    assert shown["includesCreatedEdit"] is True
    (rename,) = shown["timelineItems"]["nodes"]
    assert (rename["previousTitle"], rename["currentTitle"]) == (
        "Wrong mean",
        "Wrong mean (fixed)",
    )


def test_a_history_may_lack_its_beginning_or_have_been_deleted(
    demo: Repository, alice: Client
) -> None:
    untouched, old, censored = (demo.add_issue(body="First") for _ in range(3))
    old.has_first_edit = False
    for issue in (old, censored):
        demo.edit(issue, body="Second")
    censored.edits[0].body = None
    parts = [
        f'i{issue.number}: repository(owner: "octo", name: "demo") '
        f"{{ issue(number: {issue.number}) {{ ...filed }} }}"
        for issue in (untouched, old, censored)
    ]

    answer = query(alice, f"{{ {' '.join(parts)} }}{ISSUE}")["data"]

    histories = [
        [edit["diff"] for edit in answer[alias]["issue"]["userContentEdits"]["nodes"]]
        for alias in ("i1", "i2", "i3")
    ]
    assert histories == [[], ["Second"], ["Second", None]]
    has_first = [answer[alias]["issue"]["includesCreatedEdit"] for alias in ("i1", "i2", "i3")]
    assert has_first == [False, False, True]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 12), size=st.integers(1, 5), is_backwards=st.booleans())
def test_cursors_cover_every_issue_exactly_once(
    fake_github: FakeGitHub, alice: Client, count: int, size: int, *, is_backwards: bool
) -> None:
    repository = fake_github.add_repository("octo/paged")
    for _ in range(count):
        repository.add_issue()
    bounds = "last: $size, before: $at" if is_backwards else "first: $size, after: $at"
    text = f"""query($size: Int, $at: String) {{ repository(owner: "octo", name: "paged") {{
      issues({bounds}, states: [OPEN]) {{
        totalCount nodes {{ number }}
        pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }}
      }} }} }}"""
    seen: list[int] = []
    cursor, has_more = None, True
    while has_more:
        page = query(alice, text, size=size, at=cursor)["data"]["repository"]["issues"]
        found = [node["number"] for node in page["nodes"]]
        seen = found + seen if is_backwards else seen + found
        info = page["pageInfo"]
        cursor = info["startCursor" if is_backwards else "endCursor"]
        has_more = info["hasPreviousPage" if is_backwards else "hasNextPage"]

    assert seen == list(range(1, count + 1))
    assert page["totalCount"] == count


def test_the_timeline_tells_bots_from_people(demo: Repository, alice: Client) -> None:
    issue = demo.add_issue()
    demo.label(issue, "possible silent bug", by="github-actions[bot]")
    demo.comment(issue, "I think so", by="github-actions[bot]")
    demo.unlabel(issue, "possible silent bug", by="bob")
    demo.close(issue, by="bob", reason="not_planned")
    text = """{ repository(owner: "octo", name: "demo") { issue(number: 1) {
      timelineItems(first: 10) { nodes {
        __typename
        ... on LabeledEvent { actor { __typename login } label { name } }
        ... on UnlabeledEvent { actor { __typename login } }
        ... on IssueComment { body author { login } reactions(first: 1) { totalCount } }
        ... on ClosedEvent { stateReason }
      } } } } }"""

    nodes = query(alice, text)["data"]["repository"]["issue"]["timelineItems"]["nodes"]

    bot = {"__typename": "Bot", "login": "github-actions"}
    label = {"name": "possible silent bug"}
    assert nodes == [
        {"__typename": "LabeledEvent", "actor": bot, "label": label},
        {
            "__typename": "IssueComment",
            "body": "I think so",
            "author": {"login": "github-actions"},
            "reactions": {"totalCount": 0},
        },
        {"__typename": "UnlabeledEvent", "actor": {"__typename": "User", "login": "bob"}},
        {"__typename": "ClosedEvent", "stateReason": "NOT_PLANNED"},
    ]


def test_issues_are_filtered_sorted_and_searched(demo: Repository, alice: Client) -> None:
    demo.add_issue(labels=["bug"])
    demo.close(demo.add_issue(labels=["crash"]))
    demo.add_issue(is_pull_request=True, labels=["bug"])
    text = """{
      repository(owner: "octo", name: "demo") { issues(
        first: 9, labels: ["bug", "crash"], orderBy: {field: UPDATED_AT, direction: DESC}
      ) { nodes { number state } } }
      search(query: "repo:octo/demo is:pr label:bug", type: ISSUE, first: 1) {
        issueCount nodes { ... on PullRequest { number } }
      }
    }"""

    data = query(alice, text)["data"]

    assert data["repository"]["issues"]["nodes"] == [
        {"number": 2, "state": "CLOSED"},
        {"number": 1, "state": "OPEN"},
    ]
    assert data["search"] == {"issueCount": 1, "nodes": [{"number": 3}]}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{ viewer { login", {"message": "Syntax Error: Expected Name, found <EOF>."}),
        ("{ nonsense }", {"message": "Cannot query field 'nonsense' on type 'Query'."}),
        (
            '{ repository(owner: "octo", name: "demo") { issues { totalCount } } }',
            {"type": "MISSING_PAGINATION_BOUNDARIES"},
        ),
        (
            '{ repository(owner: "octo", name: "demo") { issues(first: 101) { totalCount } } }',
            {"type": "EXCESSIVE_PAGINATION"},
        ),
        (
            """{ repository(owner: "octo", name: "demo") { issues(first: 100) { nodes {
              comments(first: 100) { nodes { reactions(first: 100) { totalCount } } } } } } }""",
            {"type": "MAX_NODE_LIMIT_EXCEEDED"},
        ),
        (
            """{ repository(owner: "octo", name: "demo") { issues(first: 1, after: "x") {
              totalCount } } }""",
            {"type": "INVALID_CURSOR_ARGUMENTS"},
        ),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(
    demo: Repository, alice: Client, text: str, error: Mapping[str, str]
) -> None:
    answer = query(alice, text)

    assert not (answer.get("data") or {}).get("repository")
    assert answer["errors"][0] | error == answer["errors"][0]
    assert demo.issues == {}


def test_points_are_counted_and_a_spent_quota_is_told_with_200(
    fake_github: FakeGitHub, demo: Repository, alice: Client
) -> None:
    text = """{ rateLimit { cost remaining nodeCount }
      repository(owner: "octo", name: "demo") { issues(first: 100) {
        nodes { labels(first: 5) { totalCount } comments(first: 10) { totalCount } } } } }"""

    first = query(alice, text)["data"]["rateLimit"]
    fake_github.limit(remaining=0, resource="graphql")
    refused = alice("POST", "/graphql", json={"query": text})

    assert first == {"cost": 2, "remaining": 4998, "nodeCount": 1600}
    assert refused.status_code == 200
    assert refused.json()["errors"][0]["type"] == "RATE_LIMITED"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert alice("GET", "/repos/octo/demo").status_code == 200
    assert demo.issues == {}


def test_strangers_get_no_graphql(ask: Client) -> None:
    answer = ask("POST", "/graphql", json={"query": "{ viewer { login } }"})

    assert answer.status_code == 401
    assert answer.json()["message"] == "This endpoint requires you to be authenticated."


def test_a_workflows_token_is_told_its_name_as_rest_spells_it(bot: Client) -> None:
    answer = query(bot, "{ viewer { login } }")

    assert answer["data"]["viewer"]["login"] == "github-actions[bot]"


def test_three_issues_can_be_pinned(bot: Client, demo: Repository) -> None:
    ids = [node_id("I", demo.add_issue().id) for _ in range(4)]
    pins = [
        f'mutation {{ pinIssue(input: {{issueId: "{it}"}}) {{ clientMutationId }} }}' for it in ids
    ]

    answers = [query(bot, pin) for pin in pins]

    assert ["errors" in answer for answer in answers] == [False, False, False, True]
    assert demo.pinned == [demo.issues[number] for number in (1, 2, 3)]


def test_an_enterprise_server_has_graphql_beside_rest(
    fake_github: FakeGitHub, alice: Client
) -> None:
    url = f"{fake_github.url}/api/graphql"

    answer = alice("POST", url, json={"query": "{ viewer { login } }"})

    assert answer.json() == {"data": {"viewer": {"login": "alice"}}}
