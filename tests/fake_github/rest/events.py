"""What happened to issues: their events, and the timeline that has comments among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_github.entities import Comment
from tests.fake_github.exchange import Answer, ApiError, Call
from tests.fake_github.paging import page_of
from tests.fake_github.present import comment_json, event_json, issue_json, user_json
from tests.fake_github.rest.issues import ISSUES, issue_of, open_for_issues
from tests.fake_github.rest.routes import Route

if TYPE_CHECKING:
    from tests.fake_github.entities import Event, Issue
    from tests.fake_github.present import Json


def list_of_issue(call: Call) -> Answer:
    """List an issue's events, oldest first."""
    issue = issue_of(call)
    page, headers = page_of(call, issue.events)
    return Answer(200, [event_json(event, issue, call.api) for event in page], headers)


def list_of_repository(call: Call) -> Answer:
    """List a repository's events, newest first, each with its issue."""
    page, headers = page_of(call, _events(call))
    return Answer(200, [_with_issue(event, issue, call) for event, issue in page], headers)


def get_event(call: Call) -> Answer:
    """Show one event with its issue."""
    for event, issue in _events(call):
        if str(event.id) == call.parameters["event_id"]:
            return Answer(200, _with_issue(event, issue, call))
    raise ApiError(404, "Not Found")


def timeline(call: Call) -> Answer:
    """List events and comments in the order in which they happened."""
    issue = issue_of(call)
    entries: list[Event | Comment] = [*issue.events, *issue.comments]
    entries.sort(key=lambda entry: (entry.created_at, entry.id))
    page, headers = page_of(call, entries)
    return Answer(200, [_entry(entry, issue, call) for entry in page], headers)


def _entry(entry: Event | Comment, issue: Issue, call: Call) -> Json:
    if isinstance(entry, Comment):
        actor = user_json(entry.author, call.api)
        return comment_json(entry, call.api) | {"event": "commented", "actor": actor}
    return event_json(entry, issue, call.api)


def _events(call: Call) -> list[tuple[Event, Issue]]:
    issues = open_for_issues(call).issues.values()
    events = [(event, issue) for issue in issues for event in issue.events]
    return sorted(events, key=lambda pair: -pair[0].id)


def _with_issue(event: Event, issue: Issue, call: Call) -> Json:
    return event_json(event, issue, call.api) | {"issue": issue_json(issue, call.api)}


ROUTES = {
    f"GET {ISSUES}/events": Route(
        list_of_repository, "issues/events#list-issue-events-for-a-repository"
    ),
    f"GET {ISSUES}/events/{{event_id}}": Route(get_event, "issues/events#get-an-issue-event"),
    f"GET {ISSUES}/{{issue_number}}/events": Route(
        list_of_issue, "issues/events#list-issue-events"
    ),
    f"GET {ISSUES}/{{issue_number}}/timeline": Route(
        timeline, "issues/timeline#list-timeline-events-for-an-issue"
    ),
}
