"""What GraphQL shows of repositories, issues and comments.

A value that is a function answers the field of its name when a query asks for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.fake_github.clock import stamp
from tests.fake_github.entities import Comment
from tests.fake_github.graph.connections import Node, connection
from tests.fake_github.graph.nodes import (
    EVENTS,
    actor_node,
    content_name,
    edit_node,
    event_node,
    label_node,
    reaction_node,
)
from tests.fake_github.present import PAGES, node_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphql import GraphQLResolveInfo

    from tests.fake_github.entities import Event, Issue

    Field = Callable[..., Node]

COMMENT = "ISSUE_COMMENT"


def issue_node(issue: Issue) -> Node:
    """Show an issue, or as much of a pull request as this schema has."""
    repository = issue.repository
    kind = "pull" if issue.is_pull_request else "issues"
    return {
        **_written(issue),
        "__typename": "PullRequest" if issue.is_pull_request else "Issue",
        "id": node_id("PR" if issue.is_pull_request else "I", issue.id),
        "number": issue.number,
        "title": issue.title,
        "url": f"{PAGES}/{repository.full_name}/{kind}/{issue.number}",
        "state": issue.state.upper(),
        "stateReason": (issue.state_reason or "").upper() or None,
        "locked": issue.is_locked,
        "closed": issue.state == "closed",
        "closedAt": stamp(issue.closed_at) if issue.closed_at else None,
        "updatedAt": stamp(issue.updated_at),
        "repository": lambda _: _owner(issue),
        "labels": lambda _, **part: connection(
            issue.labels, lambda label: label_node(label, repository), **part
        ),
        "comments": lambda _, **part: connection(issue.comments, comment_node, **part),
        "timelineItems": _timeline(issue),
    }


def comment_node(comment: Comment) -> Node:
    """Show a comment."""
    issue = comment.issue
    page = f"{PAGES}/{issue.repository.full_name}/issues/{issue.number}"
    return {
        **_written(comment),
        "__typename": "IssueComment",
        "id": node_id("IC", comment.id),
        "url": f"{page}#issuecomment-{comment.id}",
        "updatedAt": stamp(comment.updated_at),
    }


def _owner(issue: Issue) -> Node:
    from tests.fake_github.graph.repositories import repository_node  # noqa: PLC0415 - a circle

    return repository_node(issue.repository)


def _written(written: Issue | Comment) -> Node:
    """Show what issues and comments have alike: an author, a text and its history."""
    repository = (written.issue if isinstance(written, Comment) else written).repository
    edits = written.edits
    return {
        "databaseId": written.id,
        "author": actor_node(written.author),
        "authorAssociation": repository.association(written.author),
        "body": written.body or "",
        "createdAt": stamp(written.created_at),
        "lastEditedAt": stamp(edits[-1].at) if edits else None,
        "editor": actor_node(edits[-1].editor) if edits else None,
        "includesCreatedEdit": bool(edits) and edits[0].at == written.created_at,
        "userContentEdits": lambda _, **part: connection(edits[::-1], edit_node, **part),
        "reactions": _reactions(written),
    }


def _reactions(subject: Issue | Comment) -> Field:
    def field(_: GraphQLResolveInfo, *, content: str | None = None, **part: Any) -> Node:  # noqa: ANN401
        found = [each for each in subject.reactions if content in {None, content_name(each)}]
        return connection(found, reaction_node, **part)

    return field


def _timeline(issue: Issue) -> Field:
    """Answer events and comments in the order in which they happened, of some kinds if asked."""

    def field(
        _: GraphQLResolveInfo,
        *,
        itemTypes: Sequence[str] | None = None,  # noqa: N803 - GitHub's name
        **part: Any,  # noqa: ANN401 - first, after, last, before
    ) -> Node:
        entries: list[Event | Comment] = [*issue.events, *issue.comments]
        entries.sort(key=lambda entry: (entry.created_at, entry.id))
        found = [entry for entry in entries if itemTypes is None or _kind(entry) in itemTypes]
        return connection(found, show, **part)

    def show(entry: Event | Comment) -> Node:
        if isinstance(entry, Comment):
            return comment_node(entry)
        return event_node(entry, issue.repository)

    return field


def _kind(entry: Event | Comment) -> str:
    """Name an entry as queries do: ``RenamedTitleEvent`` is ``RENAMED_TITLE_EVENT``."""
    if isinstance(entry, Comment):
        return COMMENT
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", EVENTS[entry.kind]).upper()
