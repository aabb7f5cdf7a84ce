"""What goes on in the background: near-duplicates, learning, and forgetting old deliveries."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select

from classifier.web import duplicates
from classifier.web.store.deliveries import forget_old
from classifier.web.store.engine import reading
from classifier.web.store.preferences import read_preferences
from classifier.web.store.tables import DecisionRow, FactRow, ScoreRow

LOG = logging.getLogger(__name__)
SECONDS_BETWEEN_LOOKS = 5.0

Seen = tuple[int, int, str]  # the latest decision, the latest score, what is set


class Upkeep:
    """A thread of its own, which looks every few seconds whether anything happened."""

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        seconds_between_looks: float = SECONDS_BETWEEN_LOOKS,
    ) -> None:
        self._engine = engine
        self._now = now
        self._seconds_between_looks = seconds_between_looks
        self._is_closed = threading.Event()
        self._seen: Seen | None = None
        self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, timeout_seconds: float = 10.0) -> None:
        """End after what is being done."""
        self._is_closed.set()
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)

    def catch_up(self) -> None:
        """Do all that there is to do now."""
        from classifier.web import learning  # noqa: PLC0415 - slow, and pages do without it

        after: int | None = 0
        while after is not None and not self._is_closed.is_set():
            after = duplicates.catch_up(self._engine, after)
        with reading(self._engine) as opened:
            preferences = read_preferences(opened)
            repos = learning.due(opened, preferences.relearn_every) if preferences.learning else []
        if not preferences.learning:
            learning.switch_off(self._engine)
        for repo in repos:
            if not self._is_closed.is_set():
                learned = learning.relearn(self._engine, repo, now=self._now())
                LOG.info("learned", extra={"count": learned.label_count, "outcome": learned.reason})
        learning.read_new(self._engine)

    def _work(self) -> None:
        while not self._is_closed.wait(self._seconds_between_looks):
            try:
                forget_old(self._engine, now=self._now())
                seen = self._look()
                if seen != self._seen:
                    self.catch_up()
                    self._seen = seen
            except Exception:
                LOG.exception("failed")  # and is tried again at the next look

    def _look(self) -> Seen:
        with reading(self._engine) as opened:
            decided = opened.scalar(select(func.max(DecisionRow.id))) or 0
            scored = opened.scalar(select(func.max(ScoreRow.id))) or 0
            preferences = opened.get(FactRow, "preferences")
            return decided, scored, preferences.value if preferences else ""
