"""A repository at GitHub: ``github:OWNER/NAME?state=open&since=2026-11-01&labels=a,b&limit=100``.

Needs the extra ``github``. With ``as-filed=1``, titles and bodies are as they were when the
issues were opened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast, get_args
from urllib.parse import parse_qsl

from classifier.errors import InputError, MissingExtraError
from classifier.github.query import Query, State
from classifier.github.server import check_repository, find_server
from classifier.sources.records import (
    GITHUB_ADDRESS,
    LONE_SURROGATES,
    OnSkip,
    Record,
    Skipped,
    issue_in,
    key_of,
)
from classifier.sources.status import OnStatus, Status
from classifier.types import Issue, IssueKey

if TYPE_CHECKING:
    from classifier.github.client import Client

EXAMPLE = "It is like github:OWNER/NAME?state=open&since=2026-11-01&labels=bug&limit=100."
KEYS = ("state", "since", "labels", "limit", "as-filed")
NAMED = 3  # issues in a message


@dataclass(frozen=True, slots=True)
class Request:
    """What a source's name asks for."""

    repository: str
    query: Query
    is_as_filed: bool


def read(rest: str, on_skip: OnSkip, on_status: OnStatus = lambda _: None) -> Iterator[Issue]:
    """Read a repository's issues, a page at a time; ``on_status`` hears how far it has come.

    Raises InputError at once if ``rest`` makes no sense.
    """
    return _read(parse(rest), on_skip, on_status)


def read_issue(
    address: str, *, is_as_filed: bool = False, on_status: OnStatus = lambda _: None
) -> Issue:
    """Read the issue whose page has that address, wherever it was transferred to.

    Raises InputError if the address is not one of an issue at this GitHub.
    """
    asked = _key_in(address)
    with connected(on_status) as client:
        from classifier.github.issues import get_issue  # noqa: PLC0415 - an extra

        record = get_issue(client, asked.repo, asked.number)
        key = key_of(record)
        if (key.repo.lower(), key.number) != (asked.repo.lower(), asked.number):
            moved = f"{asked.repo}#{asked.number} is {key.repo}#{key.number} now"
            on_status(Status(moved, is_lasting=True))
        reading = Reading(client, _refuse, on_status, is_as_filed)
        (issue,) = reading.issues([record])
        reading.tell_of_lost_texts()
    return issue


def parse(rest: str) -> Request:
    """Read what follows ``github:``. Raises InputError naming what makes no sense."""
    if LONE_SURROGATES.search(rest):  # what a shell hands on that is no UTF-8
        raise InputError(f"No text: {rest!r}", hint=EXAMPLE)
    repository, _, text = rest.partition("?")
    check_repository(repository)
    pairs = parse_qsl(text, keep_blank_values=True)
    given = dict(pairs)
    if unknown := [key for key in given if key not in KEYS]:
        raise InputError(f"Unknown in {rest}: {unknown[0]}", hint=f"Known: {', '.join(KEYS)}.")
    if len(given) < len(pairs):
        raise InputError(f"Something is said twice in {rest}", hint=EXAMPLE)
    query = Query(
        state=_state(given.get("state", "open")),
        since=_moment(given["since"]) if "since" in given else None,
        labels=tuple(label for label in given.get("labels", "").split(",") if label),
        limit=_count(given["limit"]) if "limit" in given else None,
    )
    return Request(repository, query, is_as_filed=_truth(given.get("as-filed", "0")))


