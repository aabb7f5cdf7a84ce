"""Rows as others write them, turned into issues: our own columns and GitHub's REST and GraphQL."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from classifier.errors import InputError
from classifier.types import Issue, IssueKey

Record = Mapping[str, Any]  # a row as it was decoded: nothing is known of it yet

# What GitHub's answers wrap issues in: search pages, GraphQL connections, webhook events.
WRAPPERS = ("data", "search", "repository", "issues", "issue", "items", "nodes", "edges", "node")
DATE_FIELDS = ("created_at", "createdAt", "opened_at", "created", "opened", "date")
GITHUB_ADDRESS = re.compile(
    r"https?://[^/\s]+/(?:api/v3/)?(?:repos/)?(?P<repo>[\w.-]+/[\w.-]+)"
    r"(?:/(?P<kind>issues|pulls?)/(?P<number>\d{1,18}))?(?:[/?#]|$)"
)
NOTHING = frozenset({"", "0", "false", "nan", "none", "null", "{}"})
LARGEST_NUMBER = 2**63 - 1  # what databases and tables keep
LONE_SURROGATES = re.compile("[\ud800-\udfff]")  # valid in JSON, no text in any encoding


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was left out."""

    place: str  # "issues.jsonl:12"
    reason: str
    is_broken: bool = True  # False for what is whole but no issue: a pull request


OnSkip = Callable[[Skipped], None]


class NotAnIssueError(Exception):
    """The row is whole, but holds something else."""


