"""The REST API: which route answers a request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.fake_github.rest import account, comments, events, issues, labels, reactions, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_github.rest.routes import Route

# Where two match, the earlier answers: `issues/comments` is no issue's number.
ROUTES: dict[str, Route] = {
    **comments.ROUTES,
    **events.ROUTES,
    **issues.ROUTES,
    **labels.ROUTES,
    **reactions.ROUTES,
    **account.ROUTES,
    **search.ROUTES,
}
REPOSITORY = "/repos/{owner}/{repo}"


@dataclass(frozen=True, slots=True)
class Match:
    """A route, the path that GitHub documents it under, and what the path's blanks stand for."""

    route: Route
    template: str
    parameters: dict[str, str]


def _compiled() -> Iterator[tuple[str, str, re.Pattern[str], Route]]:
    for name, route in ROUTES.items():
        method, template = name.split(" ")
        for spelled in dict.fromkeys(
            [template, template.replace(REPOSITORY, "/repositories/{repository_id}")]
        ):
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(spelled))
            yield method, template, re.compile(pattern), route


PATTERNS = tuple(_compiled())


def match(method: str, path: str) -> Match | None:
    """Find the route of a request; a repository may be named by its number, too."""
    for allowed, template, pattern, route in PATTERNS:
        found = pattern.fullmatch(path) if allowed == method else None
        if found:
            parameters = {name: unquote(value) for name, value in found.groupdict().items()}
            return Match(route, template, parameters)
    return None
