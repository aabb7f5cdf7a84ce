"""Issues: list, read, open, change."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from tests.fake_github.exchange import Answer, ApiError, Call, invalid
from tests.fake_github.paging import page_of
from tests.fake_github.present import issue_json, node_id
from tests.fake_github.rest.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

LONGEST_TITLE = 256
LONGEST_BODY = 65536
STATES = ("open", "closed", "all")
ABSENT = ("assignee", "milestone", "type")  # no issue of this GitHub has any
SORTS = ("created", "updated", "comments")


def issue_of(call: Call) -> Issue:
    """Find the issue that the path names, or raise what GitHub answers where it is no more."""
    repository = open_for_issues(call)
    number = call.parameters["issue_number"]
    if not number.isdigit():
        raise ApiError(404, "Not Found")
    if int(number) in repository.gone:
        _follow(call, repository.gone[int(number)])
    issue = repository.issues.get(int(number))
    if issue is None:
        raise ApiError(404, "Not Found")
    return issue


def open_for_issues(call: Call) -> Repository:
    """Find the repository; 410 if it keeps no issues, 403 if it may not be changed any more."""
    repository = call.repository()
    if not repository.has_issues:
        raise ApiError(410, "Issues has been disabled in this repository.")
    if repository.is_archived and call.method != "GET":
        raise ApiError(403, "Repository was archived so is read-only.")
    return repository


def _follow(call: Call, moved: Issue | None) -> None:
    if moved is None:
        raise ApiError(410, "This issue was deleted")
    target = moved.repository
    if target.is_private and call.token is None:
        raise ApiError(404, "Not Found")
    rest = call.path.partition("/issues/")[2].partition("/")[2]
    path = f"/repositories/{target.id}/issues/{moved.number}"
    call.redirect(f"{path}/{rest}" if rest else path)


def list_issues(call: Call) -> Answer:
    """List issues and pull requests, newest first unless asked otherwise."""
    repository = open_for_issues(call)
    filters = list(_filters(call))
    found = [issue for issue in repository.issues.values() if all(fits(issue) for fits in filters)]
    page, headers = page_of(
        call, _in_order(found, call), cursor_of=lambda issue: node_id("cursor", issue.id)
    )
    return Answer(200, [issue_json(issue, call.api, is_whole=False) for issue in page], headers)


def _filters(call: Call) -> Iterator[Callable[[Issue], bool]]:
    """Read the query once: thousands of issues are held against it."""
    state = _choice(call, "state", STATES)
    if state != "all":
        yield lambda issue: issue.state == state
    labels = {name.strip().lower() for name in call.query.get("labels", "").split(",") if name}
    if labels:
        yield lambda issue: labels <= {label.name.lower() for label in issue.labels}
    since = moment_of(call.query["since"]) if call.query.get("since") else None
    if since:
        yield lambda issue: issue.updated_at >= since
    creator, mentioned = call.query.get("creator", "").lower(), call.query.get("mentioned")
    if creator:
        yield lambda issue: issue.author.login.lower() == creator
    if mentioned:
        yield lambda issue: f"@{mentioned}" in (issue.body or "")
    if any(call.query.get(name, "none") != "none" for name in ABSENT):
        yield lambda _: False


def _in_order(issues: list[Issue], call: Call) -> Sequence[Issue]:
    sort = _choice(call, "sort", SORTS)
    is_falling = _choice(call, "direction", ("desc", "asc")) == "desc"
    keys: dict[str, Any] = {
        "created": lambda issue: (issue.created_at, issue.number),
        "updated": lambda issue: (issue.updated_at, issue.number),
        "comments": lambda issue: (len(issue.comments), issue.number),
    }
    return sorted(issues, key=keys[sort], reverse=is_falling)


def _choice(call: Call, name: str, choices: Sequence[str]) -> str:
    """Read an option that GitHub lets be one of a few; the first is its default."""
    value = call.query.get(name) or choices[0]
    if value not in choices:
        raise invalid("Issue", name, "invalid")
    return value


def moment_of(text: str | None) -> datetime:
    """Read a query's date; without one, the beginning of time."""
    if not text:
        return datetime.min.replace(tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("Issue", "since", "invalid") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def get_issue(call: Call) -> Answer:
    """Show one issue."""
    issue = issue_of(call)
    changed = {"Last-Modified": format_datetime(issue.updated_at, usegmt=True)}
    return Answer(200, issue_json(issue, call.api), changed)


def create_issue(call: Call) -> Answer:
    """Open an issue in the caller's name."""
    repository = open_for_issues(call)
    sent = call.decoded()
    if not isinstance(sent.get("title"), str):
        raise ApiError(422, 'Invalid request.\n\n"title" wasn\'t supplied.')
    _check(sent)
    issue = repository.add_issue(
        sent["title"], sent.get("body"), author=call.login, labels=_names(sent.get("labels", []))
    )
    shown = issue_json(issue, call.api)
    return Answer(201, shown, {"Location": shown["url"]})


def update_issue(call: Call) -> Answer:
    """Change title, body, state or labels; what is not mentioned stays."""
    issue, sent = issue_of(call), call.decoded()
    _check(sent)
    repository = issue.repository
    repository.edit(issue, title=sent.get("title"), body=sent.get("body"), by=call.login)
    state, reason = sent.get("state", issue.state), sent.get("state_reason") or "completed"
    if state == "closed" and (issue.state == "open" or issue.state_reason != reason):
        repository.close(issue, by=call.login, reason=reason)
    elif state == "open" and issue.state == "closed":
        repository.reopen(issue, by=call.login)
    if "labels" in sent:
        replace_labels(issue, _names(sent["labels"]), by=call.login)
    return Answer(200, issue_json(issue, call.api))


def replace_labels(issue: Issue, names: Sequence[str], *, by: str) -> None:
    """Leave an issue with these labels alone."""
    kept = {name.lower() for name in names}
    for name in issue.label_names:
        if name.lower() not in kept:
            issue.repository.unlabel(issue, name, by=by)
    for name in names:
        issue.repository.label(issue, name, by=by)


def _names(labels: list[Any]) -> list[str]:
    return [label["name"] if isinstance(label, dict) else str(label) for label in labels]


def _check(sent: dict[str, Any]) -> None:
    """Raise the 422 for a title or body that GitHub does not take."""
    title, body = sent.get("title"), sent.get("body")
    if title is not None and not str(title).strip():
        raise invalid("Issue", "title", "missing_field")
    if title is not None and len(str(title)) > LONGEST_TITLE:
        message = f"title is too long (maximum is {LONGEST_TITLE} characters)"
        raise invalid("Issue", "title", "custom", message)
    if body is not None and len(body) > LONGEST_BODY:
        message = f"body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("Issue", "body", "custom", message)


ISSUES = "/repos/{owner}/{repo}/issues"
ROUTES = {
    f"GET {ISSUES}": Route(list_issues, "issues/issues#list-repository-issues"),
    f"POST {ISSUES}": Route(create_issue, "issues/issues#create-an-issue"),
    f"GET {ISSUES}/{{issue_number}}": Route(get_issue, "issues/issues#get-an-issue"),
    f"PATCH {ISSUES}/{{issue_number}}": Route(update_issue, "issues/issues#update-an-issue"),
}
