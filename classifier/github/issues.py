"""A repository's issues, as records: decoded JSON as GitHub gives it, pull requests among them."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from classifier.github.client import Client
from classifier.github.failures import expecting
from classifier.github.query import Query

SECONDS_WORTH_RESUMING = 24 * 3600  # what is older may have changed too much

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """Issues that are about to be read."""

    repository: str  # as it is called today
    resumed_from: datetime | None  # when a reading that was cut off began, and this one goes on
    pages: Iterator[list[Record]]


def list_issues(client: Client, repository: str, query: Query) -> Listing:
    """Read a repository's issues, a page of at most 100 at a time.

    A reading that was cut off is gone on with: what it had read is not asked for again. With a
    limit the newest come first, else the oldest, whose pages stay as they are.
    """
    name = _name(repository, query)
    cut_off = _cut_off(client, name)
    # under an old name, GitHub would lead to the list but forget what was asked of it
    found = client.get(f"/repos/{repository}", fetched_since=cut_off)
    with expecting(repository):
        today = str(found["full_name"])
    return Listing(
        repository=today,
        resumed_from=datetime.fromtimestamp(cut_off, UTC) if cut_off else None,
        pages=_pages(client, today, query, cut_off=cut_off, name=name),
    )


def get_issue(client: Client, repository: str, number: int) -> Record:
    """Read one issue, wherever it was transferred to."""
    record = client.get(f"/repos/{repository}/issues/{number}")
    with expecting(f"{repository}#{number}"):
        return dict(record)


def is_pull_request(record: Record) -> bool:
    """Whether a record of the list is a pull request, which GitHub counts among the issues."""
    return record.get("pull_request") is not None


def _pages(
    client: Client, repository: str, query: Query, *, cut_off: float | None, name: str
) -> Iterator[list[Record]]:
    began = str(cut_off or time.time()).encode()
    left = query.limit
    path, parameters = f"/repos/{repository}/issues", _parameters(query)
    for page in client.pages(path, parameters, fetched_since=cut_off):
        _keep(client, name, began)
        with expecting(repository):
            wanted = list(_first(page, left))
        yield wanted
        if left is not None:
            left -= sum(not is_pull_request(record) for record in wanted)
            if left <= 0:
                break
    _keep(client, name, b"")


def _first(page: list[Record], count: int | None) -> Iterator[Record]:
    """Yield records up to so many issues."""
    for record in page:
        is_counted = not is_pull_request(record)  # also says if it is no record
        if count is not None and is_counted:
            if count == 0:
                return
            count -= 1
        yield record


def _parameters(query: Query) -> dict[str, str | int]:
    parameters: dict[str, str | int] = {
        "state": query.state,
        "sort": "created",
        "direction": "asc" if query.limit is None else "desc",
    }
    if query.since:
        parameters["since"] = query.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if query.labels:
        parameters["labels"] = ",".join(query.labels)
    return parameters


def _name(repository: str, query: Query) -> str:
    """What a reading is called while it is not done: among answers, but no address of one."""
    parameters = urlencode({**_parameters(query), "limit": query.limit or ""})
    return f"reading {repository}?{parameters}"


def _cut_off(client: Client, name: str) -> float | None:
    """When an earlier reading began that is not done yet, in seconds since 1970."""
    kept = client.answers.get(name) if client.answers else None
    began = float(kept) if kept else 0.0
    now = time.time()
    return began if now - SECONDS_WORTH_RESUMING < began <= now else None


def _keep(client: Client, name: str, beginning: bytes) -> None:
    """Note when a reading began that is not done yet; nothing for one that is."""
    if client.answers is not None and client.answers.get(name) != beginning:
        client.answers.set(name, beginning)
