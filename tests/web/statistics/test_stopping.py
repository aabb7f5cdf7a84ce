import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.metrics import Estimate
from classifier.web.audits import Screened
from classifier.web.statistics.estimates import Booleans, Floats
from classifier.web.statistics.sampling import audit_of
from classifier.web.statistics.stopping import Remaining, remaining, within
from classifier.web.unread import unread


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


def test_open_questions_leave_it_open_whether_all_is_found() -> None:
    found = _remaining([1.0] + [NOT_SAID] * 36, read=list(range(37)), sampled=[])

    assert found.open_count == 36
    assert found.sentence == (
        "Everything is read, but 36 open questions may hold more: 1 silent bug found so far."
    )
    assert found.recall is not None
    assert found.recall.low == pytest.approx(1 / 37)


@pytest.mark.parametrize(("audited", "said"), [(1, "1 is audited"), (4, "4 are audited")])
def test_few_audited_issues_are_too_few_for_a_number(audited: int, said: str) -> None:
    sampled = list(range(100 - audited, 100))
    silent = [NOT_SAID] * (100 - audited) + [0.0] * audited

    found = _remaining(silent, read=sampled, sampled=sampled)

    assert not found.is_told
    assert f"{said}, and 5 are needed." in found.sentence


@pytest.mark.parametrize(("believed", "value"), [(3.2, 3.2), (50.0, 8.0), (0.0, 0.0)])
def test_the_number_is_what_is_believed_within_what_the_audit_allows(
    believed: float, value: float
) -> None:
    silent = np.array([1.0] + [NOT_SAID] * 199 + [0.0] * 100)
    is_sampled = np.arange(300) >= 200

    found = remaining(-np.arange(300.0), silent, ~np.isnan(silent), is_sampled, believed=believed)

    assert found.more == Estimate(value, 0.0, 8.0)


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


def test_late_arrivals_are_named_and_not_extrapolated_to() -> None:
    covers = [_covers_late(np.random.default_rng(seed)) for seed in range(40)]

    assert np.mean(covers) >= 0.9


def _covers_late(random: np.random.Generator) -> bool:
    """Audit 60 of 300; then ten times as many come, with far fewer bugs."""
    probabilities = np.concatenate([random.beta(2, 4, 300), random.beta(0.5, 40, 3000)])
    is_silent, draws = random.random(3300) < probabilities, random.random(3300)
    is_read = np.zeros(3300, dtype=bool)
    is_read[np.argsort(draws[:300])[:60]] = True
    audit = audit_of(draws, np.repeat([0.0, 1.0], [300, 3000]), is_read, is_read)
    silent = np.where(is_read, is_silent, np.nan)
    known = Screened(list(range(3300)), silent, np.zeros_like(is_read), is_read, audit)
    left = unread(known, probabilities, probabilities, np.ones_like(is_read)).remaining
    truth = is_silent[audit.is_covered & ~is_read].sum()
    assert left.newer_count == 3300 - int(audit.is_covered.sum())
    assert f"{left.newer_count:,} newer issues are not audited yet." in left.sentence
    return left.more is not None and bool(left.more.low <= truth <= left.more.high)


def test_skipped_audits_widen_the_interval_by_what_they_may_be() -> None:
    silent = [1.0] + [NOT_SAID] * 199 + [0.0] * 80 + [NOT_SAID] * 20
    read = [0, *range(200, 280)]

    without = _remaining(silent[:280], read=read, sampled=list(range(200, 280)))
    found = _remaining(silent, read=read, sampled=list(range(200, 300)))

    assert found.audited_count == 80
    assert without.more is not None
    assert found.more is not None
    assert found.more.low == 0.0
    assert found.more.high >= without.more.high + 20


def _first(order: Floats, is_read: Booleans) -> int:
    return int(np.argmin(np.where(is_read, np.inf, order)))


@given(st.tuples(*[st.floats(0, 20)] * 3), st.tuples(*[st.floats(0, 20)] * 3))
def test_some_never_hold_more_than_all(
    some: tuple[float, float, float], all_of_them: tuple[float, float, float]
) -> None:
    low, value, high = sorted(some)
    least, about, most = sorted(all_of_them)
    left = Remaining(0, 100, 10, Estimate(about, least, most))

    found = within(Estimate(value, low, high), left)

    assert 0.0 <= found.low <= found.value <= found.high
    assert found.value <= about
    assert found.high <= most
