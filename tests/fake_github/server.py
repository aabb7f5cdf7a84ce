"""The fake GitHub itself: what tests hold in their hands."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from tests.fake_github.answering import Answering, SecondaryLimit
from tests.fake_github.clock import Clock
from tests.fake_github.exchange import Answer, Request
from tests.fake_github.faults import Fault, Faults, failure
from tests.fake_github.http import Server
from tests.fake_github.store import Store
from tests.fake_github.validation import DescriptionError, find_deviations, find_event_deviations
from tests.fake_github.webhooks import issue_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from tests.fake_github.entities import Issue, User
    from tests.fake_github.exchange import Call
    from tests.fake_github.present import Json
    from tests.fake_github.repository import Repository


class FakeGitHub:
    """A GitHub on a free port of this machine, while its ``with`` block lasts.

    Point a client at it with ``GITHUB_API_URL=github.url``, or at ``github.enterprise_url`` to
    look like an Enterprise server. Where GitHub's description has been fetched, all requests and
    answers are held against it, and the block ends with a DescriptionError if any deviates.
    With ``pages_by_cursor`` lists of issues name their next page alone, as those of large
    repositories do.
    """

    def __init__(self, *, is_validated: bool = True, pages_by_cursor: bool = False) -> None:
        self.clock = Clock()
        self.store = Store(self.clock)
        self.store.pages_by_cursor = pages_by_cursor
        self.requests: list[Request] = []
        self.deviations: list[str] = []  # from GitHub's description; raised when the block ends
        self._is_validated = is_validated
        self._answering = Answering()
        self._faults = Faults()
        self._server = Server(self.store, self._serve)
        self.url = self._server.url
        self.enterprise_url = f"{self.url}/api/v3"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close()
        if self.deviations and error is None:
            raise DescriptionError("\n".join(self.deviations))

    @property
    def users(self) -> Mapping[str, User]:
        """Everybody who has done something, by login in lower case."""
        return self.store.users

    def add_repository(self, full_name: str, *, is_private: bool = False) -> Repository:
        """Make an empty repository; people act in it through its methods."""
        return self.store.add_repository(full_name, is_private=is_private)

    def token_user(self, login: str, *, issues: str = "write") -> str:
        """Issue a token for ``login``: an installation's for a bot, else a person's."""
        return self.store.add_token(login, issues=issues)

    def event(
        self,
        issue: Issue,
        action: str = "opened",
        *,
        by: str | None = None,
        label: str = "",
        changes: Mapping[str, str] | None = None,
    ) -> Json:
        """Make the payload of an event ``issues``, as the file ``GITHUB_EVENT_PATH`` has it.

        ``changes`` says of an edited title or body what it was before: ``{"title": "Wrong"}``.
        """
        sender = by or issue.author.login
        event = issue_event(issue, action, by=sender, label=label, changes=changes)
        self.deviations += find_event_deviations(event) if self._is_validated else []
        return event

    def fail_next(
        self,
        status: int = 502,
        *,
        times: int = 1,
        path: str | None = None,
        method: str | None = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer the next requests with ``status`` and nothing done.

        Without ``body`` that is GitHub's page for people. ``path`` and ``method`` narrow it down.
        """
        answer = failure(status, body, headers)
        self._faults.waiting.append(Fault(times, path, method, answer))

    def slow_next(self, seconds: float, *, times: int = 1, path: str | None = None) -> None:
        """Let the next answers wait; the work is done before."""
        self._faults.waiting.append(Fault(times, path, slow_seconds=seconds))

    def truncate_next(self, *, times: int = 1, path: str | None = None) -> None:
        """Break off in the midst of the next answers; the work is done before."""
        self._faults.waiting.append(Fault(times, path, is_truncated=True))

    def limit(
        self, *, remaining: int = 0, reset_in_seconds: float = 3600, resource: str = "core"
    ) -> None:
        """Leave every client with ``remaining`` requests until the quota is full again."""
        self.store.quotas.decree(resource, remaining=remaining, reset_in_seconds=reset_in_seconds)

    def secondary_limit(
        self, *, retry_after_seconds: int | None = 1, times: int = 1, status: int = 403
    ) -> None:
        """Turn the next requests away for going too fast."""
        self._answering.secondary = SecondaryLimit(times, retry_after_seconds, status)

    def _serve(self, call: Call) -> tuple[Answer, bool]:
        """Answer a call; the second value says that the answer is to break off."""
        with self.store.lock:
            fault = self._faults.take(call.method, call.path)
            answer = fault.answer if fault and fault.answer else self._answering.answer(call)
            self.requests.append(_recorded(call, answer.status))
        if self._is_validated and not (fault and fault.answer):
            self.deviations += find_deviations(call, answer)
        if fault and fault.slow_seconds:
            time.sleep(fault.slow_seconds)
        return replace(answer), bool(fault and fault.is_truncated)


def _recorded(call: Call, status: int) -> Request:
    try:
        body = call.decoded() if call.body else None
    except Exception:  # noqa: BLE001 - it was refused for that; here it is only kept
        body = call.body
    headers = {name: value for name, value in call.headers.items() if name != "authorization"}
    return Request(
        method=call.method,
        path=call.path,
        query=dict(call.query),
        status=status,
        is_conditional="if-none-match" in headers or "if-modified-since" in headers,
        body=body,
        login=call.login or None,
        headers=headers,
    )
