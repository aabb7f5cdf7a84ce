from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.ranking import rank
from classifier.types import IssueKey, Outlook, RankBy, RankedIssue, Scenario

SEVERITIES = (2.5, 3.0, 3.2, 4.0)


def outlook(severity: float) -> Outlook:
    return Outlook(Scenario.SHAPE, 0.5, 2, severity)


ENTRIES = st.lists(
    st.builds(
        RankedIssue,
        rank=st.integers(0, 9),
        key=st.builds(IssueKey, st.sampled_from(["", "octo/a", "octo/b"]), st.integers(0, 5)),
        title=st.text(max_size=3),
        url=st.text(max_size=2),
        probability=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    ).map(lambda entry: replace(entry, outlook=outlook(SEVERITIES[entry.key.number % 4]))),
    max_size=12,
)
ORDERS = pytest.mark.parametrize("by", ["probability", "priority"])


def entry(number: int, probability: float, severity: float | None = None) -> RankedIssue:
    expected = None if severity is None else outlook(severity)
    key = IssueKey("octo/demo", number)
    return RankedIssue(0, key, f"Title {number}", "", probability, outlook=expected)


def test_the_likeliest_comes_first_and_ties_go_to_the_older_issue() -> None:
    ranking = rank([entry(9, 0.5), entry(4, 0.1), entry(3, 0.5), entry(7, 0.9)])

    assert [(row.rank, row.key.number) for row in ranking] == [(1, 7), (2, 3), (3, 9), (4, 4)]


def test_by_priority_a_severe_bug_may_pass_a_likelier_one_and_ties_go_to_the_older() -> None:
    entries = [entry(1, 0.5, 2.5), entry(9, 0.4, 4.0), entry(8, 0.5, 3.2), entry(4, 0.2, 4.0)]

    ranking = rank(entries, by="priority")

    assert [(row.key.number, row.priority) for row in ranking] == [
        (8, 1.6),
        (9, 1.6),
        (1, 1.25),
        (4, 0.8),
    ]


@ORDERS
@given(entries=ENTRIES, random=st.randoms())
def test_the_order_of_the_input_does_not_matter(
    by: RankBy, entries: list[RankedIssue], random: object
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types it as object

    assert rank(shuffled, by=by) == rank(entries, by=by)


@ORDERS
@given(entries=ENTRIES)
def test_ranks_count_from_one_and_what_is_ranked_by_never_rises(
    by: RankBy, entries: list[RankedIssue]
) -> None:
    ranking = rank(entries, by=by)

    assert [row.rank for row in ranking] == list(range(1, len(entries) + 1))
    values = [row.probability if by == "probability" else row.priority or 0.0 for row in ranking]
    assert values == sorted(values, reverse=True)


@ORDERS
@given(entries=ENTRIES, top=st.integers(1, 15))
def test_the_top_is_how_the_whole_begins(by: RankBy, entries: list[RankedIssue], top: int) -> None:
    assert rank(entries, by=by, top=top) == rank(entries, by=by)[:top]


@ORDERS
@given(entries=ENTRIES, more=ENTRIES)
def test_ranking_in_two_steps_is_ranking_at_once(
    by: RankBy, entries: list[RankedIssue], more: list[RankedIssue]
) -> None:
    assert rank([*rank(entries, by=by), *more], by=by) == rank([*entries, *more], by=by)


@ORDERS
@given(entries=ENTRIES, least=st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_what_is_less_likely_than_asked_is_left_out(
    by: RankBy, entries: list[RankedIssue], least: float
) -> None:
    kept = rank(entries, by=by, min_probability=least)

    assert [replace(row, rank=0) for row in kept] == [
        replace(row, rank=0) for row in rank(entries, by=by) if row.probability >= least
    ]


def test_an_issue_without_a_priority_cannot_be_ranked_by_it() -> None:
    with pytest.raises(InputError, match="Nothing tells the priority of 'Title 2'"):
        rank([entry(1, 0.5, 3.0), entry(2, 0.5)], by="priority")


def test_an_unknown_order_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="Cannot rank by 'age'") as caught:
        rank([], by="age")  # type: ignore[arg-type]  # as a program without types might
    assert caught.value.hint == "Rank by one of: probability, priority."


def test_keeping_less_than_one_issue_is_refused() -> None:
    with pytest.raises(InputError, match="top 0"):
        rank([], top=0)


@pytest.mark.parametrize("least", [-0.1, 1.1, float("nan")])
def test_a_limit_that_is_no_probability_is_refused(least: float) -> None:
    with pytest.raises(InputError, match="is not a probability"):
        rank([], min_probability=least)
