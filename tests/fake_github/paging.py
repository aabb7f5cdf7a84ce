"""Pages of a list, and the header that leads from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fake_github.exchange import Call

LARGEST_PAGE = 100
Item = TypeVar("Item")


def page_of(call: Call, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut out the page that is asked for; returns it with its ``Link`` header, if it has one."""
    size = min(_whole(call.query.get("per_page"), 30), LARGEST_PAGE)
    page = _whole(call.query.get("page"), 1)
    last = max(1, -(-len(items) // size))
    targets = {}
    if page > 1:
        targets["prev"] = min(page - 1, last)
    if page < last:
        targets |= {"next": page + 1, "last": last}
    if page > 1:
        targets["first"] = 1
    links = [f'<{_address(call, target)}>; rel="{name}"' for name, target in targets.items()]
    return items[(page - 1) * size : page * size], {"Link": ", ".join(links)} if links else {}


def _whole(text: str | None, default: int) -> int:
    """Read a number as leniently as GitHub: nonsense and zero mean the default."""
    return int(text) if text and text.isascii() and text.isdigit() and int(text) else default


def _address(call: Call, page: int) -> str:
    """Name a page by the repository's number, as GitHub does."""
    path = call.path
    if "repo" in call.parameters:
        rest = path.split("/", 4)[4:]
        path = "/".join([f"/repositories/{call.repository().id}", *rest])
    return f"{call.api}{path}?{urlencode({**call.query, 'page': page})}"
