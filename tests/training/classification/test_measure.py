import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from training.classification.measure import MEAN, difference, f1_scores, measure_task

LABELS = ("bug", "feature", "question")
Pairs = list[tuple[int, int]]


@given(pairs=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1))
def test_f1_is_what_scikit_learn_says_it_is(pairs: Pairs) -> None:
    truth, predicted = np.array(pairs).T

    (scores,) = f1_scores(truth, predicted, np.ones((1, len(pairs))), 3)

    expected = f1_score(truth, predicted, labels=[0, 1, 2], average=None, zero_division=0)
    assert scores == pytest.approx(expected)


@given(
    pairs=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=20),
    data=st.data(),
)
def test_a_resample_counts_an_issue_as_often_as_it_holds_it(
    pairs: Pairs, data: st.DataObject
) -> None:
    truth, predicted = np.array(pairs).T
    count = st.integers(0, 3)
    counts = np.array(data.draw(st.lists(count, min_size=len(pairs), max_size=len(pairs))))

    (scores,) = f1_scores(truth, predicted, counts[np.newaxis].astype(float), 3)

    rows = np.repeat(np.arange(len(pairs)), counts)
    (expected,) = f1_scores(truth[rows], predicted[rows], np.ones((1, len(rows))), 3)
    assert scores == pytest.approx(expected)


def test_the_last_row_is_the_mean_over_groups_however_large_they_are() -> None:
    truth = np.array([0, 1, 2, 0, 0, 1, 1, 2, 2])
    predicted = np.array([[0, 1, 2, 1, 1, 2, 2, 0, 0]])
    groups = np.array(["small"] * 3 + ["large"] * 6)

    rows = measure_task(truth, predicted, groups, LABELS, resamples=100, seed=0)

    assert list(rows) == ["large", "small", MEAN]
    assert rows["small"][MEAN].value == 1.0
    assert rows["large"][MEAN].value == 0.0
    assert rows[MEAN][MEAN].value == 0.5
    assert rows[MEAN]["bug"].value == 0.5


def test_one_group_has_one_row_and_its_interval_holds_the_value() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, 60)
    predicted = np.where(random.random((2, 60)) < 0.7, truth, random.integers(0, 3, (2, 60)))

    rows = measure_task(truth, predicted, np.array([""] * 60), LABELS, resamples=200, seed=0)

    assert list(rows) == [""]
    assert all(0.0 <= e.low < e.value < e.high <= 1.0 for e in rows[""].values())


def test_a_difference_from_itself_is_nothing_and_from_worse_is_above_zero() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 3, 90)
    better = np.where(random.random((1, 90)) < 0.9, truth, 0)
    worse = np.where(random.random((1, 90)) < 0.4, truth, 0)
    groups = np.array(["a", "b"] * 45)

    same = difference(truth, better, better, groups, 3, resamples=100, seed=0)
    found = difference(truth, better, worse, groups, 3, resamples=100, seed=0)

    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    assert 0.0 < found.low < found.value < found.high
