"""What happened: the event that GitHub started the workflow for."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.action.tracker import TrackedIssue, tracked_issue
from classifier.errors import InputError
from classifier.sources.records import NotAnIssueError

ACTIONS = ("opened", "edited", "reopened")
EVENTS = ("issues", "workflow_dispatch", "schedule")
REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
SERVER = re.compile(r"https?://[\w.-]+(:\d+)?", re.ASCII)
DEFAULT_SERVER = "https://github.com"
UNSCORABLE = "Give it a title, or leave it: nothing was posted."
ON = "Start the workflow on `issues` (opened, edited, reopened), `workflow_dispatch` or `schedule`."


@dataclass(frozen=True, slots=True)
class Event:
    """Why the Action runs, and for which issue, if for one."""

    name: str  # one of EVENTS
    repository: str  # owner/name
    action: str = ""  # one of ACTIONS where the event is about an issue
    issue: TrackedIssue | None = None
    is_fork: bool = False
    is_rerun: bool = False  # somebody asked for it again, perhaps weeks later
    server: str = DEFAULT_SERVER


def read_event(environment: Mapping[str, str]) -> Event:
    """Read the event from the file that ``GITHUB_EVENT_PATH`` names.

    Raises InputError if there is none, or one that the Action does not know.
    """
    name = environment.get("GITHUB_EVENT_NAME", "")
    if name not in EVENTS:
        raise InputError(f"The event {name!r} is none that the Action knows", hint=ON)
    payload = _payload(environment.get("GITHUB_EVENT_PATH", ""))
    around = payload.get("repository")
    repository = _repository(environment, around)
    server = environment.get("GITHUB_SERVER_URL", DEFAULT_SERVER)
    return Event(
        name=name,
        repository=repository,
        action=_action(payload) if name == "issues" else "",
        issue=_issue(payload, repository) if name == "issues" else None,
        is_fork=isinstance(around, Mapping) and around.get("fork") is True,
        is_rerun=environment.get("GITHUB_RUN_ATTEMPT", "1") != "1",
        server=server if SERVER.fullmatch(server) else DEFAULT_SERVER,
    )


def _payload(path: str) -> Mapping[str, Any]:
    try:
        payload = json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"Cannot read the event in {path!r}: {type(error).__name__}",
            hint="GitHub names the file in GITHUB_EVENT_PATH; the Action runs in a workflow alone.",
        ) from error
    if not isinstance(payload, Mapping):
        raise InputError(f"The event in {path!r} is no JSON object", hint=ON)
    return payload


def _repository(environment: Mapping[str, str], around: object) -> str:
    name = environment.get("GITHUB_REPOSITORY") or (
        around.get("full_name") if isinstance(around, Mapping) else None
    )
    if not isinstance(name, str) or not REPOSITORY.fullmatch(name):
        raise InputError(f"{name!r} is no repository", hint="GitHub names it in GITHUB_REPOSITORY.")
    return name


def _action(payload: Mapping[str, Any]) -> str:
    action = payload.get("action")
    if action not in ACTIONS:
        raise InputError(
            f"Nothing is to be done for an issue that was {action!r}",
            hint=f"Start the workflow on `issues: types: [{', '.join(ACTIONS)}]`.",
        )
    return str(action)


def _issue(payload: Mapping[str, Any], repository: str) -> TrackedIssue:
    record = payload.get("issue")
    if not isinstance(record, Mapping):
        raise InputError("The event has no issue", hint=ON)
    try:
        return tracked_issue(record, repo=repository)
    except NotAnIssueError as error:
        raise InputError(f"The event is about {error}", hint=ON) from error
    except InputError as error:
        raise InputError(
            f"The issue cannot be scored: {error}",
            hint=UNSCORABLE,
        ) from error
