from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.criteria import Budget, Precision, Recall
from classifier.prior_shift import offset_between
from classifier.thresholds import Labelled, Sample, Unlabelled, decide

TRUE_RATE, MODEL_RATE = 0.06, 0.2


def drawn(count: int, seed: int) -> tuple[Unlabelled, Labelled]:
    """Issues of a repository where silent bugs are rarer than where the model learned."""
    random = np.random.default_rng(seed)
    is_silent = random.random(count) < TRUE_RATE
    log_odds = 3 * random.normal(np.where(is_silent, 1.5, -1.5), 1.0)
    probabilities = 1 / (1 + np.exp(-log_odds - offset_between(0.5, MODEL_RATE)))
    return Unlabelled(probabilities, MODEL_RATE), Labelled(probabilities, is_silent.astype(float))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "criterion", [Budget(20, "week", days=70), Precision(0.5), Recall(0.9)], ids=str
)
def test_what_is_believed_without_labels_covers_what_labels_show(
    criterion: Budget | Precision | Recall, seed: int
) -> None:
    unlabelled, labelled = drawn(2000, seed)

    decision = decide(unlabelled, criterion, resamples=100)

    assert decision is not None
    passes = unlabelled.probabilities >= np.sort(unlabelled.probabilities)[-decision.passing_count]
    assert decision.base_rate.low < TRUE_RATE < decision.base_rate.high
    assert decision.real.low <= labelled.is_silent[passes].sum() <= decision.real.high
    assert offset_between(MODEL_RATE, TRUE_RATE) < decision.offset < 0.0


@pytest.mark.parametrize("sample", drawn(1000, seed=5), ids=["unlabelled", "labelled"])
def test_each_criterion_is_kept(sample: Sample) -> None:
    budget = decide(sample, Budget(10, "week", days=35), resamples=20)
    precise = decide(sample, Precision(0.7), resamples=20)
    complete = decide(sample, Recall(0.8), resamples=20)

    assert budget is not None
    assert precise is not None
    assert complete is not None
    assert budget.passing_count == 50
    assert precise.real.value / precise.passing_count >= 0.7
    assert complete.real.value >= 0.8 * sample.real().sum() - 1e-9


@pytest.mark.parametrize("sample", drawn(400, seed=6), ids=["unlabelled", "labelled"])
def test_reruns_agree(sample: Sample) -> None:
    assert decide(sample, Recall(0.8), resamples=20) == decide(sample, Recall(0.8), resamples=20)


@settings(max_examples=25)
@given(
    probabilities=st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.30001, 1.0]), min_size=2, max_size=30),
    most=st.integers(1, 40),
)
def test_a_budget_is_never_overdrawn_and_ties_stay_together(
    probabilities: list[float], most: int
) -> None:
    sample = Unlabelled(np.array(probabilities), 0.2)
    sizes = {sum(p >= cut for p in probabilities) for cut in probabilities}

    decision = decide(sample, Budget(most, "day", days=1), resamples=5)

    affordable = [size for size in sizes if size <= most]
    assert (decision.passing_count if decision else 0) == max(affordable, default=0)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_higher_precision_lets_fewer_pass(share: float) -> None:
    sample, _ = drawn(1000, seed=7)
    decisions = [decide(sample, Precision(share + more), resamples=5) for more in (0.0, 0.1)]

    counts = [decision.passing_count if decision else 0 for decision in decisions]
    assert all(looser >= stricter for looser, stricter in pairwise(counts))


def test_labels_of_some_stand_for_all() -> None:
    _, labelled = drawn(3000, seed=8)
    is_picked = np.random.default_rng(80).random(3000) < 0.5
    some = Labelled(labelled.probabilities, np.where(is_picked, labelled.is_silent, np.nan))
    budget = Budget(40, "week", days=35)

    of_all, of_some = decide(labelled, budget, resamples=50), decide(some, budget, resamples=50)

    assert of_all is not None
    assert of_some is not None
    assert some.silent_count == labelled.is_silent[is_picked].sum() < labelled.silent_count
    assert of_some.passing_count == of_all.passing_count == 200
    assert of_some.real.low < of_all.real.value < of_some.real.high
    assert of_some.real.high - of_some.real.low > of_all.real.high - of_all.real.low


def test_finding_none_is_no_proof_that_there_are_none() -> None:
    sample = Labelled(np.linspace(0.01, 0.9, 40), np.zeros(40))

    decision = decide(sample, Budget(10, "day", days=1), resamples=20)

    assert decision is not None
    assert (decision.real.value, decision.real.low, decision.real.high) == (0.0, 0.0, 3.0)
    assert 0.0 < decision.base_rate.low < decision.base_rate.value < decision.base_rate.high < 0.1
    assert (sample.silent_count, sample.labelled_count) == (0, 40)


def test_what_cannot_be_had_is_no_decision() -> None:
    sample = Labelled(np.linspace(0.01, 0.9, 40), np.zeros(40))

    assert decide(sample, Recall(0.9)) is None
    assert decide(sample, Precision(0.1)) is None


def test_the_threshold_lies_in_its_band_and_apart_from_the_issues() -> None:
    for sample in drawn(300, seed=9):
        decision = decide(sample, Recall(0.7), resamples=100)

        assert decision is not None
        low, high = decision.band
        assert low <= decision.threshold <= high
        assert low < high


@pytest.mark.parametrize(("labelled_passing", "highest"), [(0, 300.0), (8, 112.5), (300, 3.0)])
def test_where_no_label_among_those_that_pass_is_silent_few_labels_promise_little(
    labelled_passing: int, highest: float
) -> None:
    probabilities = np.repeat([0.9, 0.1], [300, 2700])
    is_silent = np.full(3000, np.nan)
    is_silent[:labelled_passing] = 0.0
    is_silent[300:360] = [1.0] * 3 + [0.0] * 57

    decision = decide(Labelled(probabilities, is_silent), Budget(300, "week", days=7))

    assert decision is not None
    assert decision.passing_count == 300
    assert (decision.real.value, decision.real.low) == (0.0, 0.0)
    assert decision.real.high == pytest.approx(highest)
