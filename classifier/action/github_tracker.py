"""The issue tracker that is GitHub: REST, but for who we are and for pins."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import quote

from classifier.action.tracker import (
    Comment,
    Happening,
    IssueEvent,
    OwnIssue,
    TrackedIssue,
    tracked_issue,
)
from classifier.errors import GitHubError, InputError
from classifier.github.client import Client, connect
from classifier.sources.records import NotAnIssueError, OnSkip, Skipped
from classifier.traces import REACTION

WORKFLOW_LOGIN = "github-actions[bot]"
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
HAPPENINGS = frozenset(Happening)
PIN = "mutation { pinIssue(input: {issueId: %s}) { clientMutationId } }"

Record = Mapping[str, Any]


class GitHubTracker:
    """One repository's issues on GitHub; see ``tracker.IssueTracker`` for what methods do."""

    def __init__(self, client: Client, repository: str, *, login: str = "") -> None:
        self._client = client
        self._repository = repository
        self._path = f"/repos/{repository}"
        self._given_login = login
        self._node_ids: dict[int, str] = {}  # of issues that were opened here

    @classmethod
    def connect(cls, token: str, repository: str, *, is_workflow_token: bool) -> Self:
        """Make a tracker; nothing is sent yet."""
        login = WORKFLOW_LOGIN if is_workflow_token else ""
        return cls(connect(token=token), repository, login=login)

    def login(self) -> str:
        """Name of the account: known of the workflow's own token, else asked for once."""
        return self._given_login or self._asked_login

    @cached_property
    def _asked_login(self) -> str:
        data, _ = self._client.graphql("query { viewer { login } }")
        login = _login(data.get("viewer") if isinstance(data, Mapping) else None)
        if not login:
            raise GitHubError(
                "GitHub does not tell whose token it is",
                hint="Leave out `token` to use the workflow's own, or give a person's.",
            )
        return login

    def issue(self, number: int) -> TrackedIssue | None:
        """One issue; None for what is gone, was moved to another repository, or is no issue."""
        try:
            record = self._client.get(f"{self._path}/issues/{number}")
            tracked = tracked_issue(record, repo=self._repository)
        except NotAnIssueError:
            return None
        except GitHubError as error:
            if error.status in GONE:
                return None
            raise
        is_here = tracked.issue.key.repo.casefold() == self._repository.casefold()
        return tracked if is_here else None

    def opened_since(self, since: datetime, on_skip: OnSkip) -> Iterator[TrackedIssue]:
        """Open issues by falling date, until they are older."""
        parameters = {"state": "open", "sort": "created", "direction": "desc"}
        for record in self._records("/issues", parameters):
            if datetime.fromisoformat(record["created_at"]) < since.astimezone(UTC):
                return
            try:
                yield tracked_issue(record, repo=self._repository)
            except NotAnIssueError:
                continue
            except InputError as error:
                on_skip(Skipped(f"Issue {record['number']}", str(error)))

    def comments(self, number: int) -> Iterator[Comment]:
        """All comments of an issue, the oldest first."""
        for record in self._records(f"/issues/{number}/comments"):
            yield Comment(record["id"], _login(record.get("user")), record.get("body") or "")

    def add_comment(self, number: int, body: str) -> int:
        """Comment on an issue."""
        path = f"{self._path}/issues/{number}/comments"
        return int(self._client.send("POST", path, {"body": body})["id"])

    def edit_comment(self, comment_id: int, body: str) -> None:
        """Replace what a comment says."""
        self._client.send("PATCH", f"{self._path}/issues/comments/{comment_id}", {"body": body})

    def claim(self, number: int) -> int | None:
        """React with 👀: GitHub answers 201 the first time, 200 if this account did so before."""
        path = f"{self._path}/issues/{number}/reactions"
        reaction, is_new = self._client.send_once(path, {"content": REACTION})
        return int(reaction["id"]) if is_new else None

    def release(self, number: int, claim_id: int) -> None:
        """Take the reaction back."""
        self._client.send("DELETE", f"{self._path}/issues/{number}/reactions/{claim_id}")

    def events(self, number: int) -> Iterator[IssueEvent]:
        """What happened to an issue, the oldest first."""
        for record in self._records(f"/issues/{number}/events"):
            if record["event"] in HAPPENINGS:
                label = record.get("label") or {}
                kind, actor = Happening(record["event"]), _login(record.get("actor"))
                yield IssueEvent(kind, actor, label.get("name", ""))

    def add_label(self, number: int, name: str) -> None:
        """Put a label on an issue."""
        self._client.send("POST", f"{self._path}/issues/{number}/labels", {"labels": [name]})

    def remove_label(self, number: int, name: str) -> None:
        """Take a label off an issue."""
        path = f"{self._path}/issues/{number}/labels/{quote(name, safe='')}"
        try:
            self._client.send("DELETE", path)
        except GitHubError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    def own_issues(self) -> Iterator[OwnIssue]:
        """All issues that this account opened, the newest first."""
        parameters = {"state": "all", "creator": self.login()}
        for record in self._records("/issues", parameters):
            if record.get("pull_request") is None:
                is_open = record.get("state") == "open"
                yield OwnIssue(record["number"], record.get("body") or "", is_open=is_open)

    def open_issue(self, title: str, body: str) -> int:
        """Open an issue."""
        record = self._client.send("POST", f"{self._path}/issues", {"title": title, "body": body})
        number = int(record["number"])
        self._node_ids[number] = str(record["node_id"])
        return number

    def edit_issue(self, number: int, body: str) -> None:
        """Replace the body of an issue."""
        self._client.send("PATCH", f"{self._path}/issues/{number}", {"body": body})

    def pin(self, number: int) -> None:
        """Pin an issue that was opened here."""
        _, errors = self._client.graphql(PIN % quoted(self._node_ids[number]))
        if errors:
            raise GitHubError(f"Issue {number} cannot be pinned", hint="Pin it by hand.")

    def _records(
        self, path: str, parameters: Mapping[str, str | int] | None = None
    ) -> Iterator[Record]:
        for page in self._client.pages(f"{self._path}{path}", parameters or {}):
            yield from page


def quoted(text: str) -> str:
    """As GraphQL writes a text."""
    return '"' + "".join(letter for letter in text if letter.isalnum() or letter in "_-=") + '"'


def _login(user: object) -> str:
    login = user.get("login") if isinstance(user, Mapping) else None
    return login if isinstance(login, str) else ""
