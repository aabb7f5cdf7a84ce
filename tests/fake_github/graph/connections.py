"""Lists in GraphQL: a part of them, and cursors that lead on."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Node = dict[str, Any]
PREFIX = "cursor:v2:"
Item = TypeVar("Item")


def connection(
    items: Sequence[Item],
    show: Callable[[Item], Node],
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Node:
    """Cut the part out that is asked for, as the Relay specification has it."""
    start = _position(after) if after else 0
    end = min(_position(before) - 1, len(items)) if before else len(items)
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    places = range(start, max(start, end))
    nodes = [show(items[place]) for place in places]
    cursors = [_cursor(place + 1) for place in places]
    return {
        "totalCount": len(items),
        "nodes": nodes,
        "edges": [
            {"node": node, "cursor": cursor} for node, cursor in zip(nodes, cursors, strict=True)
        ],
        "pageInfo": {
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
        },
    }


def _cursor(position: int) -> str:
    return base64.b64encode(f"{PREFIX}{position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix(PREFIX))
    except ValueError:
        message = f"`{cursor}` does not appear to be a valid cursor."
        raise GraphQLError(message, extensions={"type": "INVALID_CURSOR_ARGUMENTS"}) from None
