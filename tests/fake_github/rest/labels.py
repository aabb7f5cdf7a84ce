"""Labels: of a repository, and on an issue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fake_github.exchange import Answer, ApiError, Call, invalid
from tests.fake_github.paging import page_of
from tests.fake_github.present import label_json
from tests.fake_github.rest.issues import ISSUES, issue_of, replace_labels
from tests.fake_github.rest.routes import Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fake_github.entities import Label
    from tests.fake_github.repository import Repository

LONGEST_NAME = 50
LONGEST_DESCRIPTION = 100


def list_labels(call: Call) -> Answer:
    """List a repository's labels by name."""
    repository = call.repository()
    labels = [repository.labels[name] for name in sorted(repository.labels)]
    return _page(call, repository, labels)


def get_label(call: Call) -> Answer:
    """Show one label."""
    repository = call.repository()
    label = repository.labels.get(call.parameters["name"].lower())
    if label is None:
        raise ApiError(404, "Not Found")
    return Answer(200, label_json(label, repository, call.api))


def create_label(call: Call) -> Answer:
    """Define a label."""
    repository, sent = call.repository(), call.decoded()
    name, color = str(sent.get("name") or ""), str(sent.get("color") or "ededed")
    description = sent.get("description")
    _check_name(name)
    if name.lower() in repository.labels:
        raise invalid("Label", "name", "already_exists")
    if not re.fullmatch("[0-9A-Fa-f]{6}", color):
        raise invalid("Label", "color", "invalid")
    if description and len(description) > LONGEST_DESCRIPTION:
        message = f"description is too long (maximum is {LONGEST_DESCRIPTION} characters)"
        raise invalid("Label", "description", "custom", message)
    label = repository.add_label(name, color=color, description=description)
    shown = label_json(label, repository, call.api)
    return Answer(201, shown, {"Location": shown["url"]})


def list_of_issue(call: Call) -> Answer:
    """List the labels on an issue."""
    issue = issue_of(call)
    return _page(call, issue.repository, issue.labels)


def add_to_issue(call: Call) -> Answer:
    """Put labels on an issue, defining those that are new."""
    issue = issue_of(call)
    for name in _names(call):
        issue.repository.label(issue, name, by=call.login)
    return Answer(200, [label_json(label, issue.repository, call.api) for label in issue.labels])


def set_on_issue(call: Call) -> Answer:
    """Leave an issue with these labels alone."""
    issue = issue_of(call)
    replace_labels(issue, _names(call), by=call.login)
    return Answer(200, [label_json(label, issue.repository, call.api) for label in issue.labels])


def remove_from_issue(call: Call) -> Answer:
    """Take one label off; 404 if it is not there."""
    issue, name = issue_of(call), call.parameters["name"]
    if name.lower() not in map(str.lower, issue.label_names):
        raise ApiError(404, "Label does not exist")
    issue.repository.unlabel(issue, name, by=call.login)
    return Answer(200, [label_json(label, issue.repository, call.api) for label in issue.labels])


def _page(call: Call, repository: Repository, labels: Sequence[Label]) -> Answer:
    page, headers = page_of(call, labels)
    return Answer(200, [label_json(label, repository, call.api) for label in page], headers)


def _names(call: Call) -> list[str]:
    """Read names from an object or a bare array, which GitHub takes alike."""
    sent = call.decoded()
    labels = sent.get("labels", []) if isinstance(sent, dict) else sent
    names = [label["name"] if isinstance(label, dict) else label for label in labels]
    for name in names:
        _check_name(name)
    return names


def _check_name(name: str) -> None:
    if not name.strip():
        raise invalid("Label", "name", "missing_field")
    if len(name) > LONGEST_NAME:
        message = f"name is too long (maximum is {LONGEST_NAME} characters)"
        raise invalid("Label", "name", "custom", message)


LABELS = "/repos/{owner}/{repo}/labels"
ON_ISSUE = f"{ISSUES}/{{issue_number}}/labels"
ROUTES = {
    f"GET {LABELS}": Route(list_labels, "issues/labels#list-labels-for-a-repository"),
    f"POST {LABELS}": Route(create_label, "issues/labels#create-a-label"),
    f"GET {LABELS}/{{name}}": Route(get_label, "issues/labels#get-a-label"),
    f"GET {ON_ISSUE}": Route(list_of_issue, "issues/labels#list-labels-for-an-issue"),
    f"POST {ON_ISSUE}": Route(add_to_issue, "issues/labels#add-labels-to-an-issue"),
    f"PUT {ON_ISSUE}": Route(set_on_issue, "issues/labels#set-labels-for-an-issue"),
    f"DELETE {ON_ISSUE}/{{name}}": Route(
        remove_from_issue, "issues/labels#remove-a-label-from-an-issue"
    ),
}
