"""What goes over the wire is held against GitHub's own description."""

import os
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.fake_github import FakeGitHub, rest
from tests.fake_github.description import REST_FILE, Description, find_description
from tests.fake_github.exchange import Answer, Call
from tests.fake_github.json_schema import as_json_schema
from tests.fake_github.repository import Repository
from tests.fake_github.validation import (
    TEMPLATES,
    DescriptionError,
    find_deviations,
    find_event_deviations,
)
from tests.fake_github.webhooks import EXAMPLES_FILE

Client = Callable[..., requests.Response]
Payload = dict[str, Any]
ISSUES = "/repos/octo/demo/issues"


@pytest.fixture
def description() -> Description:
    """GitHub's description, without which there is nothing to see here."""
    found = find_description(TEMPLATES)
    if found is None:
        pytest.skip("needs GitHub's description; where npm is there, `make test` fetches it")
    return found


@pytest.fixture
def issue_call(fake_github: FakeGitHub) -> Call:
    """A request for an issue, as it should be."""
    path, headers = f"{ISSUES}/1", {"user-agent": "test"}
    store, api = fake_github.store, fake_github.url
    return Call(store, api, "GET", path, {}, headers, b"", token=None)


def test_every_route_of_the_fake_is_one_of_githubs(description: Description) -> None:
    assert rest.ROUTES.keys() - description.operations.keys() == set()


def ask_once(method: str, path: str, sent: Payload | None) -> None:
    with FakeGitHub() as github:
        github.add_repository("octo/demo").add_issue()
        known = {"Authorization": f"Bearer {github.token_user('alice')}"}
        requests.request(method, github.url + path, json=sent, headers=known, timeout=20)


@pytest.mark.parametrize(
    ("method", "path", "sent", "deviation"),
    [
        ("GET", f"{ISSUES}?lables=bug", None, "there is no parameter lables"),
        ("GET", f"{ISSUES}?state=reopened", None, "parameter state"),
        ("GET", f"{ISSUES}?since=yesterday", None, "parameter since"),
        ("GET", "/search/issues", None, "parameter q is missing"),
        ("GET", f"{ISSUES}/1", {"title": "x"}, "the request should have no body"),
        ("POST", ISSUES, {"body": "no title"}, 'request: "title" is a required property'),
        ("POST", ISSUES, {"title": "x", "labels": "bug"}, "request labels"),
        ("POST", ISSUES, {"title": "x", "lables": []}, "request: Additional properties"),
        ("POST", f"{ISSUES}/1/assign", {}, "GitHub describes no such operation"),
        ("PUT", f"{ISSUES}/1/lock", None, "GitHub describes no such operation, or the fake lacks"),
    ],
)
def test_a_request_that_github_does_not_describe_fails_the_test_that_made_it(
    description: Description, method: str, path: str, sent: Payload | None, deviation: str
) -> None:
    assert description.operations
    with pytest.raises(DescriptionError, match=re.escape(deviation)):
        ask_once(method, path, sent)


@pytest.mark.parametrize(
    ("status", "value", "deviation"),
    [
        (200, {"title": "x"}, "is a required property"),
        (200, {"titel": "x"}, "'titel' was unexpected"),
        (418, {"message": "I'm a teapot"}, "GitHub does not answer so"),
        (404, {"message": 7}, "answer message"),
        (304, {"message": "Not Modified"}, ""),
    ],
)
def test_an_answer_that_github_would_not_give_is_noted(
    description: Description, issue_call: Call, status: int, value: Payload, deviation: str
) -> None:
    assert description.operations
    deviations = "\n".join(find_deviations(issue_call, Answer(status, value)))

    assert deviation in deviations
    assert bool(deviation) == bool(deviations)


def test_a_body_that_goes_wrong_deep_inside_is_named_by_its_place(
    description: Description, issue_call: Call, fake_github: FakeGitHub, ask: Client
) -> None:
    fake_github.add_repository("octo/demo").add_issue(labels=["bug"])
    shown = ask("GET", f"{ISSUES}/1").json()
    shown["user"]["followers_url"] = "no address"
    shown["labels"][0]["color"] = 7
    deviations = find_deviations(issue_call, Answer(200, shown))

    assert description.operations
    places = {each.partition("answer ")[2].partition(":")[0] for each in deviations}
    assert places == {"labels/0/color", "user/followers_url"}


