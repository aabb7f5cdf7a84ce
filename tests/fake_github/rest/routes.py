"""What a route is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fake_github.exchange import Answer, Call


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a method and a path, and the page of GitHub's documentation about it."""

    answer: Callable[[Call], Answer]
    docs: str  # below https://docs.github.com/rest/