def issues_in(value: object, place: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Find the issues in one decoded JSON value: an issue, or a page of them."""
    try:
        rows = list(_unwrap(value, repo=""))
    except RecursionError:
        on_skip(Skipped(place, "nested too deeply"))
        return
    for row, (record, repo) in enumerate(rows, start=1):
        is_page = isinstance(value, list) or len(rows) > 1
        yield from issue_in(record, f"{place}: row {row}" if is_page else place, on_skip, repo=repo)


def issue_in(record: object, place: str, on_skip: OnSkip, *, repo: str = "") -> Iterator[Issue]:
    """Yield the issue that a record holds, or report why it holds none."""
    try:
        yield to_issue(record, repo=repo)
    except NotAnIssueError as reason:
        on_skip(Skipped(place, str(reason), is_broken=False))
    except InputError as error:
        on_skip(Skipped(place, str(error)))


def to_issue(record: object, *, repo: str = "") -> Issue:
    """Read one record; ``repo`` is what the page around it says, where it does not say itself.

    Raises InputError if it has no title, no proper body or an impossible number, NotAnIssueError
    for a pull request.
    """
    if not isinstance(record, Mapping):
        raise InputError(f"not an issue but {_json_name(record)}")
    url = _url(record)
    address = GITHUB_ADDRESS.match(url)
    if _is_pull_request(record, address):
        raise NotAnIssueError("a pull request")
    if not record:  # what GraphQL answers where an inline fragment does not apply
        raise NotAnIssueError("an empty object")
    return Issue(
        key=key_of(record, repo=repo),
        title=_title(record),
        body=_body(record),
        opened_at=_opened_at(record),
        url=_text(url),
        labels=tuple(_labels(record.get("labels"))),
    )


def key_of(record: Record, *, repo: str = "") -> IssueKey:
    """Which issue a record speaks of, by its own fields, else by its address, else ``repo``."""
    address = GITHUB_ADDRESS.match(_url(record))
    number = _number(record.get("number")) or int((address and address["number"]) or 0)
    return IssueKey(_text(_repo(record) or (address["repo"] if address else "") or repo), number)


def _unwrap(value: object, *, repo: str) -> Iterator[tuple[object, str]]:
    """Walk down to the issues, with the repository that the way there names."""
    if isinstance(value, list):
        for item in value:
            yield from _unwrap(item, repo=repo)
    elif isinstance(value, Mapping) and (wrapped := _wrapped(value)):
        around = value.get("repository")
        repo = _repo(value) or (_repo(around) if isinstance(around, Mapping) else "") or repo
        for inner in wrapped:
            yield from _unwrap(inner, repo=repo)
    else:
        yield value, repo


def _wrapped(value: Record) -> list[object]:
    """Return what a page, connection or event wraps; nothing for an issue, titled or not."""
    if "title" in value:
        return []
    inner = {name: value[name] for name in WRAPPERS if isinstance(value.get(name), Mapping | list)}
    repository = inner.get("repository")
    if isinstance(repository, Mapping) and not _wrapped(repository):
        del inner["repository"]  # a mere mention of where the issue belongs
    return list(inner.values())


def _is_pull_request(record: Record, address: re.Match[str] | None) -> bool:
    return (
        _holds_something(record.get("pull_request"))
        or record.get("__typename") == "PullRequest"
        or bool(address and (address["kind"] or "").startswith("pull"))
    )


def _title(record: Record) -> str:
    title = _present(record.get("title"))
    if title is None:
        raise InputError("title is missing")
    if not isinstance(title, str):
        raise InputError(f"title is not text but {_json_name(title)}")
    if not title.strip():
        raise InputError("title is empty")
    return _text(title)


def _body(record: Record) -> str:
    body = _present(record.get("body"))
    if body is None:
        return ""
    if not isinstance(body, str):
        raise InputError(f"body is not text but {_json_name(body)}")
    return _text(body)


def _url(record: Record) -> str:
    """Prefer the page for people over the API's address, which REST calls ``url``."""
    for field in ("html_url", "url"):
        url = record.get(field)
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            return url
    return ""


def _repo(record: Record) -> str:
    """Find ``owner/name`` in any of the places where GitHub's answers put it."""
    repository = record.get("repository")
    around: Record = repository if isinstance(repository, Mapping) else {}
    names = (
        record.get("repo"),
        repository,
        around.get("nameWithOwner"),
        around.get("full_name"),
        record.get("nameWithOwner"),
        record.get("full_name"),
    )
    for name in names:
        if isinstance(name, str) and name.strip():
            return name.strip()
    address = record.get("repository_url")
    found = GITHUB_ADDRESS.match(address) if isinstance(address, str) else None
    return found["repo"] if found else ""


def _number(value: object) -> int:
    """Read 12, 12.0 (a column with gaps) and "12" alike; 0 for anything else.

    Raises InputError for a number that no database could keep.
    """
    if isinstance(value, str):
        digits = value.strip().removeprefix("#").removesuffix(".0")
        return int(digits) if re.fullmatch(r"[0-9]{1,18}", digits) else 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        return 0
    if value > LARGEST_NUMBER:
        raise InputError("number is larger than any issue's")
    return value


def _opened_at(record: Record) -> datetime | None:
    """Read the first date there is; one that cannot be read is no reason to lose the issue."""
    for field in DATE_FIELDS:
        value = record.get(field)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value.strip())
            except ValueError:
                continue
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
    return None


def _labels(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = value.get("nodes")
    if isinstance(value, str):
        yield from (label for part in value.split(",") if (label := _text(part).strip()))
    elif isinstance(value, list):
        for label in value:
            name = label.get("name") if isinstance(label, Mapping) else label
            if isinstance(name, str):
                yield _text(name)


def _present(value: object) -> object | None:
    """Take pandas' NaN for what it stands for: nothing."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN


def _holds_something(value: object) -> bool:
    """Tables spell nothing as text, or as a structure whose fields are all null."""
    if isinstance(value, Mapping):
        return any(_present(inner) is not None for inner in value.values())
    if isinstance(value, str):
        return value.strip().lower() not in NOTHING
    return bool(_present(value))


def _text(value: str) -> str:
    return LONE_SURROGATES.sub("\ufffd", value)


def _json_name(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "something")
