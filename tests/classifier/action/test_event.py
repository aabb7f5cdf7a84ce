from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from classifier.action.event import Event, read_event
from classifier.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACTIONS = {"opened", "edited", "reopened"}
ISSUE = {"number": 1, "title": "t", "body": None, "user": None, "state": "open"}


def read(path: Path, payload: object, name: str = "issues", **variables: str) -> Event:
    path.write_text(payload if isinstance(payload, str) else json.dumps(payload))
    environment = {
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": "octo/demo",
        **variables,
    }
    return read_event(environment)


def test_events_as_github_sent_them_are_read(
    webhook_examples: Callable[[str], list[dict[str, Any]]], tmp_path: Path
) -> None:
    examples = [event for event in webhook_examples("issues") if event["action"] in ACTIONS]

    assert {event["action"] for event in examples} == ACTIONS
    for example in examples:
        event = read(
            tmp_path / "event.json", example, GITHUB_REPOSITORY=example["repository"]["full_name"]
        )
        assert event.issue is not None
        assert event.issue.issue.title == example["issue"]["title"]
        assert event.issue.issue.key.number == example["issue"]["number"]
        assert event.issue.author == example["issue"]["user"]["login"]


def test_other_actions_that_github_sends_are_told_of(
    webhook_examples: Callable[[str], list[dict[str, Any]]], tmp_path: Path
) -> None:
    others = [event for event in webhook_examples("issues") if event["action"] not in ACTIONS]

    assert others
    for example in others:
        with pytest.raises(InputError, match="Nothing is to be done"):
            read(tmp_path / "event.json", example)


def test_an_account_that_is_gone_has_no_name(tmp_path: Path) -> None:
    event = read(tmp_path / "e", {"action": "opened", "issue": ISSUE})

    assert event.issue is not None
    assert (event.issue.author, event.issue.is_by_bot) == ("", False)


@pytest.mark.parametrize(
    "user",
    [{"login": "x", "type": "Bot"}, {"login": "renovate[bot]"}, {"login": "a[bot]", "type": 3}],
)
def test_bots_are_known_by_their_type_or_their_name(tmp_path: Path, user: dict[str, Any]) -> None:
    event = read(tmp_path / "e", {"action": "opened", "issue": ISSUE | {"user": user}})

    assert event.issue is not None
    assert event.issue.is_by_bot


@pytest.mark.parametrize(
    "payload",
    [
        *("", "{", "[]", "null", "[" * 10**5, {}, {"action": "opened"}),
        {"action": "opened", "issue": []},
        {"action": "opened", "issue": {}},
        {"action": ["opened"], "issue": ISSUE},
        {"action": "opened", "issue": ISSUE | {"title": " "}},
    ],
)
def test_a_payload_that_is_none_is_refused(tmp_path: Path, payload: object) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "e", payload)
    assert caught.value.hint


@pytest.mark.parametrize("repository", ["octo", "octo/demo/x", "octo/$(id)", "../..x y", "o\n/d"])
def test_what_is_no_repository_is_refused(tmp_path: Path, repository: str) -> None:
    with pytest.raises(InputError, match="is no repository"):
        read(tmp_path / "e", {}, "schedule", GITHUB_REPOSITORY=repository)


def test_a_server_that_is_no_address_is_not_linked_to(tmp_path: Path) -> None:
    odd = read(tmp_path / "e", {}, "schedule", GITHUB_SERVER_URL="javascript:alert(1)//")
    own = read(tmp_path / "e", {}, "schedule", GITHUB_SERVER_URL="https://git.example.org")

    assert (odd.server, own.server) == ("https://github.com", "https://git.example.org")


def test_a_file_that_is_not_there_is_told_of() -> None:
    with pytest.raises(InputError, match="Cannot read the event in ''"):
        read_event({"GITHUB_EVENT_NAME": "schedule"})
