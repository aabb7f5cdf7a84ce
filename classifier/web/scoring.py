"""The one loaded model, behind a short queue: what does not fit is refused, not kept waiting."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from classifier.explain import explain
from classifier.normalize import normalize
from classifier.pipeline import Model
from classifier.scorers import Scorer
from classifier.severity import outlook_of
from classifier.types import Evidence, Issue, NormalizedIssue, Outlook, Score
from classifier.web.unhurried import Unhurried

MOST_WAITING = 400  # issues; at some 10 ms each it is seconds until the last one's turn
MOST_AT_ONCE = 100  # issues that are scored together, whoever asked
COST_OF_EXPLAINING = 20  # in issues scored
TIMEOUT_SECONDS = 20.0
SECONDS_TO_LOOK_UP = 0.02  # between two looks whether it is quiet


class Busy(Exception):  # noqa: N818 - a state, not a mistake
    """Too much waits to be scored, or it took too long: try again later."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An issue, what the model read of it, and what it says."""

    issue: Issue
    read: NormalizedIssue
    score: Score

    @property
    def outlook(self) -> Outlook | None:
        """What to expect of it if it is a silent bug; None from a model that cannot tell."""
        return outlook_of(self.score.aspects) if self.score.aspects else None


@dataclass(slots=True, eq=False)
class _Job:
    """Issues to score; or, with ``explains``, one to explain."""

    read: Sequence[NormalizedIssue]
    explains: bool = False
    answer: "Future[Any]" = field(default_factory=Future)  # scores, or evidence

    @property
    def cost(self) -> int:
        return COST_OF_EXPLAINING if self.explains else len(self.read)


