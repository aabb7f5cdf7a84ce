"""One model for many askers: in order, never lost, refused when too much waits."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from classifier.errors import ArtifactError
from classifier.normalize import normalize
from classifier.pipeline import Model
from classifier.types import Issue, NormalizedIssue, Score
from classifier.web.scoring import Busy, ScoringService
from tests.web.fixed_model import FixedScorer, fixed_manifest, fixed_model
from tests.web.serving import wait_until

Start = Callable[..., ScoringService]


class Gate(FixedScorer):
    """Scores once it is open, and remembers how many at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.asked = threading.Event()
        self.sizes: list[int] = []

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        self.asked.set()
        self.opened.wait()
        self.sizes.append(len(issues))
        return super().score(issues)


class Broken(FixedScorer):
    """Fails at one title."""

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        if any("broken" in issue.text for issue in issues):
            raise ValueError("broken")
        return super().score(issues)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start services; they end with the test."""
    begun: list[ScoringService] = []

    def begin(load: Callable[[], Model] = fixed_model, **options: int) -> ScoringService:
        service = ScoringService(load, **options)
        service.start()
        begun.append(service)
        return service

    yield begin
    for service in begun:
        service.close()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.opened.set()


def guarded(scorer: FixedScorer) -> Callable[[], Model]:
    return lambda: Model(fixed_manifest(), scorer)


def issues_of(make_issue: Callable[..., Issue], count: int, title: str = "Wrong") -> list[Issue]:
    return [make_issue(f"{title} {number}", number=number + 1) for number in range(count)]


def test_everybody_gets_their_own_scores_in_their_order(
    start: Start, make_issue: Callable[..., Issue]
) -> None:
    service = start()
    asked = [issues_of(make_issue, 7, f"asker {one}") for one in range(20)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(service.score, asked))

    for issues, scored in zip(asked, answers, strict=True):
        expected = FixedScorer().score([normalize(issue) for issue in issues])
        assert [one.score for one in scored] == expected
        assert [one.issue for one in scored] == issues
        assert all(one.outlook is not None for one in scored)


def test_small_requests_that_wait_are_scored_at_once(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    service = start(guarded(gate))
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(service.score, issues_of(make_issue, 1))
        gate.asked.wait()
        later = [pool.submit(service.score, issues_of(make_issue, 3)) for _ in range(4)]
        wait_until(lambda: service.waiting_count == 12)
        gate.opened.set()
        assert len(first.result()) == 1
        assert [len(one.result()) for one in later] == [3] * 4

    assert gate.sizes == [1, 12]


def test_what_is_refused_was_not_read(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    class Unreadable(Issue):
        @property
        def title(self) -> str:
            raise AssertionError("it was read")

    service = start(guarded(gate), most_waiting=1)
    unread = object.__new__(Unreadable)
    with ThreadPoolExecutor(2) as pool:
        working = pool.submit(service.score, issues_of(make_issue, 1))
        gate.asked.wait()
        waiting = pool.submit(service.score, issues_of(make_issue, 1))
        wait_until(lambda: service.waiting_count == 1)
        with pytest.raises(Busy):
            service.score([unread])
        with pytest.raises(Busy):
            service.explain(unread)
        gate.opened.set()
        assert len(working.result()) == len(waiting.result()) == 1


def test_what_does_not_fit_is_refused_and_what_waits_is_not_lost(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    service = start(guarded(gate), most_waiting=5)
    with ThreadPoolExecutor(4) as pool:
        working = pool.submit(service.score, issues_of(make_issue, 1))
        gate.asked.wait()
        waiting = pool.submit(service.score, issues_of(make_issue, 4))
        wait_until(lambda: service.waiting_count == 4)
        with pytest.raises(Busy):
            service.score(issues_of(make_issue, 2))
        with pytest.raises(Busy):
            service.explain(make_issue("Wrong"))
        gate.opened.set()
        assert (len(working.result()), len(waiting.result())) == (1, 4)


def test_one_that_is_larger_than_all_that_may_wait_is_scored_if_nobody_waits(
    start: Start, make_issue: Callable[..., Issue]
) -> None:
    assert len(start(most_waiting=5).score(issues_of(make_issue, 9))) == 9


def test_who_waits_too_long_is_told_so_and_no_longer_scored_for(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    service = start(guarded(gate))
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(service.score, issues_of(make_issue, 1))
        gate.asked.wait()
        with pytest.raises(Busy):
            service.score(issues_of(make_issue, 3), timeout_seconds=0.01)
        gate.opened.set()
        working.result()
        service.score(issues_of(make_issue, 2))

    assert gate.sizes == [1, 2]


def test_a_page_goes_before_what_fills_the_database(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    service = start(guarded(gate))
    with ThreadPoolExecutor(4) as pool:
        filling = [pool.submit(service.score_patiently, issues_of(make_issue, 5)) for _ in range(2)]
        gate.asked.wait()
        page = pool.submit(service.score, issues_of(make_issue, 1))
        wait_until(lambda: service.waiting_count == 1)
        gate.opened.set()
        for one in (*filling, page):
            one.result()

    assert gate.sizes == [5, 1, 5]


def test_a_failure_is_told_to_who_asked_and_the_next_is_served(
    start: Start, make_issue: Callable[..., Issue]
) -> None:
    service = start(guarded(Broken()))

    with pytest.raises(ValueError, match="broken"):
        service.score([make_issue("broken")])
    assert len(service.score([make_issue("whole")])) == 1


def test_a_model_that_cannot_be_loaded_is_told_to_all_who_ask(
    start: Start, make_issue: Callable[..., Issue]
) -> None:
    def fail() -> Model:
        raise ArtifactError("No model")

    service = start(fail)

    for _ in range(2):
        with pytest.raises(ArtifactError, match="No model"):
            service.score([make_issue("Wrong")])
        with pytest.raises(ArtifactError, match="No model"):
            service.model()
    assert not service.is_ready


def test_until_the_model_is_there_the_service_is_not_ready_but_takes_requests(
    start: Start, make_issue: Callable[..., Issue]
) -> None:
    is_there = threading.Event()

    def slowly() -> Model:
        is_there.wait()
        return fixed_model()

    service = start(slowly)
    assert not service.is_ready
    with pytest.raises(Busy):
        service.model(0.01)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(service.score, [make_issue("Wrong")])
        is_there.set()
        assert len(asked.result()) == 1
    assert service.is_ready
    assert service.model().model_id


def test_a_closed_service_refuses_what_waits_and_what_comes(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    service = start(guarded(gate))
    with ThreadPoolExecutor(4) as pool:
        working = pool.submit(service.score, issues_of(make_issue, 1))
        gate.asked.wait()
        waiting = pool.submit(service.score, issues_of(make_issue, 2))
        wait_until(lambda: service.waiting_count == 2)
        closing = pool.submit(service.close)
        wait_until(lambda: not service.is_ready)
        gate.opened.set()
        closing.result()
        assert len(working.result()) == 1
        with pytest.raises(Busy):
            waiting.result()
    with pytest.raises(Busy):
        service.score(issues_of(make_issue, 1))


def test_an_explanation_ahead_of_time_lets_everybody_go_first_text_by_text(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    issue = make_issue("Wrong loss", "It is halved. Nothing is raised.")
    service = start(guarded(gate))
    with ThreadPoolExecutor(4) as pool:
        ahead = pool.submit(service.explain_ahead, issue)
        gate.asked.wait()
        asked = pool.submit(service.score, issues_of(make_issue, 5))
        wait_until(lambda: service.waiting_count == 5)
        gate.opened.set()
        filling = pool.submit(service.score_patiently, issues_of(make_issue, 7))
        assert (len(asked.result()), len(filling.result())) == (5, 7)
        reasons = ahead.result()

    assert gate.sizes[:2] == [1, 5]
    assert sorted(gate.sizes) == [1, 1, 1, 1, 5, 7]  # the whole, and without each of three pieces
    assert reasons == service.explain(issue)


def test_nothing_is_explained_ahead_of_time_while_somebody_is_served(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    is_quiet = threading.Event()
    gate.opened.set()
    service = start(guarded(gate))
    service.explain_ahead_while(is_quiet.is_set)
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(service.explain_ahead, make_issue("Wrong loss", "It is halved."))
        for size in range(1, 4):  # who asks meanwhile gets an answer, and nothing else is scored
            assert len(service.score(issues_of(make_issue, size))) == size
        assert gate.sizes == [1, 2, 3]
        is_quiet.set()
        assert ahead.result()


def test_a_closed_service_leaves_an_explanation_ahead_of_time_undone(
    start: Start, gate: Gate, make_issue: Callable[..., Issue]
) -> None:
    service = start(guarded(gate))
    with ThreadPoolExecutor(4) as pool:
        issue = make_issue("Wrong loss", "It is halved. Nothing is raised.")
        ahead = [pool.submit(service.explain_ahead, issue) for _ in range(2)]
        gate.asked.wait()
        closing = pool.submit(service.close)
        wait_until(lambda: not service.is_ready)
        gate.opened.set()
        closing.result()
        for one in ahead:
            with pytest.raises(Busy):
                one.result()

    assert gate.sizes == [1]


def test_explanations_come_from_the_same_model(
    start: Start, make_issue: Callable[..., Issue]
) -> None:
    reasons = start().explain(make_issue("Wrong loss", "It is halved. Nothing is raised."))

    assert "no traceback" in {reason.text for reason in reasons}


def test_nothing_to_score_is_no_score(start: Start) -> None:
    assert start().score([]) == []
