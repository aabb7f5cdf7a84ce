"""Pages of a list, and the header that leads from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.fake_github.exchange import Call

LARGEST_PAGE = 100
Item = TypeVar("Item")


def page_of(
    call: Call, items: Sequence[Item], *, cursor_of: Callable[[Item], str] | None = None
) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut out the page that is asked for; returns it with its ``Link`` header, if it has one.

    Lists with a ``cursor_of`` are paged by cursor where the test wants it, as GitHub pages the
    issues of large repositories: the header then leads on from the last item, and names no end.
    """
    size = min(_whole(call.query.get("per_page"), 30), LARGEST_PAGE)
    page = _whole(call.query.get("page"), 1)
    start = (page - 1) * size
    if cursor_of and call.store.pages_by_cursor:
        start = _after(items, call.query.get("after"), cursor_of, default=start)
        found = items[start : start + size]
        more = {"after": cursor_of(found[-1])} if start + size < len(items) else {}
        return found, _link(call, {"next": page + 1} if more else {}, more)
    last = max(1, -(-len(items) // size))
    targets = {"prev": min(page - 1, last)} if page > 1 else {}
    if page < last:
        targets |= {"next": page + 1, "last": last}
    if page > 1:
        targets["first"] = 1
    return items[start : start + size], _link(call, targets, {})


def _after(
    items: Sequence[Item], cursor: str | None, cursor_of: Callable[[Item], str], *, default: int
) -> int:
    """Find where to go on; the page's number decides if the last item is in the list no more."""
    cursors = [cursor_of(item) for item in items] if cursor else []
    return cursors.index(cursor) + 1 if cursor in cursors else default


def _link(call: Call, targets: Mapping[str, int], more: Mapping[str, str]) -> dict[str, str]:
    links = [f'<{_address(call, page, more)}>; rel="{name}"' for name, page in targets.items()]
    return {"Link": ", ".join(links)} if links else {}


def _whole(text: str | None, default: int) -> int:
    """Read a number as leniently as GitHub: nonsense and zero mean the default."""
    return int(text) if text and text.isascii() and text.isdigit() and int(text) else default


def _address(call: Call, page: int, more: Mapping[str, str]) -> str:
    """Name a page by the repository's number, as GitHub does."""
    path = call.path
    if "repo" in call.parameters:
        rest = path.split("/", 4)[4:]
        path = "/".join([f"/repositories/{call.repository().id}", *rest])
    return f"{call.api}{path}?{urlencode({**call.query, **more, 'page': page})}"
