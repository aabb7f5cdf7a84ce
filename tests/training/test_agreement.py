from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from training.label_studies.agreement import measure_agreement, quadratic_kappa

CLASSES = 4
pairs = st.lists(
    st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=2, max_size=40
)


@given(pairs)
def test_agreements_are_those_of_scikit_learn(rows: list[tuple[int, int]]) -> None:
    true, said = np.array(rows).T

    found = measure_agreement(true, said[np.newaxis], classes=CLASSES, resamples=5, seed=0)

    assert found["accuracy"].value == pytest.approx(accuracy_score(true, said))
    assert found["macro_f1"].value == pytest.approx(f1_score(true, said, average="macro"))
    if len(set(true) | set(said)) > 1:
        labels = list(range(CLASSES))
        kappa = cohen_kappa_score(true, said, weights="quadratic", labels=labels)
        assert found["quadratic_kappa"].value == pytest.approx(kappa)


def test_one_class_alone_agrees_no_better_than_chance() -> None:
    confusion = np.zeros((CLASSES, CLASSES))
    confusion[2, 2] = 9

    assert quadratic_kappa(confusion) == 0.0


def test_a_near_miss_of_an_ordered_class_costs_less_than_a_far_one() -> None:
    true = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    near, far = true.copy(), true.copy()
    near[0], far[0] = 1, 3

    kappa = [
        measure_agreement(true, said[np.newaxis], classes=CLASSES, resamples=5, seed=0)[
            "quadratic_kappa"
        ].value
        for said in (near, far)
    ]

    assert kappa[0] > kappa[1]


def test_repeats_are_averaged_and_are_no_more_evidence() -> None:
    random = np.random.default_rng(3)
    true = random.integers(0, CLASSES, 60)
    said = np.where(random.random(60) < 0.6, true, random.integers(0, CLASSES, 60))

    once = measure_agreement(true, said[np.newaxis], classes=CLASSES, resamples=200, seed=1)
    thrice = measure_agreement(true, np.stack([said] * 3), classes=CLASSES, resamples=200, seed=1)

    for name, estimate in once.items():
        assert astuple(estimate) == pytest.approx(astuple(thrice[name]))
    assert all(e.low < e.value < e.high for e in once.values())
