import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.ranking import rank
from classifier.types import IssueKey, RankedIssue

ENTRIES = st.lists(
    st.builds(
        RankedIssue,
        rank=st.integers(0, 9),
        key=st.builds(IssueKey, st.sampled_from(["", "octo/a", "octo/b"]), st.integers(0, 5)),
        title=st.text(max_size=3),
        url=st.text(max_size=2),
        probability=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    ),
    max_size=12,
)


def entry(number: int, probability: float) -> RankedIssue:
    return RankedIssue(0, IssueKey("octo/demo", number), f"Title {number}", "", probability)


def test_the_likeliest_comes_first_and_ties_go_to_the_older_issue() -> None:
    ranking = rank([entry(9, 0.5), entry(4, 0.1), entry(3, 0.5), entry(7, 0.9)])

    assert [(row.rank, row.key.number) for row in ranking] == [(1, 7), (2, 3), (3, 9), (4, 4)]


@given(entries=ENTRIES, random=st.randoms())
def test_the_order_of_the_input_does_not_matter(entries: list[RankedIssue], random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types it as object

    assert rank(shuffled) == rank(entries)


@given(entries=ENTRIES)
def test_ranks_count_from_one_and_probabilities_never_rise(entries: list[RankedIssue]) -> None:
    ranking = rank(entries)

    assert [row.rank for row in ranking] == list(range(1, len(entries) + 1))
    probabilities = [row.probability for row in ranking]
    assert probabilities == sorted(probabilities, reverse=True)


@given(entries=ENTRIES, top=st.integers(1, 15))
def test_the_top_is_how_the_whole_begins(entries: list[RankedIssue], top: int) -> None:
    assert rank(entries, top=top) == rank(entries)[:top]


@given(entries=ENTRIES, more=ENTRIES)
def test_ranking_in_two_steps_is_ranking_at_once(
    entries: list[RankedIssue], more: list[RankedIssue]
) -> None:
    assert rank([*rank(entries), *more]) == rank([*entries, *more])


@given(entries=ENTRIES, least=st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_what_is_less_likely_than_asked_is_left_out(
    entries: list[RankedIssue], least: float
) -> None:
    kept = rank(entries, min_probability=least)

    assert all(row.probability >= least for row in kept)
    assert kept == rank(entries)[: len(kept)]


def test_keeping_less_than_one_issue_is_refused() -> None:
    with pytest.raises(InputError, match="top 0"):
        rank([], top=0)


@pytest.mark.parametrize("least", [-0.1, 1.1, float("nan")])
def test_a_limit_that_is_no_probability_is_refused(least: float) -> None:
    with pytest.raises(InputError, match="is not a probability"):
        rank([], min_probability=least)
