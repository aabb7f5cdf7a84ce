"""What a query costs, and whether it asks for more than GitHub gives at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    VariableNode,
    value_from_ast_untyped,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, SelectionSetNode

MOST_AT_ONCE = 100
MOST_NODES = 500_000
CONNECTIONS = frozenset(
    {
        *("comments", "issues", "labels", "reactions"),
        *("search", "timelineItems", "userContentEdits"),
    }
)


@dataclass(slots=True)
class Cost:
    """Counts, before anything is looked up, as GitHub documents it.

    ``calls`` are the requests that would fill each connection once for each parent; a hundred of
    them are a point.
    """

    variables: Mapping[str, Any]
    fragments: Mapping[str, FragmentDefinitionNode]
    calls: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        return max(1, round(self.calls / 100))

    def add(self, selections: SelectionSetNode | None, parents: int = 1) -> None:
        """Count a selection that is made ``parents`` times; raises if a page has no bounds."""
        for each in selections.selections if selections else ():
            if isinstance(each, FragmentSpreadNode):
                self.add(self.fragments[each.name.value].selection_set, parents)
            elif isinstance(each, InlineFragmentNode):
                self.add(each.selection_set, parents)
            elif isinstance(each, FieldNode):
                self._add_field(each, parents)

    def _add_field(self, field: FieldNode, parents: int) -> None:
        if field.name.value in CONNECTIONS:
            size = self._page_size(field)
            self.calls += parents
            self.nodes += parents * size
            parents *= size
        self.add(field.selection_set, parents)

    def _page_size(self, field: FieldNode) -> int:
        name = field.name.value
        for argument in field.arguments:
            bound = argument.name.value
            if bound in {"first", "last"}:
                value = argument.value
                size = (
                    self.variables.get(value.name.value)
                    if isinstance(value, VariableNode)
                    else value_from_ast_untyped(value)
                )
                if isinstance(size, int):
                    return _within_bounds(size, name, bound)
        message = (
            f"You must provide a `first` or `last` value to properly paginate the `{name}` "
            "connection."
        )
        raise GraphQLError(
            message, nodes=field, extensions={"type": "MISSING_PAGINATION_BOUNDARIES"}
        )


def _within_bounds(size: int, name: str, bound: str) -> int:
    if size > MOST_AT_ONCE:
        message = (
            f"Requesting {size} records on the `{name}` connection exceeds the `{bound}` limit of "
            f"{MOST_AT_ONCE} records."
        )
        raise GraphQLError(message, extensions={"type": "EXCESSIVE_PAGINATION"})
    return size


def cost_of(document: DocumentNode, variables: Mapping[str, Any]) -> Cost:
    """Count a whole document; raises GraphQLError if it asks for too much."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    cost = Cost(variables, fragments)
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            cost.add(each.selection_set)
    if cost.nodes > MOST_NODES:
        message = (
            f"This query requests up to {cost.nodes:,} possible nodes which exceeds the maximum "
            f"limit of {MOST_NODES:,}."
        )
        raise GraphQLError(message, extensions={"type": "MAX_NODE_LIMIT_EXCEEDED"})
    return cost
