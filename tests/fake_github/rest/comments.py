"""Comments: list, read, write, change, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_github.exchange import Answer, ApiError, Call, invalid
from tests.fake_github.paging import page_of
from tests.fake_github.present import comment_json
from tests.fake_github.rest.issues import (
    ISSUES,
    LONGEST_BODY,
    issue_of,
    moment_of,
    open_for_issues,
)
from tests.fake_github.rest.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.fake_github.entities import Comment


def comment_of(call: Call) -> Comment:
    """Find the comment that the path names."""
    repository = open_for_issues(call)
    for issue in repository.issues.values():
        for comment in issue.comments:
            if str(comment.id) == call.parameters["comment_id"]:
                return comment
    raise ApiError(404, "Not Found")


def list_of_issue(call: Call) -> Answer:
    """List an issue's comments, oldest first."""
    return _page(call, issue_of(call).comments)


def list_of_repository(call: Call) -> Answer:
    """List all comments of a repository by number, or as ``sort`` and ``direction`` say."""
    repository = open_for_issues(call)
    comments = [comment for issue in repository.issues.values() for comment in issue.comments]
    sort = call.query.get("sort")
    comments.sort(key=lambda comment: (comment.updated_at if sort == "updated" else 0, comment.id))
    if sort and call.query.get("direction", "desc") == "desc":
        comments.reverse()
    return _page(call, comments)


def _page(call: Call, comments: Iterable[Comment]) -> Answer:
    since = moment_of(call.query.get("since"))
    found = [comment for comment in comments if comment.updated_at >= since]
    page, headers = page_of(call, found)
    return Answer(200, [comment_json(comment, call.api) for comment in page], headers)


def get_comment(call: Call) -> Answer:
    """Show one comment."""
    return Answer(200, comment_json(comment_of(call), call.api))


def create_comment(call: Call) -> Answer:
    """Comment in the caller's name."""
    issue = issue_of(call)
    who = call.store.user(call.login)
    if issue.is_locked and issue.repository.association(who) == "NONE":
        raise ApiError(403, "Unable to create comment because issue is locked.")
    comment = issue.repository.comment(issue, _body(call), by=call.login)
    shown = comment_json(comment, call.api)
    return Answer(201, shown, {"Location": shown["url"]})


def update_comment(call: Call) -> Answer:
    """Change what a comment says."""
    comment = comment_of(call)
    comment.issue.repository.edit_comment(comment, _body(call), by=call.login)
    return Answer(200, comment_json(comment, call.api))


def delete_comment(call: Call) -> Answer:
    """Take a comment away."""
    comment = comment_of(call)
    comment.issue.repository.delete_comment(comment)
    return Answer(204)


def _body(call: Call) -> str:
    body = call.decoded().get("body")
    if not isinstance(body, str):
        raise ApiError(422, 'Invalid request.\n\n"body" wasn\'t supplied.')
    if not body.strip():
        raise invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
    if len(body) > LONGEST_BODY:
        message = f"Body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("IssueComment", "data", "unprocessable", message)
    return body


ROUTES = {
    f"GET {ISSUES}/comments": Route(
        list_of_repository, "issues/comments#list-issue-comments-for-a-repository"
    ),
    f"GET {ISSUES}/comments/{{comment_id}}": Route(
        get_comment, "issues/comments#get-an-issue-comment"
    ),
    f"PATCH {ISSUES}/comments/{{comment_id}}": Route(
        update_comment, "issues/comments#update-an-issue-comment"
    ),
    f"DELETE {ISSUES}/comments/{{comment_id}}": Route(
        delete_comment, "issues/comments#delete-an-issue-comment"
    ),
    f"GET {ISSUES}/{{issue_number}}/comments": Route(
        list_of_issue, "issues/comments#list-issue-comments"
    ),
    f"POST {ISSUES}/{{issue_number}}/comments": Route(
        create_comment, "issues/comments#create-an-issue-comment"
    ),
}