def test_a_test_that_fails_by_itself_is_not_blamed_on_the_description() -> None:
    def fail() -> None:
        with FakeGitHub() as github:
            requests.get(f"{github.url}/nowhere", timeout=20).raise_for_status()

    with pytest.raises(requests.HTTPError, match="404 Client Error"):
        fail()


def test_faults_are_not_held_against_the_description(
    fake_github: FakeGitHub, demo: Repository, ask: Client
) -> None:
    fake_github.fail_next(418, body="{}")

    assert ask("GET", ISSUES).status_code == 418
    assert fake_github.deviations == []
    assert demo.issues == {}


def test_the_check_can_be_left_out() -> None:
    with FakeGitHub(is_validated=False) as github:
        assert requests.get(f"{github.url}/nowhere", timeout=20).status_code == 404


@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("opened", {}),
        ("edited", {"changes": {"title": "Before", "body": "Short"}}),
        ("closed", {}),
        ("reopened", {}),
        ("labeled", {"label": "bug"}),
        ("unlabeled", {"label": "bug", "by": "bob"}),
        ("deleted", {}),
    ],
)
def test_events_are_as_github_describes_them(
    fake_github: FakeGitHub, demo: Repository, action: str, options: Payload
) -> None:
    event = fake_github.event(demo.add_issue(labels=["bug"]), action, **options)

    assert event["action"] == action
    assert event["issue"]["user"]["login"] == "alice"
    assert event["repository"]["full_name"] == "octo/demo"
    assert event["sender"]["login"] == options.get("by", "alice")
    assert event["issue"]["url"] == f"https://api.github.com{ISSUES}/1"


def test_an_event_that_is_not_as_described_is_noted(
    description: Description, fake_github: FakeGitHub, demo: Repository
) -> None:
    event = fake_github.event(demo.add_issue())
    del event["issue"]["number"]

    assert description.event("opened")
    assert any("number" in each for each in find_event_deviations(event))


def test_events_have_the_fields_that_users_of_github_have_seen(
    webhook_examples: Callable[[str], list[Payload]], fake_github: FakeGitHub, demo: Repository
) -> None:
    event = fake_github.event(demo.add_issue())
    examples = [each for each in webhook_examples("issues") if each["action"] == "opened"]

    assert examples
    for example in examples:
        for part in ("issue", "repository", "sender"):
            missing = example[part].keys() - event[part].keys()
            assert missing <= {"custom_properties", "draft", "web_commit_signoff_required"}


def test_the_description_is_read_once(description: Description) -> None:
    assert find_description(TEMPLATES) is description


def test_ci_does_not_go_without_the_description() -> None:
    if not (os.environ.get("CI") and shutil.which("npm")):
        pytest.skip("only where it must be there: in CI, with npm")

    assert REST_FILE.is_file()
    assert EXAMPLES_FILE.is_file()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "title": "Name", "example": "x"}, {"type": "string"}),
        (
            {"type": "string", "enum": ["a"], "nullable": True},
            {"anyOf": [{"enum": [None]}, {"type": "string", "enum": ["a"]}]},
        ),
        ({"$ref": "#/components/schemas/issue", "nullable": True}, {"$ref": "#/d/issue"}),
        (
            {"type": "object", "properties": {"type": {"type": "string", "nullable": True}}},
            {
                "type": "object",
                "properties": {"type": {"anyOf": [{"enum": [None]}, {"type": "string"}]}},
                "additionalProperties": False,
            },
        ),
        (
            {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
            {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
        ),
        (
            {"oneOf": [{"type": "array", "items": {"nullable": True}}], "additionalProperties": {}},
            {
                "oneOf": [{"type": "array", "items": {"anyOf": [{"enum": [None]}, {}]}}],
                "additionalProperties": {},
            },
        ),
    ],
)
def test_openapis_dialect_becomes_the_standard(schema: Payload, expected: Payload) -> None:
    assert as_json_schema(schema, refer=lambda name: f"#/d/{name}") == expected
