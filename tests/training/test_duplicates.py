from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from training.duplicates import group_near_duplicates

words = st.sampled_from(["loss", "nan", "gradient", "of", "the", "model", "is", "wrong", "when"])
sentences = st.lists(words, max_size=12).map(" ".join)
REPORT = " ".join(f"word{number}" for number in range(200))


def partition(groups: list[int], order: list[int]) -> set[frozenset[int]]:
    members: dict[int, set[int]] = {}
    for position, group in enumerate(groups):
        members.setdefault(group, set()).add(order[position])
    return {frozenset(group) for group in members.values()}


@settings(deadline=None, max_examples=40)
@given(st.lists(sentences, max_size=12))
def test_a_group_is_named_by_its_first_member(texts: list[str]) -> None:
    groups = group_near_duplicates(texts)
    assert len(groups) == len(texts)
    for index, group in enumerate(groups):
        assert group <= index
        assert groups[group] == group


@settings(deadline=None, max_examples=40)
@given(st.lists(sentences, max_size=12))
def test_identical_texts_share_a_group(texts: list[str]) -> None:
    groups = group_near_duplicates(texts)
    for text in set(texts) - {""}:
        assert (
            len({group for group, other in zip(groups, texts, strict=True) if other == text}) == 1
        )


@settings(deadline=None, max_examples=40)
@given(
    st.lists(sentences, max_size=10).flatmap(
        lambda t: st.tuples(st.just(t), st.permutations(range(len(t))))
    )
)
def test_the_order_of_texts_does_not_change_who_is_grouped(
    case: tuple[list[str], list[int]],
) -> None:
    texts, order = case
    as_given = partition(group_near_duplicates(texts), list(range(len(texts))))
    shuffled = partition(group_near_duplicates([texts[index] for index in order]), order)
    assert as_given == shuffled


def test_near_duplicates_are_grouped_and_others_are_not() -> None:
    edited = REPORT.replace("word100", "changed")
    half = " ".join(REPORT.split()[:100])
    assert group_near_duplicates([REPORT, half, edited]) == [0, 1, 0]


def test_a_lower_threshold_groups_more() -> None:
    most = " ".join(REPORT.split()[:140])
    assert group_near_duplicates([REPORT, most]) == [0, 1]
    assert group_near_duplicates([REPORT, most], threshold=0.5) == [0, 0]


def test_case_spacing_and_punctuation_do_not_matter() -> None:
    assert group_near_duplicates(["Loss is NaN!", "loss  is\nnan"]) == [0, 0]


def test_texts_linked_through_a_third_share_a_group() -> None:
    chain = [
        " ".join(f"word{number}" for number in range(start, start + 200)) for start in (0, 15, 30)
    ]
    assert group_near_duplicates([chain[0], chain[2]]) == [0, 1]
    assert group_near_duplicates(chain) == [0, 0, 0]


def test_empty_and_very_short_texts_are_not_lumped_together() -> None:
    assert group_near_duplicates(["", "", "!!", "bug", "crash", "wrong loss", "bug"]) == [
        0, 1, 2, 3, 4, 5, 3,
    ]  # fmt: skip


def test_no_texts_make_no_groups() -> None:
    assert group_near_duplicates([]) == []


def test_many_copies_are_one_group() -> None:
    assert Counter(group_near_duplicates([REPORT] * 500)) == {0: 500}


def test_texts_of_one_name_are_grouped_whatever_they_say_and_no_name_is_none() -> None:
    texts = ["Dense is wrong", "all others", "an edited report", "something else", "more"]

    assert group_near_duplicates(texts, ["a", None, "a", None, "b"]) == [0, 1, 0, 3, 4]
