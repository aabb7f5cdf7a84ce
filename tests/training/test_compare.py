from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.metrics import MEASURES, measure
from classifier.types import IssueKey
from training.compare import Comparison, Difference, Verdict, columns, compare
from training.paired import FoldTest, Predictions, resampled_t_test

ISSUES, REPEATS, FOLDS = 120, 2, 3


def predictions(name: str, seed: int, signal: float) -> Predictions:
    """Invent what a model says; the higher the signal, the better. Truth and folds are fixed."""
    fixed, random = np.random.default_rng(7), np.random.default_rng(seed)
    truth = np.arange(ISSUES) % 6 == 0
    folds = np.array([fixed.permutation(ISSUES) % FOLDS + FOLDS * r for r in range(REPEATS)])
    noise = random.normal(0.3, 0.15, (REPEATS, ISSUES))
    return Predictions(
        name=name,
        keys=[IssueKey("octo/demo", number) for number in range(1, ISSUES + 1)],
        truth=truth,
        probabilities=np.clip(noise + signal * truth, 0, 1).round(2),  # some tie
        folds=folds,
        train_counts=[ISSUES - ISSUES // FOLDS] * (FOLDS * REPEATS),
    )


def test_a_model_against_itself_is_a_draw() -> None:
    model = predictions("tfidf", 1, 0.1)

    comparison = compare(model, replace(model, name="twin"), resamples=50)

    assert comparison.verdict is Verdict.DRAW
    assert comparison.fold_test is None  # nothing differs, so nothing tells the spread
    assert list(comparison.differences) == list(MEASURES)
    for difference in comparison.differences.values():
        assert difference.first == difference.second
        assert (difference.value, difference.low, difference.high) == (0.0, 0.0, 0.0)
        assert difference.better_share == 0.5
    assert comparison.sentence == (
        "No difference that 20 silent bugs can show: tfidf against twin: "
        "AP .000 (.000 to .000); the folds allow no t-test."
    )


MIRRORED = {Verdict.WIN: Verdict.LOSS, Verdict.DRAW: Verdict.DRAW, Verdict.LOSS: Verdict.WIN}


@settings(max_examples=15)
@given(st.integers(0, 99), st.floats(0, 0.4), st.floats(0, 0.4))
def test_swapping_the_models_mirrors_everything(seed: int, one: float, other: float) -> None:
    pair = predictions("a", seed, one), predictions("b", seed + 1, other)

    there, back = compare(*pair, resamples=40), compare(*reversed(pair), resamples=40)

    assert back.verdict is MIRRORED[there.verdict]
    for name, difference in there.differences.items():
        mirror = back.differences[name]
        assert (mirror.first, mirror.second) == (difference.second, difference.first)
        assert mirror.value == pytest.approx(-difference.value)
        assert mirror.low == pytest.approx(-difference.high)
        assert mirror.high == pytest.approx(-difference.low)
        assert mirror.better_share == pytest.approx(1 - difference.better_share)
    assert there.fold_test
    assert back.fold_test
    assert back.fold_test.difference == pytest.approx(-there.fold_test.difference)
    assert back.fold_test.low == pytest.approx(-there.fold_test.high)
    assert back.fold_test.p_value == pytest.approx(there.fold_test.p_value)


def test_a_much_better_model_wins_and_is_called_better_by_every_measure_it_is_better_by() -> None:
    good, bad = predictions("good", 1, 0.4), predictions("bad", 2, 0.0)

    comparison = compare(good, bad, resamples=200)

    assert comparison.verdict is Verdict.WIN
    assert comparison.sentence.startswith("good beats bad: AP +")
    assert comparison.sentence.endswith(", p < .01.")
    for name in ("average_precision", "roc_auc", "wss_at_95_percent"):
        assert comparison.differences[name].better_share > 0.99
    brier = comparison.differences["brier"]
    assert brier.value < 0
    assert brier.better_share > 0.99  # an error is better lower


def test_each_value_is_what_the_model_measures_alone() -> None:
    pair = predictions("a", 1, 0.2), predictions("b", 2, 0.1)

    differences = compare(*pair, resamples=2).differences

    for name, difference in differences.items():
        alone = [measure(m.truth, m.probabilities, resamples=2)[name].value for m in pair]
        assert [difference.first, difference.second] == pytest.approx(alone)
        assert difference.value == pytest.approx(alone[0] - alone[1])


def test_the_bootstrap_draws_the_same_issues_for_both_models() -> None:
    model = predictions("a", 1, 0.2)
    shifted = replace(model, name="b", probabilities=model.probabilities / 2)

    difference = compare(model, shifted, resamples=50).differences["average_precision"]

    assert (difference.low, difference.high) == (0.0, 0.0)  # the order is the same


def test_the_t_test_corrects_the_variance_for_what_folds_share() -> None:
    # three folds of four issues; AUC of the first model 1, 1, 1, of the second 1, 3/4, 1/2
    truth = np.array([1, 1, 0, 0] * 3, dtype=bool)
    best = [0.9, 0.8, 0.2, 0.1]
    first = np.array([best * 3])
    second = np.array([[*best, *[0.9, 0.3, 0.4, 0.1], *[0.9, 0.1, 0.3, 0.2]]])
    folds = np.array([[0] * 4 + [1] * 4 + [2] * 4])
    keys = [IssueKey("octo/demo", number) for number in range(12)]
    pair = [
        Predictions(n, keys, truth, p, folds, [8] * 3)
        for n, p in zip("ab", (first, second), strict=True)
    ]

    test = resampled_t_test(*pair, measure="roc_auc")

    # differences 0, 1/4, 1/2: mean 1/4, variance 1/16; corrected (1/3 + 4/8) / 16 = 5/96
    # t = 1/4 / sqrt(5/96) = 1.09545 with 2 degrees of freedom, whose p is 1 - t / sqrt(2 + t²)
    assert test
    t = 0.25 / (5 / 96) ** 0.5
    assert test.difference == pytest.approx(0.25)
    assert test.p_value == pytest.approx(1 - t / (2 + t**2) ** 0.5)
    assert test.low == pytest.approx(0.25 - 4.302653 * (5 / 96) ** 0.5)  # t of 97.5 %
    assert test.high == pytest.approx(0.25 + 4.302653 * (5 / 96) ** 0.5)
    assert (test.measure, test.folds, test.left_out) == ("roc_auc", 3, 0)


def test_folds_of_one_class_are_left_out_and_counted() -> None:
    pair = [predictions("a", 1, 0.3), predictions("b", 2, 0.1)]
    whole = resampled_t_test(*pair)
    lone = np.flatnonzero(~pair[0].truth)[:5]
    folds = pair[0].folds.copy()
    folds[0, lone] = REPEATS * FOLDS  # a fold of its own, without a silent bug
    apart = [replace(m, folds=folds, train_counts=[*m.train_counts, 115]) for m in pair]

    test = resampled_t_test(*apart)

    assert whole
    assert test
    assert (whole.folds, whole.left_out) == (6, 0)
    assert (test.folds, test.left_out) == (6, 1)


def test_one_fold_is_no_test() -> None:
    pair = [predictions("a", 1, 0.3), predictions("b", 2, 0.1)]
    single = [
        replace(m, probabilities=m.probabilities[:1], folds=m.folds[:1] * 0, train_counts=[300])
        for m in pair
    ]

    assert resampled_t_test(*single) is None
    assert "the folds allow no t-test" in compare(*single, resamples=20).sentence


def test_repeats_need_not_test_every_issue() -> None:
    pair = [predictions("a", 1, 0.3), predictions("b", 2, 0.1)]
    is_untested = np.zeros((REPEATS, ISSUES), dtype=bool)
    is_untested[1, :60] = True
    partly = [
        replace(
            m,
            probabilities=np.where(is_untested, np.nan, m.probabilities),
            folds=np.where(is_untested, -1, m.folds),
        )
        for m in pair
    ]

    comparison = compare(*partly, resamples=50)

    first = partly[0]
    expected = [
        MEASURES["average_precision"](first.truth, first.probabilities[0]),
        MEASURES["average_precision"](first.truth[60:], first.probabilities[1, 60:]),
    ]
    assert comparison.differences["average_precision"].first == pytest.approx(np.mean(expected))


def sentence(low: float, high: float, p_value: float, difference: float = 0.0411) -> str:
    one = Difference(0.3, 0.2, difference, low, high, 0.9)
    margin = 0.05 if p_value >= 0.05 else abs(difference) / 2
    interval = difference - margin, difference + margin
    test = FoldTest("average_precision", difference, *interval, p_value, 25, 0)
    return Comparison("A", "B", 77, {"average_precision": one}, test).sentence


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (sentence(0.0101, 0.074, 0.0213), "A beats B: AP +.041 (+.010 to +.074), p = .02."),
        (
            sentence(-0.074, -0.0101, 0.0001, -0.041),
            "A loses to B: AP \u2212.041 (\u2212.074 to \u2212.010), p < .01.",
        ),
        (
            sentence(0.0101, 0.074, 0.21),
            (
                "A beats B: AP +.041 (+.010 to +.074); "
                "the t-test over folds shows no difference (p = .21)."
            ),
        ),
        (
            sentence(-0.0001, 0.074, 0.03),
            (
                "No difference that 77 silent bugs can show: A against B: "
                "AP +.041 (.000 to +.074); "
                "the t-test over folds shows A ahead (p = .03)."
            ),
        ),
        (
            sentence(-0.02, 0.074, 1.0),
            (
                "No difference that 77 silent bugs can show: A against B: "
                "AP +.041 (\u2212.020 to +.074), p = 1.00."
            ),
        ),
    ],
)
def test_the_verdict_is_said_in_plain_words(said: str, expected: str) -> None:
    assert said == expected


