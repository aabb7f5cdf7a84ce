"""A study's selection of issues, made again at GitHub, and how it differs from the study's list.

Labels and states change after the fact: what was selected once is not what would be selected now.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from classifier.errors import GitHubError, InputError
from classifier.files import replace_file
from classifier.sources.records import key_of, to_issue
from training.labels import StudyLabel

if TYPE_CHECKING:
    from classifier.github.client import Client

MOST_RESULTS = 1000  # of one search, whatever it finds
SEARCH = "/search/issues"
GONE = (404, 410, 451)  # unknown, deleted, taken down

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """Closed issues that carry all labels and were opened on one of these days, both included."""

    labels: tuple[str, ...]
    first_day: date
    last_day: date


SELECTIONS: Mapping[str, Selection] = {
    # Tambon et al., EMSE 2024; the days are those of the first and the last issue of their list
    "study": Selection(("comp:keras", "type:bug"), date(2017, 3, 23), date(2021, 1, 13)),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """An issue that the list and GitHub do not agree on, or one that they do."""

    repo: str
    number: int
    url: str
    is_listed: bool
    is_found: bool
    why: str  # "" where they agree
    opened_at: str  # ISO 8601, "" where unknown
    closed_at: str


def collect(
    client: "Client", repository: str, selection: Selection, study: Iterable[StudyLabel]
) -> list[Difference]:
    """Select anew and compare with the study's list, by rising number."""
    listed = {row.number: row for row in study if row.repo.lower() == repository.lower()}
    found = {key_of(record).number: record for record in search(client, repository, selection)}
    lost = sorted(listed.keys() - found.keys())
    reasons = {
        number: why_lost(client, repository, number, selection)
        for number in tqdm(lost, desc="not found", unit=" issues", disable=None)
    }
    last = max((row.closed_at for row in listed.values() if row.closed_at), default=None)
    rows = [
        *(_found(record, last, is_listed=number in listed) for number, record in found.items()),
        *(_lost(listed[number], reasons[number]) for number in lost),
    ]
    return sorted(rows, key=lambda row: row.number)


def search(client: "Client", repository: str, selection: Selection) -> Iterator[Record]:
    """Find a repository's issues, in as many searches as it takes."""
    yield from _within(client, repository, selection, selection.first_day, selection.last_day)


def why_lost(client: "Client", repository: str, number: int, selection: Selection) -> str:
    """Say what became of an issue that is not found any more."""
    from classifier.github.issues import get_issue  # noqa: PLC0415 - an extra

    if not client.has_token:
        return "not looked up without a token"
    try:
        record = get_issue(client, repository, number)
    except GitHubError as error:
        if error.status not in GONE:
            raise
        return "gone"
    key = key_of(record)
    if (key.repo.lower(), key.number) != (repository.lower(), number):
        return "transferred"
    if record.get("state") != "closed":
        return "open again"
    names = {label.lower() for label in to_issue(record).labels}
    missing = [label for label in selection.labels if label not in names]
    return f"without {', '.join(missing)}" if missing else "not found by the search"


def summary(rows: Iterable[Difference]) -> list[list[str]]:
    """Count by agreement and reason, the most first: cells for a table."""
    counts = Counter((row.is_listed, row.is_found, row.why) for row in rows)
    where = {
        (True, True): "in both",
        (True, False): "in the list alone",
        (False, True): "at GitHub alone",
    }
    order = list(where)
    return [
        [f"{count:,}", where[listed, found], why]
        for (listed, found, why), count in sorted(
            counts.items(), key=lambda entry: (order.index(entry[0][:2]), -entry[1], entry[0])
        )
    ]


def write_differences(path: Path, rows: Iterable[Difference]) -> None:
    """Write a CSV file of facts, whole or not at all."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow([field.name for field in fields(Difference)])
    for row in rows:  # as in the label tables: true, false
        table.writerow(
            str(cell).lower() if isinstance(cell, bool) else cell for cell in astuple(row)
        )
    replace_file(path, stream.getvalue().encode())


def selection_of(name: str) -> Selection:
    """Find a selection by its name. Raises InputError listing those there are."""
    if name not in SELECTIONS:
        raise InputError(f"Unknown query: {name}", hint=f"Known: {', '.join(SELECTIONS)}.")
    return SELECTIONS[name]


def _within(
    client: "Client", repository: str, selection: Selection, first: date, last: date
) -> Iterator[Record]:
    """Search a span of days, in halves where it holds more than a search may show."""
    labels = " ".join(f'label:"{label}"' for label in selection.labels)
    words = f"repo:{repository} is:issue is:closed {labels} created:{first}..{last}"
    parameters: dict[str, str | int] = {"q": words, "sort": "created", "order": "asc"}
    from classifier.github.failures import expecting  # noqa: PLC0415 - an extra

    for page in client.pages(SEARCH, parameters):
        with expecting("the search"):
            count, is_cut_short, items = (
                page["total_count"],
                page["incomplete_results"],
                page["items"],
            )
        if count > MOST_RESULTS and first < last:
            middle = first + (last - first) // 2
            yield from _within(client, repository, selection, first, middle)
            yield from _within(client, repository, selection, middle + timedelta(days=1), last)
            return
        if is_cut_short:
            raise GitHubError("GitHub's search gave up before it was through", hint="Try again.")
        yield from items


def _found(record: Record, last: datetime | None, *, is_listed: bool) -> Difference:
    """Describe what GitHub has; ``last`` is when an issue of the list was closed last."""
    issue = to_issue(record)
    closed_at = datetime.fromisoformat(record["closed_at"])
    is_newer = last is not None and closed_at > last
    why = "closed after the list was made" if is_newer else "labelled later, or left out"
    return Difference(
        repo=issue.key.repo,
        number=issue.key.number,
        url=issue.url,
        is_listed=is_listed,
        is_found=True,
        why="" if is_listed else why,
        opened_at=_text(issue.opened_at),
        closed_at=_text(closed_at),
    )


def _lost(row: StudyLabel, why: str) -> Difference:
    """Describe what the list alone has."""
    return Difference(
        repo=row.repo,
        number=row.number,
        url=row.url,
        is_listed=True,
        is_found=False,
        why=why,
        opened_at=_text(row.opened_at),
        closed_at=_text(row.closed_at),
    )


def _text(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
