from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from classifier.errors import InputError
from classifier.metrics import (
    MEASURES,
    average_precision,
    brier,
    draw_resamples,
    expected_calibration_error,
    measure,
    measure_resamples,
    precision_at,
    precision_curve,
    recall_at,
    recall_curve,
    reliability,
    roc_auc,
    wss_at,
)

Sample = tuple[NDArray[np.bool_], NDArray[np.float64]]


@st.composite
def samples(draw: st.DrawFn, *, least: int = 2) -> Sample:
    """Labels of both classes, and probabilities of which a small grid makes many tie."""
    count = draw(st.integers(least, 60))
    grid = draw(st.sampled_from([1, 3, 10, 10**6]))
    values = draw(st.lists(st.integers(0, grid), min_size=count, max_size=count))
    labels = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    labels[:2] = [True, False]
    return np.array(labels), np.array(values) / grid


@given(samples())
def test_measures_that_scikit_learn_has_agree_with_it(sample: Sample) -> None:
    is_relevant, scores = sample

    assert average_precision(*sample) == pytest.approx(average_precision_score(is_relevant, scores))
    assert roc_auc(*sample) == pytest.approx(roc_auc_score(is_relevant, scores))
    assert brier(*sample) == pytest.approx(brier_score_loss(is_relevant, scores))


@given(samples(least=20), st.randoms(use_true_random=False))
def test_the_order_in_which_issues_are_given_does_not_matter(sample: Sample, random: Any) -> None:  # noqa: ANN401 - Hypothesis's
    is_relevant, scores = sample
    order = list(range(len(scores)))
    random.shuffle(order)

    for function in MEASURES.values():
        moved = function(is_relevant[order], scores[order])
        assert moved == pytest.approx(function(is_relevant, scores))


@given(samples(least=20))
def test_only_the_order_of_the_scores_matters_to_a_ranking(sample: Sample) -> None:
    is_relevant, scores = sample
    stretched = np.exp(3 * scores) - 7

    for name, function in MEASURES.items():
        if name not in {"brier", "expected_calibration_error"}:
            assert function(is_relevant, stretched) == pytest.approx(function(is_relevant, scores))


# read in this order:    yes   no   yes   no  (no   yes)  no   no   no   no
RELEVANT = [True, False, True, False, False, True, False, False, False, False]
SCORES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, 1.0), (2, 0.5), (3, 2 / 3), (5, 2.5 / 5), (6, 3 / 6), (10, 3 / 10)],
)
def test_precision_counts_the_first_issues_and_of_a_tie_at_the_cut_its_average(
    count: int, expected: float
) -> None:
    assert precision_at(RELEVANT, SCORES, count) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 1 / 3), (0.1, 1 / 3), (0.3, 2 / 3), (0.5, 2.5 / 3), (1.0, 1.0)]
)
def test_recall_reads_a_share_of_all_issues_and_at_least_one(share: float, expected: float) -> None:
    assert recall_at(RELEVANT, SCORES, share) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("recall", "expected"),
    [
        (0.95, 1 - 6 / 10 - 0.05),  # all three, and the whole tie with the third
        (2 / 3, 1 - 3 / 10 - 1 / 3),
        (1 / 3, 1 - 1 / 10 - 2 / 3),
        (1.0, 1 - 6 / 10),
    ],
)
def test_work_is_saved_against_reading_at_random(recall: float, expected: float) -> None:
    assert wss_at(RELEVANT, SCORES, recall) == pytest.approx(expected)


def test_calibration_error_is_the_mean_gap_of_bins_of_equal_count() -> None:
    is_relevant = [False, True, True, True]
    probabilities = [0.1, 0.3, 0.8, 1.0]

    # bins {.1, .3} and {.8, 1.}: said .2 and .9, observed .5 and 1.
    assert reliability(is_relevant, probabilities, 2) == pytest.approx(
        np.array([[0.2, 0.5, 2], [0.9, 1.0, 2]])
    )
    assert expected_calibration_error(is_relevant, probabilities, 2) == pytest.approx(0.2)


def test_a_tie_across_bins_is_shared_out() -> None:
    assert reliability([True, False], [0.5, 0.5], 2) == pytest.approx(
        np.array([[0.5, 0.5, 1], [0.5, 0.5, 1]])
    )


def test_curves_go_through_each_distinct_score() -> None:
    is_relevant, scores = [True, False, True, False], [0.9, 0.5, 0.5, 0.1]

    assert recall_curve(is_relevant, scores) == pytest.approx(
        np.array([[0, 0], [0.25, 0.5], [0.75, 1], [1, 1]])
    )
    assert precision_curve(is_relevant, scores) == pytest.approx(
        np.array([[0.5, 1], [1, 2 / 3], [1, 0.5]])
    )


