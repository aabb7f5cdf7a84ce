import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.web.statistics.agreement import fleiss_kappa

# Fleiss 1971, as it is most often quoted: 14 raters, 10 subjects, 5 categories.
FLEISS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
# Fleiss 1981, page 229: 25 subjects, two to five raters each, and how many of them say yes.
RATERS = [2, 2, 3, 4, 3, 4, 3, 5, 2, 4, 5, 3, 4, 4, 2, 2, 3, 2, 4, 5, 3, 4, 3, 3, 2]
YES = [2, 0, 2, 3, 3, 1, 0, 0, 0, 4, 5, 3, 4, 3, 0, 2, 1, 1, 1, 4, 2, 0, 0, 3, 2]


def test_equal_numbers_of_raters_give_the_published_kappa() -> None:
    found = fleiss_kappa(np.array(FLEISS))

    assert found.kappa == pytest.approx(0.210, abs=5e-4)
    assert "is fair beyond chance: kappa 0.21" in found.sentence


def test_unequal_numbers_of_raters_give_the_published_kappa() -> None:
    votes = np.column_stack([YES, np.array(RATERS) - YES])

    assert fleiss_kappa(votes).kappa == pytest.approx(0.54, abs=5e-3)


def test_issues_with_one_vote_say_nothing() -> None:
    lonely = [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0]]

    assert fleiss_kappa(np.array(FLEISS + lonely)) == fleiss_kappa(np.array(FLEISS))


def test_two_who_always_disagree_are_worse_than_chance() -> None:
    found = fleiss_kappa(np.array([[1, 1]] * 12))

    assert found.kappa == pytest.approx(-1.0)
    assert "no better than chance" in found.sentence


def test_no_disagreement_on_few_issues_is_not_certain_agreement() -> None:
    few, many = (fleiss_kappa(np.array([[2, 0], [0, 2]] * half)) for half in (3, 100))

    assert few.kappa == many.kappa == 1.0
    assert few.low < 0.1
    assert many.low > 0.95


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        (np.zeros((0, 3), dtype=np.int64), "No issue has votes of two reviewers yet"),
        (np.array([[3, 0], [2, 0]]), "2 issues with two votes or more: too few to tell agreement"),
        (np.array([[3, 0], [2, 0]] * 5), "are the same word"),
    ],
)
def test_where_kappa_means_nothing_a_sentence_says_why(votes: np.ndarray, said: str) -> None:
    found = fleiss_kappa(votes)

    assert not found.is_told
    assert said in found.sentence


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), max_size=30))
def test_kappa_lies_in_its_interval_and_the_order_does_not_matter(rows: list[list[int]]) -> None:
    votes = np.array(rows, dtype=np.int64).reshape(-1, 3)

    found, turned = fleiss_kappa(votes), fleiss_kappa(votes[::-1, ::-1])

    if found.kappa is not None:
        assert found.low <= found.kappa <= found.high <= 1.0
        assert turned.kappa == pytest.approx(found.kappa)


def test_the_interval_covers_the_kappa_of_all_issues() -> None:
    random = np.random.default_rng(2)
    truth = random.random(20_000) < 0.2
    is_yes = random.random((20_000, 3)) < np.where(truth, 0.8, 0.1)[:, np.newaxis]
    yes = is_yes.sum(axis=1)
    votes = np.column_stack([yes, 3 - yes])
    real = fleiss_kappa(votes, resamples=2).kappa
    assert real is not None

    drawn = (votes[random.integers(0, 20_000, 80)] for _ in range(150))
    found = [fleiss_kappa(part, resamples=200) for part in drawn]

    assert np.mean([one.low <= real <= one.high for one in found]) >= 0.9