class ScoringService:
    """Scores for many askers with one model, which is loaded in the background."""

    def __init__(self, load: Callable[[], Model], *, most_waiting: int = MOST_WAITING) -> None:
        self._load = load
        self._most_waiting = most_waiting
        self._is_quiet: Callable[[], bool] = lambda: True
        self._model: Future[Model] = Future()
        self._jobs: deque[_Job] = deque()
        self._patient: deque[_Job] = deque()  # done when nobody else waits
        self._ahead: deque[_Job] = deque()  # done while it is quiet, and interrupted
        self._has_changed = threading.Condition()
        self._is_closed = False
        self._worker = threading.Thread(target=self._work, name="scoring", daemon=True)

    def explain_ahead_while(self, is_quiet: Callable[[], bool]) -> None:
        """Explain ahead of time only while this says so: a busy core is felt by who is served."""
        self._is_quiet = is_quiet

    def start(self) -> None:
        """Begin to load the model, and to work once it is there; begun already, go on."""
        if self._worker.ident is None:
            self._worker.start()

    def close(self) -> None:
        """End after what is being scored; what waits is refused."""
        with self._has_changed:
            self._is_closed = True
            self._has_changed.notify_all()
        if self._worker.ident is not None:
            self._worker.join()

    @property
    def is_ready(self) -> bool:
        """Whether the model is there, and takes what comes."""
        has_model = self._model.done() and self._model.exception() is None
        return has_model and not self._is_closed

    @property
    def waiting_count(self) -> int:
        """Issues that wait to be scored for somebody; one to be explained counts for more."""
        with self._has_changed:
            return sum(job.cost for job in self._jobs)

    def model(self, timeout_seconds: float | None = None) -> Model:
        """Return the model as soon as it is there.

        Raises what loading it raised, and Busy if it takes longer.
        """
        try:
            return self._model.result(timeout_seconds)
        except TimeoutError as error:
            if self._model.done():
                raise  # loading's own
            raise Busy from error

    def score(
        self, issues: Sequence[Issue], timeout_seconds: float = TIMEOUT_SECONDS
    ) -> list[Scored]:
        """Score issues, in their order.

        Raises Busy if too many wait already or it takes too long, and what loading raised.
        """
        with self._has_changed:
            self._check_room(len(issues))  # before work is done for nothing
        read = [normalize(issue) for issue in issues]
        return _scored(issues, read, self._ask(_Job(read), self._jobs, timeout_seconds))

    def score_patiently(self, issues: Sequence[Issue]) -> list[Scored]:
        """Score issues while nobody else waits, however long it takes.

        Raises Busy only once the service is closed, and what loading raised.
        """
        read = [normalize(issue) for issue in issues]
        return _scored(issues, read, self._ask(_Job(read), self._patient, None))

    def explain(
        self, issue: Issue, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> tuple[Evidence, ...]:
        """Tell what speaks for and against, the strongest first. Raises Busy as ``score`` does."""
        with self._has_changed:
            self._check_room(COST_OF_EXPLAINING)
        job = _Job([normalize(issue)], explains=True)
        reasons: tuple[Evidence, ...] = self._ask(job, self._jobs, timeout_seconds)
        return reasons

    def explain_ahead(self, issue: Issue) -> tuple[Evidence, ...]:
        """Tell the same while it is quiet; who comes meanwhile goes first.

        Raises Busy only once the service is closed, and what loading raised.
        """
        reasons: tuple[Evidence, ...]
        reasons = self._ask(_Job([normalize(issue)], explains=True), self._ahead, None)
        return reasons

    def _ask(self, job: _Job, line: deque[_Job], timeout_seconds: float | None) -> Any:  # noqa: ANN401 - as the job's answer
        with self._has_changed:
            self._check_room(job.cost if line is self._jobs else 0)
            if self._model.done():
                self._model.result()  # or what loading raised
            line.append(job)
            self._has_changed.notify_all()
        try:
            return job.answer.result(timeout_seconds)
        except TimeoutError as error:
            if job.answer.done():
                raise  # the work's own
            job.answer.cancel()
            raise Busy from error

    def _check_room(self, cost: int) -> None:
        """Raise Busy if that many issues more would be too many."""
        waiting = self.waiting_count
        is_too_much = bool(cost) and waiting + cost > self._most_waiting
        if self._is_closed or (waiting and is_too_much):
            raise Busy

    def _work(self) -> None:
        try:
            model = self._load()
        except Exception as error:  # noqa: BLE001 - told to whoever asks
            with self._has_changed:
                self._model.set_exception(error)
            self._refuse(error)
            return
        self._model.set_result(model)
        unhurried = Unhurried(model.scorer, lambda: self._wait_for_quiet(model.scorer))
        with contextlib.suppress(Busy):
            while True:
                self._let_others(model.scorer)
                if self._ahead:
                    _do(unhurried, [self._ahead.popleft()])
                with self._has_changed:
                    self._has_changed.wait_for(self._has_work)
        self._refuse(Busy())

    def _has_work(self) -> bool:
        return self._is_wanted() or bool(self._ahead)

    def _wait_for_quiet(self, scorer: Scorer) -> None:
        """Do what somebody waits for until nobody is served, by scoring or otherwise."""
        self._let_others(scorer)
        while not self._is_quiet():
            with self._has_changed:
                self._has_changed.wait_for(self._is_wanted, SECONDS_TO_LOOK_UP)
            self._let_others(scorer)

    def _is_wanted(self) -> bool:
        return bool(self._is_closed or self._jobs or self._patient)

    def _let_others(self, scorer: Scorer) -> None:
        """Do all that somebody waits for. Raises Busy once the service is closed."""
        while jobs := self._next():
            _do(scorer, jobs)
        if self._is_closed:
            raise Busy

    def _next(self) -> list[_Job]:
        """Take the next job; several small ones are done at once. Empty if nobody waits."""
        with self._has_changed:
            if self._is_closed:
                return []
            if not self._jobs:
                return [self._patient.popleft()] if self._patient else []
            jobs = [self._jobs.popleft()]
            while self._jobs and _fit([*jobs, self._jobs[0]]):
                jobs.append(self._jobs.popleft())
            return jobs

    def _refuse(self, error: Exception) -> None:
        with self._has_changed:
            left = [*self._jobs, *self._patient, *self._ahead]
            for line in (self._jobs, self._patient, self._ahead):
                line.clear()
        for job in left:
            if job.answer.set_running_or_notify_cancel():
                job.answer.set_exception(error)


def _fit(jobs: Sequence[_Job]) -> bool:
    """Whether jobs can be done at once."""
    are_alike = not any(job.explains for job in jobs)
    return are_alike and sum(job.cost for job in jobs) <= MOST_AT_ONCE


def _do(scorer: Scorer, jobs: Sequence[_Job]) -> None:
    jobs = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
    try:
        answers = _answers(scorer, jobs)
    except Exception as error:  # noqa: BLE001 - told to those who asked
        for job in jobs:
            job.answer.set_exception(error)
        return
    for job, answer in zip(jobs, answers, strict=True):
        job.answer.set_result(answer)


def _answers(scorer: Scorer, jobs: Sequence[_Job]) -> list[object]:
    if any(job.explains for job in jobs):
        return [explain(job.read[0], scorer) for job in jobs]
    read = [issue for job in jobs for issue in job.read]
    scores = iter(scorer.score(read) if read else [])
    return [[next(scores) for _ in job.read] for job in jobs]


def _scored(
    issues: Iterable[Issue], read: Iterable[NormalizedIssue], scores: Iterable[Score]
) -> list[Scored]:
    return [Scored(*parts) for parts in zip(issues, read, scores, strict=True)]