@pytest.mark.parametrize("function", MEASURES.values(), ids=MEASURES)
@pytest.mark.parametrize(
    ("is_relevant", "scores", "message"),
    [
        ([True] * 25, [0.5] * 25, "25 of 25 issues are relevant"),
        ([False] * 25, [0.5] * 25, "0 of 25 issues are relevant"),
        ([], [], "0 of 0 issues"),
        ([True, False], [0.5, float("nan")], "1 scores are not finite"),
        ([True, False], [float("inf"), float("-inf")], "2 scores are not finite"),
        ([True, False], [0.1, 0.2, 0.3], r"\(2,\) labels do not fit \(3,\) scores"),
        ([[True, False]], [[0.1, 0.2]], r"\(1, 2\) labels do not fit \(1, 2\) scores"),
        ([True, None], [0.1, 0.2], "not all true or false"),
        ([1.0, 0.5], [0.1, 0.2], "not all true or false"),
        ([1.0, float("nan")], [0.1, 0.2], "not all true or false"),
    ],
)
def test_what_means_nothing_is_refused(
    function: Callable[..., float], is_relevant: list[Any], scores: list[Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        function(is_relevant, scores)
    with pytest.raises(InputError):
        measure(is_relevant, scores)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: precision_at([1, 0], [0, 1], 3), "first 3 of 2"),
        (lambda: precision_at([1, 0], [0, 1], 0), "first 0 of 2"),
        (lambda: recall_at([1, 0], [0, 1], 0.0), "share of 0.0"),
        (lambda: recall_at([1, 0], [0, 1], 1.5), "share of 1.5"),
        (lambda: wss_at([1, 0], [0, 1], 1.5), "recall of 1.5"),
        (lambda: brier([1, 0], [0, 1.5]), "from 0.0 to 1.5"),
        (lambda: reliability([1, 0], [-1, 0.5]), "from -1.0 to 0.5"),
    ],
)
def test_senseless_questions_are_refused_with_their_value(
    call: Callable[[], object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        call()


@pytest.fixture(scope="module")
def ordinary() -> Sample:
    random = np.random.default_rng(5)
    is_relevant = random.random(200) < 0.2
    return is_relevant, np.clip(random.normal(0.2 + 0.3 * is_relevant, 0.15), 0, 1)


def test_intervals_lie_around_the_value(ordinary: Sample) -> None:
    estimates = measure(*ordinary, resamples=200)

    assert list(estimates) == list(MEASURES)
    for name, estimate in estimates.items():
        assert estimate.value == pytest.approx(MEASURES[name](*ordinary))
        assert estimate.low < estimate.high
        if name != "expected_calibration_error":  # resampling adds gaps, so its interval is biased
            assert estimate.low <= estimate.value <= estimate.high


def test_a_seed_makes_intervals_reproducible(ordinary: Sample) -> None:
    first = measure(*ordinary, resamples=50, seed=1)

    assert measure(*ordinary, resamples=50, seed=1) == first
    assert measure(*ordinary, resamples=50, seed=2) != first


def test_repeating_the_same_predictions_changes_nothing(ordinary: Sample) -> None:
    is_relevant, scores = ordinary
    once = measure(is_relevant, scores, resamples=50)
    thrice = measure(is_relevant, np.tile(scores, (3, 1)), resamples=50)

    for name, estimate in once.items():
        repeated = thrice[name]
        assert (repeated.value, repeated.low, repeated.high) == pytest.approx(
            (estimate.value, estimate.low, estimate.high)
        )


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_the_value_of_repeats_is_their_mean(ordinary: Sample, seed: int) -> None:
    is_relevant, scores = ordinary
    other = np.random.default_rng(seed).permutation(scores)
    mean = (average_precision(is_relevant, scores) + average_precision(is_relevant, other)) / 2

    estimate = measure(is_relevant, np.array([scores, other]), resamples=2)["average_precision"]

    assert estimate.value == pytest.approx(mean)


def test_a_resample_of_one_class_is_drawn_again() -> None:
    is_relevant = np.arange(25) == 0  # more than a third of all resamples miss it

    estimate = measure(is_relevant, np.linspace(1, 0, 25), resamples=50)["roc_auc"]

    assert (estimate.value, estimate.low, estimate.high) == (1.0, 1.0, 1.0)


@settings(max_examples=30)
@given(samples(least=25), st.integers(0, 1000))
def test_a_resample_measures_like_the_issues_that_it_holds(sample: Sample, seed: int) -> None:
    is_relevant, scores = sample
    (counts,) = draw_resamples(is_relevant, resamples=3, seed=seed)

    resampled = measure_resamples(is_relevant, scores[np.newaxis], counts)

    for name, function in MEASURES.items():
        held = [np.repeat(np.arange(len(scores)), times) for times in counts]
        expected = [function(is_relevant[rows], scores[rows]) for rows in held]
        assert resampled[name] == pytest.approx(expected, abs=1e-12)


def test_a_repeat_is_measured_on_the_issues_that_it_tested(ordinary: Sample) -> None:
    is_relevant, scores = ordinary
    probabilities = np.array([scores, scores[::-1]])
    probabilities[0, :100] = np.nan
    once = np.ones((1, 200), dtype=np.int64)

    resampled = measure_resamples(is_relevant, probabilities, once)

    for name, function in MEASURES.items():
        repeats = (function(is_relevant[100:], scores[100:]), function(is_relevant, scores[::-1]))
        assert resampled[name] == pytest.approx([np.mean(repeats)])


def test_every_resample_has_both_classes_in_every_repeat() -> None:
    is_relevant = np.isin(np.arange(30), (0, 1, 29))
    is_tested = np.array([np.arange(30) < 15, np.arange(30) >= 15])

    (counts,) = draw_resamples(is_relevant, is_tested, resamples=50, seed=3)

    assert counts.shape == (50, 30)
    assert (counts.sum(axis=1) == 30).all()
    assert (counts[:, :2].sum(axis=1) > 0).all()
    assert (counts[:, 29] > 0).all()


def test_a_resample_is_the_same_whatever_the_size_of_a_block() -> None:
    is_relevant = np.arange(2**17) % 2 == 0  # two resamples a block

    blocks = list(draw_resamples(is_relevant, resamples=3, seed=1))

    assert [len(block) for block in blocks] == [2, 1]
    random = np.random.default_rng(1)
    for counts in np.concatenate(blocks):
        drawn = random.integers(0, 2**17, 2**17)
        assert (counts == np.bincount(drawn, minlength=2**17)).all()


def test_a_ranking_of_scores_beyond_any_probability_is_measured() -> None:
    assert roc_auc([True, False, False], [1e308, 1e307, -1e308]) == 1.0
