import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.web.statistics.estimates import Booleans, Floats
from classifier.web.statistics.sampling import audit_of
from classifier.web.statistics.stopping import Remaining, expect, remaining


def _remaining(silent: list[float], read: list[int], sampled: list[int]) -> Remaining:
    """Issues in the order of their ranking."""
    issues = range(len(silent))
    return remaining(
        -np.arange(len(silent), dtype=np.float64),
        np.array(silent),
        np.array([issue in read for issue in issues]),
        np.array([issue in sampled for issue in issues]),
    )


NOT_SAID = float("nan")


def test_an_audit_of_half_of_what_is_below_finds_half_of_what_is_there() -> None:
    silent = [1.0, 1.0, 0.0, 1.0, NOT_SAID, NOT_SAID]  # the first two were read by rank

    found = _remaining(silent, read=[0, 1, 2, 3], sampled=[0, 2, 3])

    assert (found.found_count, found.unread_count, found.audited_count) == (3, 2, 0)


def test_what_was_read_without_a_gap_is_known_and_only_the_rest_is_estimated() -> None:
    silent = [1.0, NOT_SAID, 1.0, 0.0, NOT_SAID, NOT_SAID]

    found = _remaining(silent, read=[0, 2, 3], sampled=[0, 2, 3])

    assert found.audited_count == 2
    assert found.more is not None
    assert found.more.value == pytest.approx(5 * 1 / 2 - 1)
    assert (found.more.low, found.more.high) == (0.0, 3.0)
    assert found.recall is not None
    assert found.recall.value == pytest.approx(2 / 3.5)


def test_nothing_found_in_the_audit_still_leaves_doubt() -> None:
    silent = [1.0] + [NOT_SAID] * 199 + [0.0] * 100

    found = _remaining(silent, read=[0, *range(200, 300)], sampled=list(range(200, 300)))

    assert found.more is not None
    assert (found.more.value, found.more.low) == (0.0, 0.0)
    assert (
        found.more.high == 8.0
    )  # of nine among 299, a hundred would hold none in 2.5 of 100 cases
    assert "likely no more (between 0 and 8, with 95 % certainty)" in found.sentence


def test_everything_read_leaves_nothing() -> None:
    found = _remaining([1.0, 0.0], read=[0, 1], sampled=[])

    assert found.sentence == "Everything is read: 1 silent bug found, none left to find."
    assert found.recall is not None
    assert found.recall.low == 1.0


def test_without_an_audit_nothing_is_promised() -> None:
    found = _remaining([1.0, NOT_SAID, NOT_SAID], read=[0], sampled=[])

    assert found.more is None
    assert found.recall is None
    assert "cannot be told yet" in found.sentence


def test_an_unclear_answer_is_nothing_found_and_nothing_to_find() -> None:
    found = _remaining([NOT_SAID, NOT_SAID], read=[0, 1], sampled=[0])

    assert (found.found_count, found.unread_count) == (0, 0)
    assert found.recall is None


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 1.0, NOT_SAID]), st.booleans(), st.integers(0, 5))),
    st.integers(0, 40),
)
def test_bounds_are_in_order_and_within_what_is_unread(
    rows: list[tuple[float, bool, int]], sampled: int
) -> None:
    silent = np.array([row[0] if row[1] else NOT_SAID for row in rows])
    is_read = np.array([row[1] for row in rows], dtype=bool)
    ranks = np.array([row[2] for row in rows], dtype=np.float64)

    found = remaining(ranks, silent, is_read, is_read & (np.arange(len(rows)) < sampled))

    if found.more is not None:
        assert 0.0 <= found.more.low <= found.more.value <= found.more.high <= found.unread_count
    if found.recall is not None:
        assert 0.0 <= found.recall.low <= found.recall.value <= found.recall.high <= 1.0
    assert found.sentence


def test_the_interval_of_what_is_left_covers_it_while_a_queue_is_screened() -> None:
    random = np.random.default_rng(5)
    covers = [_covers(random) for _ in range(200)]

    assert np.mean(covers) >= 0.94


def _covers(random: np.random.Generator) -> bool:
    is_silent = random.random(400) < 0.08
    score, draws = random.normal(size=400) + 1.5 * is_silent, random.random(400)
    is_read, is_audited = np.zeros(400, dtype=bool), np.zeros(400, dtype=bool)
    for turn in range(150):
        is_audit = turn % 4 == 0
        issue = _first(draws if is_audit else -score, is_read)
        is_read[issue], is_audited[issue] = True, is_audit
    audit = audit_of(draws, np.zeros(400), is_read, is_audited)
    known = np.where(is_read, is_silent, np.nan)
    found = remaining(score, known, is_read, audit.is_sampled)
    left = int(is_silent[~is_read].sum())
    return found.more is not None and found.more.low <= left <= found.more.high


def _first(order: Floats, is_read: Booleans) -> int:
    return int(np.argmin(np.where(is_read, np.inf, order)))


def test_expected_silent_bugs_are_the_probabilities_once_the_audit_has_moved_them() -> None:
    sampled = np.array([0.1] * 40)
    is_silent = np.array([1.0] * 12 + [0.0] * 28)  # thrice what was said

    believed = expect(np.full(10, 0.1), np.zeros(0), np.zeros(0))
    moved = expect(np.full(10, 0.1), sampled, is_silent)

    assert believed.value == pytest.approx(1.0)
    assert moved.value == pytest.approx(10 * 12.5 / 41, rel=1e-6)
    assert moved.low <= moved.value <= moved.high


def test_nothing_is_expected_of_no_issues() -> None:
    found = expect(np.zeros(0), np.zeros(0), np.zeros(0))

    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
