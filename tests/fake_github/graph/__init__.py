"""The GraphQL API, executed by graphql-core against a small schema in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, build_schema, execute_sync, parse, validate

from tests.fake_github.clock import stamp
from tests.fake_github.exchange import Answer, ApiError
from tests.fake_github.graph.connections import Node, connection
from tests.fake_github.graph.cost import Cost, cost_of
from tests.fake_github.graph.issues import issue_node
from tests.fake_github.graph.nodes import actor_node
from tests.fake_github.graph.repositories import not_found, repository_node
from tests.fake_github.present import node_id
from tests.fake_github.searching import search

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo, GraphQLSchema

    from tests.fake_github.entities import Issue
    from tests.fake_github.exchange import Call
    from tests.fake_github.quota import Quota

MOST_PINNED = 3
ANONYMOUS = "This endpoint requires you to be authenticated."
AUTHENTICATING = (
    "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql"
)


def answer(call: Call, quota: Quota) -> tuple[Answer, int]:
    """Answer a query, and tell how many points it took.

    Like GitHub, nearly everything is answered with 200, errors among them.
    """
    if call.token is None:
        raise ApiError(401, ANONYMOUS, docs=AUTHENTICATING)
    sent = call.decoded()
    query, variables = sent.get("query"), sent.get("variables") or {}
    if not isinstance(query, str):
        raise ApiError(400, "A query attribute must be specified and must be a string.")
    if not quota.remaining:
        message = f"API rate limit exceeded for user ID {call.token.user.id}."
        return Answer(200, {"errors": [{"type": "RATE_LIMITED", "message": message}]}), 0
    try:
        document = parse(query)
        errors = validate(_schema(), document)
        cost = cost_of(document, variables) if not errors else None
    except GraphQLError as error:
        errors, cost = [error], None
    if cost is None:
        return Answer(200, {"errors": [_error_json(error) for error in errors]}), 1
    root = _Query(call, quota, cost)
    result = execute_sync(_schema(), document, root, variable_values=variables)
    value: Node = {"data": result.data}
    if result.errors:
        value["errors"] = [_error_json(error) for error in result.errors]
    return Answer(200, value), cost.points


@dataclass(frozen=True, slots=True)
class _Query:
    """The fields that a query starts from; graphql-core finds them by name."""

    call: Call
    quota: Quota
    cost: Cost

    def repository(
        self,
        _: GraphQLResolveInfo,
        owner: str,
        name: str,
        followRenames: bool = True,  # noqa: N803, FBT001, FBT002 - GitHub's argument
    ) -> Node:
        full_name = f"{owner}/{name}"
        found = self.call.store.repository(full_name)
        is_renamed = found is not None and found.full_name.lower() != full_name.lower()
        if found is None or (is_renamed and not followRenames):
            raise not_found(f"Could not resolve to a Repository with the name '{full_name}'.")
        return repository_node(found)

    def viewer(self, _: GraphQLResolveInfo) -> Node:
        assert self.call.token
        user = self.call.token.user
        return actor_node(user) | {"login": user.login}  # an app is told its name as in REST

    def pinIssue(self, _: GraphQLResolveInfo, input: Node) -> Node:  # noqa: A002, N802 - GitHub's
        assert self.call.token
        for repository in self.call.store.repositories.values():
            for issue in repository.issues.values():
                if node_id("I", issue.id) == input["issueId"]:
                    return self._pin(issue)
        message = f"Could not resolve to a node with the global id of '{input['issueId']}'"
        raise not_found(message)

    def _pin(self, issue: Issue) -> Node:
        assert self.call.token
        pinned = issue.repository.pinned
        if self.call.token.issues != "write":
            message = "Resource not accessible by integration"
            raise GraphQLError(message, extensions={"type": "FORBIDDEN"})
        if len(pinned) >= MOST_PINNED:
            message = f"Maximum {MOST_PINNED} pinned issues per repository"
            raise GraphQLError(message, extensions={"type": "UNPROCESSABLE"})
        if issue not in pinned:
            pinned.append(issue)
        return {"clientMutationId": None}

    def rateLimit(self, _: GraphQLResolveInfo, **__: object) -> Node:  # noqa: N802 - GitHub's
        reset = datetime.fromtimestamp(self.quota.reset, UTC)
        return {
            "cost": self.cost.points,
            "limit": self.quota.limit,
            "nodeCount": self.cost.nodes,
            "remaining": max(0, self.quota.remaining - self.cost.points),
            "resetAt": stamp(reset),
            "used": self.quota.used + self.cost.points,
        }

    def search(self, _: GraphQLResolveInfo, query: str, type: str, **part: Any) -> Node:  # noqa: A002, ANN401 - GitHub's names
        del type  # the schema has but one
        found = search(self.call.store, query, self.call.token)
        shown = connection(found[:1000], issue_node, **part)
        return shown | {"issueCount": len(found)}


def _error_json(error: GraphQLError) -> Node:
    """Show an error in GitHub's shape, which has the type beside the message."""
    shown: Node = {"message": error.message}
    kind = (error.extensions or {}).get("type")
    if kind:
        shown["type"] = kind
    if error.path:
        shown["path"] = error.path
    if error.locations:
        shown["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    return shown


@cache
def _schema() -> GraphQLSchema:
    return build_schema((Path(__file__).parent / "schema.graphql").read_text(encoding="utf-8"))
