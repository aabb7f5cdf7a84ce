"""What GraphQL shows of a repository, and how it says that something is not there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from tests.fake_github.clock import stamp
from tests.fake_github.graph.connections import Node, connection
from tests.fake_github.graph.issues import issue_node
from tests.fake_github.graph.nodes import actor_node, label_node
from tests.fake_github.present import PAGES, node_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLResolveInfo

    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

KEYS: dict[str, Callable[[Issue], Any]] = {
    "CREATED_AT": lambda issue: issue.created_at,
    "UPDATED_AT": lambda issue: issue.updated_at,
    "COMMENTS": lambda issue: len(issue.comments),
}


def not_found(message: str) -> GraphQLError:
    """Make the error of something that is not there."""
    return GraphQLError(message, extensions={"type": "NOT_FOUND"})


def repository_node(repository: Repository) -> Node:
    """Show a repository."""
    labels = [repository.labels[name] for name in sorted(repository.labels)]
    return {
        "id": node_id("R", repository.id),
        "databaseId": repository.id,
        "name": repository.name,
        "nameWithOwner": repository.full_name,
        "owner": actor_node(repository.owner),
        "url": f"{PAGES}/{repository.full_name}",
        "isPrivate": repository.is_private,
        "isArchived": repository.is_archived,
        "hasIssuesEnabled": repository.has_issues,
        "createdAt": stamp(repository.created_at),
        "issue": _by_number(repository, "an Issue", has_pull_requests=False),
        "pullRequest": _by_number(repository, "a PullRequest", has_issues=False),
        "issueOrPullRequest": _by_number(repository, "an issue or pull request"),
        "issues": _issues(repository),
        "labels": lambda _, **part: connection(
            labels, lambda label: label_node(label, repository), **part
        ),
    }


def _by_number(
    repository: Repository,
    wanted: str,
    *,
    has_issues: bool = True,
    has_pull_requests: bool = True,
) -> Callable[..., Node]:
    def field(_: GraphQLResolveInfo, *, number: int) -> Node:
        issue = repository.issues.get(number)
        if issue is None or not (has_pull_requests if issue.is_pull_request else has_issues):
            raise not_found(f"Could not resolve to {wanted} with the number of {number}.")
        return issue_node(issue)

    return field


def _issues(repository: Repository) -> Callable[..., Node]:
    """Answer issues in the order in which they were opened, unless asked otherwise."""

    def field(
        _: GraphQLResolveInfo,
        labels: list[str] | None = None,
        states: list[str] | None = None,
        orderBy: dict[str, str] | None = None,  # noqa: N803 - GitHub's name
        filterBy: dict[str, Any] | None = None,  # noqa: N803 - the same
        **part: Any,  # noqa: ANN401 - first, after, last, before
    ) -> Node:
        wanted = {"labels": labels, "states": states} | (filterBy or {})
        found = [
            issue
            for issue in repository.issues.values()
            if not issue.is_pull_request and _fits(issue, **wanted)
        ]
        order = orderBy or {"field": "CREATED_AT", "direction": "ASC"}
        found.sort(key=KEYS[order["field"]], reverse=order["direction"] == "DESC")
        return connection(found, issue_node, **part)

    return field


def _fits(
    issue: Issue,
    *,
    labels: list[str] | None = None,
    states: list[str] | None = None,
    createdBy: str | None = None,  # noqa: N803 - GitHub's name
    since: str | None = None,
) -> bool:
    """Labels mean any of them here, other than in the REST API."""
    names = set(map(str.lower, issue.label_names))
    moment = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
    return (
        (not labels or not names.isdisjoint(map(str.lower, labels)))
        and (not states or issue.state.upper() in states)
        and (not createdBy or issue.author.login == createdBy)
        and issue.updated_at >= moment
    )
