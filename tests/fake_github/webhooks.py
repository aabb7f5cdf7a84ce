"""What GitHub tells others when something happens: the payloads of events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.fake_github.description import FOLDER
from tests.fake_github.present import Json, issue_json, label_json, user_json
from tests.fake_github.present_repository import repository_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fake_github.entities import Issue

API = "https://api.github.com"  # what events name, wherever the fake listens
EXAMPLES_FILE = FOLDER / "webhooks.json"
# What the payload has of an issue is less than what the API shows of it.
ONLY_IN_API = ("closed_by",)


def issue_event(
    issue: Issue, action: str, *, by: str, label: str = "", changes: Mapping[str, str] | None = None
) -> Json:
    """Make the payload of an event ``issues``, as ``GITHUB_EVENT_PATH`` has it.

    ``changes`` says of an edited title or body what it was before.
    """
    repository = issue.repository
    shown = {name: it for name, it in issue_json(issue, API).items() if name not in ONLY_IN_API}
    event: Json = {
        "action": action,
        "issue": shown,
        "repository": repository_json(repository, API),
        "sender": user_json(repository.store.user(by), API),
    }
    if changes is not None or action == "edited":
        event["changes"] = {name: {"from": before} for name, before in (changes or {}).items()}
    if action == "transferred":  # where to does not matter to those who listen here
        counts = ("network_count", "subscribers_count")  # which this payload does without
        there = {name: it for name, it in event["repository"].items() if name not in counts}
        event["changes"] = {"new_issue": shown, "new_repository": there}
    if label:
        event["label"] = label_json(repository.labels[label.lower()], repository, API)
    return event


def find_examples(name: str) -> list[Json]:
    """Find examples of an event, from ``@octokit/webhooks-examples``; none if not fetched."""
    if not EXAMPLES_FILE.is_file():
        return []
    kinds = json.loads(EXAMPLES_FILE.read_bytes())
    return [example for kind in kinds if kind["name"] == name for example in kind["examples"]]
