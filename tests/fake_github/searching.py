"""GitHub's search for issues: ``repo:octo/demo is:issue label:"a b" closed:2020-01-01..*``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fake_github.exchange import invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.fake_github.entities import Issue
    from tests.fake_github.store import Store, Token

    Test = Callable[[Issue, str], bool]

WORD = re.compile(r'(?P<no>-?)(?:(?P<name>[a-z-]+):)?(?P<value>(?:"[^"]*"|[^\s"])+)')
BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)
DAY = len("2026-11-01")
KINDS = {"issue", "pr", "pull-request"}
KINDLESS = "Query must include 'is:issue' or 'is:pull-request'"
NOWHERE = (
    "The listed users and repositories cannot be searched either because the resources do not "
    "exist or you do not have permission to view them."
)


def search(store: Store, query: str, token: Token | None) -> list[Issue]:
    """Find what fits all words of a query, newest first unless it says otherwise.

    Raises the 422 that GitHub answers where the query cannot be understood.
    """
    words = [(bool(no), name or "", value) for no, name, value in WORD.findall(query)]
    if not any(name in {"is", "type"} and value in KINDS for _, name, value in words):
        raise invalid("Search", "q", "invalid", KINDLESS)
    sorts = [value for _, name, value in words if name == "sort"]
    tests = [word for word in words if word[1] not in {"repo", "sort", "in"}]
    found = [
        issue
        for issue in _issues(store, [value for _, name, value in words if name == "repo"], token)
        if all(_fits(issue, name, value) is not no for no, name, value in tests)
    ]
    return in_order(found, *(sorts[-1] if sorts else "created-desc").partition("-")[::2])


def in_order(issues: Iterable[Issue], sort: str, direction: str) -> list[Issue]:
    """Sort what was found, newest first by default."""
    keys: dict[str, Callable[[Issue], Any]] = {
        "updated": lambda issue: (issue.updated_at, issue.id),
        "comments": lambda issue: (len(issue.comments), issue.id),
        "reactions": lambda issue: (len(issue.reactions), issue.id),
    }
    key = keys.get(sort, lambda issue: (issue.created_at, issue.id))
    return sorted(issues, key=key, reverse=direction != "asc")


def _issues(store: Store, names: list[str], token: Token | None) -> list[Issue]:
    repositories = list({id(repo): repo for repo in store.repositories.values()}.values())
    if names:
        known = [store.repository(name) for name in names]
        repositories = [repo for repo in known if repo and (token or not repo.is_private)]
        if not repositories:
            raise invalid("Search", "q", "invalid", NOWHERE)
    return [issue for repo in repositories for issue in repo.issues.values()]


def _fits(issue: Issue, name: str, value: str) -> bool:
    value = value.lower()
    plain = value.replace('"', "")
    test = TESTS.get(name)
    if test is None:  # a word that is not a filter of ours is looked for in the text
        text = f"{issue.title}\n{issue.body or ''}".lower()
        return (f"{name}:{plain}" if name else plain) in text
    return test(issue, value if name == "label" else plain)


def _is(issue: Issue, value: str) -> bool:
    kind = {"issue"} if not issue.is_pull_request else {"pr", "pull-request"}
    return value in {*kind, issue.state}


def _has_label(issue: Issue, value: str) -> bool:
    """Commas between labels mean any of them."""
    names = set(map(str.lower, issue.label_names))
    wanted = re.findall(r'"([^"]*)"|([^,"]+)', value)
    return any((quoted or bare) in names for quoted, bare in wanted)


def _in_range(moment: datetime | None, value: str) -> bool:
    """Read ``>=2020-01-01``, ``2020-01-01..2020-12-31``, ``*..2020-12-31`` or a day."""
    if moment is None:
        return False
    relation, text = re.fullmatch("(>=|<=|>|<|)(.*)", value).groups()  # type: ignore[union-attr]
    first, dots, last = text.partition("..")
    start, end = _from(first), _until(last if dots else first)
    ranges = {
        "": (start, end),
        ">=": (start, END),
        "<=": (BEGINNING, end),
        ">": (end, END),
        "<": (BEGINNING, start),
    }
    low, high = ranges[relation]
    return low <= moment < high


def _from(text: str) -> datetime:
    return BEGINNING if text == "*" else _moment(text)


def _until(text: str) -> datetime:
    if text == "*":
        return END
    return _moment(text) + (timedelta(days=1) if len(text) == DAY else timedelta(seconds=1))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        message = f'"{text}" is not a recognized date/time format. Please provide an ISO 8601 date'
        raise invalid("Search", "q", "invalid", message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


TESTS: dict[str, Test] = {
    "is": _is,
    "state": _is,
    "type": _is,
    "label": _has_label,
    "author": lambda issue, value: issue.author.login.lower() == value,
    "reason": lambda issue, value: (issue.state_reason or "").replace("_", " ") == value,
    "created": lambda issue, value: _in_range(issue.created_at, value),
    "updated": lambda issue, value: _in_range(issue.updated_at, value),
    "closed": lambda issue, value: _in_range(issue.closed_at, value),
    "no": lambda issue, value: value == "label" and not issue.labels,
}
