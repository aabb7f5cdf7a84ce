"""Fills the database in the background while the page is up already."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from classifier.errors import SilentrankError
from classifier.sources import Skipped, read_issues
from classifier.web.ingest import Ingest
from classifier.web.scoring import Busy
from classifier.web.store.arrivals import Ingested

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the filling has come."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0  # rows that could not be read
    is_done: bool = False
    problem: str = ""  # why it ended early, and what to do

    @property
    def read(self) -> int:
        """Issues read so far."""
        return self.added + self.changed + self.same


class Filling:
    """Reads sources in a thread of its own. What is there already is seen anew first.

    ``through`` says which model and profile issues are seen through, once that is known.
    Raises InputError at once if a source makes no sense.
    """

    def __init__(
        self,
        ingest: Ingest,
        sources: Iterable[str],
        *,
        through: Callable[[], str],
    ) -> None:
        self.progress = Progress()
        self._ingest = ingest
        self._issues = read_issues(sources, self._pass_over)
        self._through = through
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._fill, name="filling", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after the batch that is being written; a source that is slow to answer is left."""
        self._is_closed.set()

    def wait(self, timeout_seconds: float | None = None) -> Progress:
        """Wait for the end, at most that long."""
        self._thread.join(timeout_seconds)
        return self.progress

    def _fill(self) -> None:
        problem = ""
        try:
            for ingested in self._steps():
                self._note(ingested)
                if self._is_closed.is_set():
                    return
        except Busy:
            return  # the server ends
        except SilentrankError as error:
            problem = f"{error}. {error.hint}".strip()
            LOG.warning("stopped reading", extra={"outcome": type(error).__name__})
        except Exception as error:
            problem = f"Reading failed: {type(error).__name__}. The log has more."
            LOG.exception("failed")
        self._end(problem)

    def _steps(self) -> Iterator[Ingested]:
        for _ in self._ingest.see_anew(self._through()):
            if self._is_closed.is_set():
                return
        yield from self._ingest.take(self._issues)

    def _note(self, ingested: Ingested) -> None:
        now = self.progress
        self.progress = replace(
            now,
            added=now.added + ingested.added,
            changed=now.changed + ingested.changed,
            same=now.same + ingested.same,
        )

    def _pass_over(self, skipped: Skipped) -> None:
        if skipped.is_broken:
            self.progress = replace(self.progress, left_out=self.progress.left_out + 1)

    def _end(self, problem: str) -> None:
        self.progress = replace(self.progress, is_done=True, problem=problem)
        if self.progress.left_out:
            LOG.warning("rows that cannot be read", extra={"count": self.progress.left_out})
        LOG.info("read all sources", extra={"count": self.progress.read})
