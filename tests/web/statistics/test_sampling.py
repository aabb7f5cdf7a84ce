from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifier.web.statistics.estimates import Booleans, Floats
from classifier.web.statistics.sampling import audit_of


def _audit(
    draws: Sequence[float], arrived: Sequence[float], read: list[int], audited: list[int]
) -> tuple[list[int], list[int]]:
    issues = range(len(draws))
    found = audit_of(
        np.array(draws),
        np.array(arrived),
        np.array([issue in read for issue in issues]),
        np.array([issue in audited for issue in issues]),
    )
    return np.flatnonzero(found.is_sampled).tolist(), np.flatnonzero(found.is_covered).tolist()


def test_all_up_to_the_last_audited_draw_are_sampled_whatever_they_were_read_for() -> None:
    sampled, covered = _audit([0.1, 0.2, 0.3, 0.4], [0, 0, 0, 0], read=[0, 1, 3], audited=[1])

    assert sampled == [0, 1]  # 0 was read by rank; 3, too, but lies beyond
    assert covered == [0, 1, 2, 3]


def test_reading_by_rank_alone_is_no_sample() -> None:
    assert _audit([0.1, 0.2, 0.3], [0, 0, 0], read=[0, 1], audited=[])[0] == []


def test_what_came_after_the_audit_is_not_spoken_for() -> None:
    draws, arrived = [0.1, 0.2, 0.9, 0.15, 0.8], [0, 0, 0, 5, 5]

    sampled, covered = _audit(draws, arrived, read=[0, 1, 4], audited=[0, 1])

    assert sampled == [0, 1]
    assert covered == [0, 1, 2]


def test_one_old_issue_that_nobody_answers_does_not_undo_the_audits_before_it() -> None:
    draws = [0.1, 0.2, 0.3, 0.4]

    sampled, covered = _audit(draws, [0, 0, 0, 0], read=[0, 1, 3], audited=[0, 1, 3])

    assert sampled == [0, 1]
    assert covered == [0, 1, 2, 3]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), st.booleans(), st.booleans())))
def test_every_sampled_issue_was_read_and_no_covered_one_below_was_not(
    rows: list[tuple[int, int, bool, bool]],
) -> None:
    columns = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    draws, arrived, is_read, is_audited = columns[0], columns[1], columns[2] > 0, columns[3] > 0

    found = audit_of(draws, arrived, is_read, is_audited)

    assert not (found.is_sampled & ~(found.is_covered & is_read)).any()
    if found.count:
        is_below = draws <= draws[found.is_sampled].max()
        assert (is_below & found.is_covered).tolist() == found.is_sampled.tolist()


def test_the_sample_is_as_silent_as_the_queue_whatever_was_read_by_rank() -> None:
    random = np.random.default_rng(3)
    rates = [_rate_of_a_sample(random) for _ in range(200)]

    assert abs(float(np.mean(rates)) - 0.1) < 0.01  # by rank, far more than a tenth is silent


def _rate_of_a_sample(random: np.random.Generator) -> float:
    """Screen 60 of 300 issues: each fifth one is an audit, the others are read by rank."""
    is_silent = random.random(300) < 0.1
    score, draws = random.normal(size=300) + 2 * is_silent, random.random(300)
    is_read, is_audited = np.zeros(300, dtype=bool), np.zeros(300, dtype=bool)
    for turn in range(60):
        is_audit = turn % 5 == 0
        issue = _first(draws if is_audit else -score, is_read)
        is_read[issue], is_audited[issue] = True, is_audit
    found = audit_of(draws, np.zeros(300), is_read, is_audited)
    return float(is_silent[found.is_sampled].mean())


def _first(order: Floats, is_read: Booleans) -> int:
    return int(np.argmin(np.where(is_read, np.inf, order)))
