import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.prior_shift import add_offset
from classifier.web.audits import Screened
from classifier.web.statistics.estimates import Floats
from classifier.web.statistics.expectation import shift_of
from classifier.web.statistics.sampling import audit_of
from classifier.web.statistics.stopping import remaining
from classifier.web.unread import NEXT, Unread, unread

ISSUES, TURNS = 400, 150
NOTHING = np.zeros(0)


def test_without_an_audit_the_probabilities_are_believed_as_they_are() -> None:
    found = shift_of(NOTHING, NOTHING).expect(np.full(10, 0.1))

    assert found.value == pytest.approx(1.0)
    assert found.low <= found.value <= found.high


def test_a_few_audited_issues_move_little_and_many_move_all() -> None:
    few, many = (
        shift_of(np.full(5 * times, 0.1), np.array([1.0, 1.0, 0.0, 0.0, 0.0] * times))
        for times in (1, 200)
    )

    assert 1.0 < few.expect(np.full(10, 0.1)).value < 3.0
    assert many.expect(np.full(10, 0.1)).value == pytest.approx(4.0, abs=0.2)


def test_six_audited_issues_without_a_bug_leave_small_probabilities_as_they_are() -> None:
    shift = shift_of(np.array([0.3, 0.05, 0.02, 0.01, 0.01, 0.005]), np.zeros(6))

    assert shift.expect(np.full(20, 0.015)).value == pytest.approx(0.3, abs=0.12)


def test_nothing_is_expected_of_no_issues() -> None:
    found = shift_of(NOTHING, NOTHING).expect(NOTHING)

    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30),
    st.lists(st.floats(0, 1), max_size=20),
)
def test_the_expectation_lies_in_its_interval_and_among_the_issues(
    audit: list[tuple[float, bool]], unread_: list[float]
) -> None:
    audited, is_silent = (np.array([row[at] for row in audit], dtype=float) for at in (0, 1))

    found = shift_of(audited, is_silent).expect(np.array(unread_), resamples=50)

    assert 0.0 <= found.low <= found.value <= found.high <= len(unread_) + 1e-9


def _screen(random: np.random.Generator) -> tuple[Unread, float, int, int]:
    """Read a queue by rank, with audits; what is told, what the audit alone says, and the truth."""
    base, separation, offset = 0.06, 2.0, random.normal(scale=0.7)
    is_silent = random.random(ISSUES) < base
    score = random.normal(size=ISSUES) + separation * is_silent
    odds = base / (1 - base) * np.exp(separation * score - separation**2 / 2)
    ranks = add_offset(odds / (1 + odds), float(offset))  # wrong by one factor of the odds
    draws = random.random(ISSUES)
    is_read, is_audited = np.zeros(ISSUES, dtype=bool), np.zeros(ISSUES, dtype=bool)
    for turn in range(TURNS):
        is_audit = turn % 5 == 0
        order = draws if is_audit else -ranks
        issue = int(np.argmin(np.where(is_read, np.inf, order)))
        is_read[issue], is_audited[issue] = True, is_audit
    known = np.where(is_read, is_silent, np.nan)
    audit = audit_of(draws, np.zeros(ISSUES), is_read, is_audited)
    none = np.zeros(ISSUES, dtype=bool)
    screened = Screened(list(range(ISSUES)), known, none, is_read, audit)
    told = unread(screened, ranks, ranks, ~none)
    alone = remaining(ranks, known, is_read, audit.is_sampled & is_read).more
    assert alone is not None
    first = _first(ranks, is_read)
    return told, alone.value, int(is_silent[first].sum()), int(is_silent[~is_read].sum())


def _first(ranks: Floats, is_read: np.ndarray) -> list[int]:
    order = np.argsort(-ranks, kind="stable")
    return [int(issue) for issue in order if not is_read[issue]][:NEXT]


def test_while_a_queue_is_screened_the_next_hold_what_is_told_and_never_more_than_is_left() -> None:
    random = np.random.default_rng(11)
    covered, errors, errors_alone = [], [], []
    for _ in range(100):
        told, alone, in_next, left = _screen(random)
        more, expected = told.remaining.more, told.expected
        assert more is not None
        assert expected is not None
        assert expected.value <= more.value + 1e-9
        assert expected.high <= more.high + 1e-9
        covered.append(expected.low <= in_next <= expected.high)
        errors.append(abs(more.value - left))
        errors_alone.append(abs(alone - left))

    assert np.mean(covered) >= 0.93
    assert np.mean(errors) < np.mean(errors_alone)