@dataclass(slots=True)
class Reading:
    """One run through records of issues."""

    client: "Client"
    on_skip: OnSkip
    on_status: OnStatus
    is_as_filed: bool
    read_count: int = 0
    lost: list[str] = field(default_factory=list)  # whose first text is gone from the history

    def issues(self, records: Sequence[Record]) -> Iterator[Issue]:
        """Turn a page of records into issues; those that are none are reported."""
        for record in self._as_filed(records) if self.is_as_filed else records:
            yield from issue_in(record, _place(record), self.on_skip)
        self.read_count += len(records)
        self.on_status(Status(self._progress()))

    def tell_of_lost_texts(self) -> None:
        """Say whose first text could not be had."""
        if self.lost:
            some = ", ".join(self.lost[:NAMED]) + (" …" if self.lost[NAMED:] else "")
            text = f"earliest text there is, as the first one is gone: {some} ({len(self.lost)})"
            self.on_status(Status(text, is_lasting=True))

    def _as_filed(self, records: Sequence[Record]) -> Iterator[Record]:
        from classifier.github.as_filed import read_as_filed  # noqa: PLC0415 - an extra
        from classifier.github.issues import is_pull_request  # noqa: PLC0415

        keys = [key_of(record) for record in records if not is_pull_request(record)]
        filed = {
            key: text for texts in read_as_filed(self.client, keys) for key, text in texts.items()
        }
        for record in records:
            text = filed.get(key_of(record))
            if text is not None:
                self.lost += [] if text.is_whole else [_place(record)]
                yield {**record, "title": text.title, "body": text.body}
            elif is_pull_request(record):
                yield record
            else:
                self.on_skip(Skipped(_place(record), "gone meanwhile", is_broken=False))

    def _progress(self) -> str:
        read = f"{self.read_count:,} read"
        quota = self.client.quota
        if quota is None:
            return read
        whose = "" if self.client.has_token else " without a token"
        return f"{read}, {quota.left:,} of {quota.limit:,} requests left{whose}"


def _read(request: Request, on_skip: OnSkip, on_status: OnStatus) -> Iterator[Issue]:
    with connected(on_status) as client:
        from classifier.github.issues import list_issues  # noqa: PLC0415 - an extra

        listing = list_issues(client, request.repository, request.query)
        if listing.repository.lower() != request.repository.lower():
            moved = f"{request.repository} is {listing.repository} now"
            on_status(Status(moved, is_lasting=True))
        if listing.resumed_from:
            when = f"{listing.resumed_from.astimezone():%H:%M}"
            goes_on = f"{listing.repository}: goes on with what was cut off, begun at {when}"
            on_status(Status(goes_on, is_lasting=True))
        reading = Reading(client, on_skip, on_status, request.is_as_filed)
        for page in listing.pages:
            yield from reading.issues(page)
        reading.tell_of_lost_texts()


@contextmanager
def connected(on_status: OnStatus) -> Iterator["Client"]:
    """Connect to the GitHub of the environment, with the token and the answers that are kept."""
    try:
        from classifier.github.answers import cache_directory  # noqa: PLC0415 - an extra
        from classifier.github.client import connect  # noqa: PLC0415
        from classifier.github.token import find_token  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Reading from GitHub", extra="github") from error

    def tell_of_wait(seconds: float) -> None:
        text = f"GitHub wants us to wait: {seconds:.0f} seconds"
        on_status(Status(text, is_lasting=True))

    token = find_token(find_server().host)
    with connect(cache=cache_directory(), token=token, on_wait=tell_of_wait) as client:
        yield client


def _key_in(address: str) -> IssueKey:
    """Which issue an address is of, at the GitHub that is asked."""
    found = GITHUB_ADDRESS.match(address)
    if not found or not found["number"]:
        raise InputError(
            f"Not the address of an issue: {address}",
            hint="It is like https://github.com/OWNER/NAME/issues/123.",
        )
    host = find_server().host
    if host and address.split("/")[2].lower().removeprefix("www.") != host:
        raise InputError(
            f"{address} is not at {host}", hint="GITHUB_API_URL says which GitHub is asked."
        )
    return IssueKey(check_repository(found["repo"]), int(found["number"]))


def _place(record: Record) -> str:
    key = key_of(record)
    return f"{key.repo}#{key.number}"


def _refuse(skipped: Skipped) -> None:
    raise InputError(f"{skipped.place} is no issue to score: {skipped.reason}")


def _state(text: str) -> State:
    if text not in get_args(State):
        raise InputError(f"Unknown state: {text!r}", hint=f"Known: {', '.join(get_args(State))}.")
    return cast("State", text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"No date: {text!r}", hint="Dates are like 2026-11-01 or 2026-11-01T08:30:00Z."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise InputError(f"No limit: {text!r}", hint="It is a whole number from 1 on.")
    return int(text)


def _truth(text: str) -> bool:
    if text not in ("0", "1"):
        raise InputError(f"as-filed is 1 or 0, not {text!r}", hint=EXAMPLE)
    return text == "1"