def test_numbers_come_as_columns() -> None:
    comparison = compare(predictions("a", 1, 0.3), predictions("b", 2, 0.1), resamples=20)

    table = columns(comparison)

    assert table["measure"] == list(MEASURES)
    for position, difference in enumerate(comparison.differences.values()):
        row = {name: values[position] for name, values in table.items() if name != "measure"}
        assert row == asdict(difference)


Change = Callable[[Predictions], Predictions]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda m: replace(m, keys=[*m.keys[1:], m.keys[0]]),
            "a and b were not tested on the same issues",
        ),
        (lambda m: replace(m, truth=~m.truth), "a and b disagree about what is true of 120 issues"),
        (lambda m: replace(m, folds=m.folds[:, ::-1]), "a and b were not tested on the same folds"),
        (lambda m: replace(m, train_counts=[1] * 6), "a and b were not tested on the same folds"),
        (lambda m: replace(m, train_counts=[80]), "b: fold 5, but train_counts of 1 folds"),
        (lambda m: replace(m, truth=m.truth[1:]), r"b: 120 issues, truth of shape \(119,\)"),
        (lambda m: replace(m, probabilities=m.probabilities * np.nan), "b: not every tested issue"),
    ],
)
def test_what_was_not_measured_alike_is_not_compared(change: Change, message: str) -> None:
    first, second = predictions("a", 1, 0.3), change(predictions("b", 2, 0.1))

    with pytest.raises(InputError, match=message):
        compare(first, second, resamples=2)
    with pytest.raises(InputError, match=message):
        resampled_t_test(first, second)


def test_what_cannot_be_measured_is_refused_before_it_is_resampled() -> None:
    model = predictions("a", 1, 0.3)
    none = replace(model, truth=np.zeros(ISSUES, dtype=bool))

    with pytest.raises(InputError, match="0 of 120 issues are relevant"):
        compare(none, none, resamples=2)


def test_a_fold_is_too_small_for_most_measures() -> None:
    model = predictions("a", 1, 0.3)

    with pytest.raises(InputError, match="too small for 'precision_at_20'") as caught:
        resampled_t_test(model, model, measure="precision_at_20")
    assert caught.value.hint == "Available: average_precision, roc_auc."
