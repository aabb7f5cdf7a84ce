"""Explains the issues that are likely to be looked at next, before somebody waits for it."""

import logging
import threading
from collections.abc import Sequence

from sqlalchemy import Engine

from classifier.web.explanations import keep, kept
from classifier.web.scoring import Busy, ScoringService
from classifier.web.store.engine import reading
from classifier.web.store.issues import issue_of
from classifier.web.store.tables import IssueRow

LOG = logging.getLogger(__name__)
NEXT = 3  # issues that one look at a page has explained
MOST = 12  # that wait for it, whoever looked


class Ahead:
    """A thread of its own, which asks for an explanation at a time; all else is scored first."""

    def __init__(self, engine: Engine, scoring: ScoringService) -> None:
        self._engine = engine
        self._scoring = scoring
        self._wanted: list[int] = []
        self._has_changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="ahead", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End with what is being explained; the scoring that it asks should be closed first."""
        with self._has_changed:
            self._is_closed = True
            self._has_changed.notify_all()
        self._thread.join()

    def want(self, issue_ids: Sequence[int]) -> None:
        """Have the first of these explained; they come first, and what waits longest is dropped."""
        with self._has_changed:
            self._wanted = list(dict.fromkeys([*issue_ids[:NEXT], *self._wanted]))[:MOST]
            self._has_changed.notify_all()

    def _work(self) -> None:
        while (issue_id := self._next()) is not None:
            try:
                self._explain(issue_id)
            except Busy:
                continue  # the server ends
            except Exception:
                LOG.exception("failed")  # a look at the issue tries again

    def _next(self) -> int | None:
        with self._has_changed:
            self._has_changed.wait_for(lambda: self._is_closed or self._wanted)
            return None if self._is_closed else self._wanted.pop(0)

    def _explain(self, issue_id: int) -> None:
        with reading(self._engine) as opened:
            issue = opened.get(IssueRow, issue_id)
        if issue is None or kept(self._engine, issue) is not None:
            return
        if self._scoring.model().model_id == issue.model_id:  # else it is about to be scored again
            keep(self._engine, issue, self._scoring.explain_ahead(issue_of(issue)))
