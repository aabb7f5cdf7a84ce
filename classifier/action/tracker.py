"""What the Action asks of an issue tracker, and the values that it asks with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from classifier.sources.records import OnSkip, to_issue
from classifier.types import Issue


@dataclass(frozen=True, slots=True)
class TrackedIssue:
    """An issue, with what tells whether to speak up about it. A model sees ``issue`` alone."""

    issue: Issue
    author: str = ""  # login; "" where the account is gone
    is_by_bot: bool = False
    is_open: bool = True
    is_locked: bool = False
    updated_at: str = ""  # ISO 8601, UTC, as GitHub writes it
    comment_count: int = 0


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment under an issue."""

    id: int
    author: str  # login; "" where the account is gone
    body: str


class Happening(StrEnum):
    """What happens to issues, as far as it matters here, in GitHub's words."""

    LABELED = "labeled"
    UNLABELED = "unlabeled"
    CLOSED = "closed"
    REOPENED = "reopened"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """Something happened to an issue."""

    kind: Happening
    actor: str  # login; "" where the account is gone
    label: str = ""  # where it is about one


@dataclass(frozen=True, slots=True)
class OwnIssue:
    """An issue that the Action itself opened, or another workflow under the same account."""

    number: int
    body: str
    is_open: bool


class IssueTracker(Protocol):
    """One repository's issues. Any method raises SilentrankError if the tracker refuses."""

    def login(self) -> str:
        """Name of the account that this tracker acts as."""

    def issue(self, number: int) -> TrackedIssue | None:
        """One issue; None for what is gone, or is a pull request."""

    def opened_since(self, since: datetime, on_skip: OnSkip) -> Iterator[TrackedIssue]:
        """Open issues that were opened at ``since`` or later, in any order.

        ``on_skip`` hears of those that cannot be read.
        """

    def comments(self, number: int) -> Iterator[Comment]:
        """All comments of an issue, the oldest first."""

    def add_comment(self, number: int, body: str) -> int:
        """Comment on an issue; returns the comment's id."""

    def edit_comment(self, comment_id: int, body: str) -> None:
        """Replace what a comment says."""

    def claim(self, number: int) -> int | None:
        """Leave a mark on an issue that only this account can leave, and only once.

        Returns the mark's id, or None if it was there before: of two that claim at once, one gets
        an id.
        """

    def release(self, number: int, claim_id: int) -> None:
        """Take the mark back."""

    def events(self, number: int) -> Iterator[IssueEvent]:
        """What happened to an issue, the oldest first."""

    def add_label(self, number: int, name: str) -> None:
        """Put a label on an issue; it is made if the repository has none of that name."""

    def remove_label(self, number: int, name: str) -> None:
        """Take a label off an issue; no error if it is off already."""

    def own_issues(self) -> Iterator[OwnIssue]:
        """All issues that this account opened, closed ones too, the newest first."""

    def open_issue(self, title: str, body: str) -> int:
        """Open an issue; returns its number."""

    def edit_issue(self, number: int, body: str) -> None:
        """Replace the body of an issue."""

    def pin(self, number: int) -> None:
        """Pin an issue to the top of the list."""


def tracked_issue(record: Mapping[str, Any], *, repo: str) -> TrackedIssue:
    """Read an issue as GitHub's API and its events give it.

    Raises InputError if it has no title or no proper body, NotAnIssueError for a pull request.
    """
    user = record.get("user")
    login = user.get("login") if isinstance(user, Mapping) else None
    author = login if isinstance(login, str) else ""
    is_bot = isinstance(user, Mapping) and user.get("type") == "Bot"
    updated_at, comments = record.get("updated_at"), record.get("comments")
    return TrackedIssue(
        issue=to_issue(record, repo=repo),
        author=author,
        is_by_bot=is_bot or author.endswith("[bot]"),
        is_open=record.get("state", "open") == "open",
        is_locked=record.get("locked") is True,
        updated_at=updated_at if isinstance(updated_at, str) else "",
        comment_count=comments if isinstance(comments, int) else 0,
    )
