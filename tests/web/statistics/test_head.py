import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.web.statistics.gate import LOOKS, gain_of, is_due, is_enough, judge
from classifier.web.statistics.head import Labelled, fit, head_of, labels_digest, out_of_fold

FILLER = ["model", "layer", "batch", "train", "shape", "graph", "weights", "loss", "epoch"]


def _labels(
    count: int, *, tells: bool, audited: int | None = None, seed: int = 0
) -> list[Labelled]:
    """Of one repository, where a word that the model does not know may tell silent bugs."""
    random = np.random.default_rng(seed)
    labels = []
    for number in range(count):
        is_silent = bool(random.random() < 0.3)
        words = [*random.choice(FILLER, 6), "zebra" if is_silent and tells else "horse"]
        probability = float(random.beta(2 + is_silent, 5))
        is_audited = audited is None or number < audited
        labels.append(
            Labelled(f"octo/demo#{number}", " ".join(words), probability, is_silent, is_audited)
        )
    return labels


LABELS = _labels(120, tells=True)


@settings(max_examples=10)
@given(st.permutations(LABELS[:40]))
def test_the_same_labels_give_the_same_head_in_whatever_order(labels: list[Labelled]) -> None:
    assert fit(labels).digest == fit(LABELS[:40]).digest
    assert labels_digest(labels) == labels_digest(LABELS[:40])


def test_another_label_gives_another_head() -> None:
    changed = [replace(LABELS[0], is_silent=not LABELS[0].is_silent), *LABELS[1:]]

    assert fit(changed).digest != fit(LABELS).digest
    assert labels_digest(changed) != labels_digest(LABELS)


def test_a_head_comes_back_from_json_with_every_digit() -> None:
    head = fit(LABELS)

    again = head_of(json.loads(json.dumps(head.coefficients)))

    assert again.digest == head.digest
    texts, model = [label.text for label in LABELS], np.full(len(LABELS), 0.2)
    assert again.probabilities(texts, model).tolist() == head.probabilities(texts, model).tolist()


def test_a_head_learns_a_word_and_keeps_what_the_model_says() -> None:
    head = fit(LABELS)

    silent, other = head.probabilities(["zebra loss", "horse loss"], np.array([0.2, 0.2]))
    likely, unlikely = head.probabilities(["loss", "loss"], np.array([0.6, 0.05]))

    assert silent > other
    assert likely > unlikely


@pytest.mark.parametrize("text", ["", "\x00\ud800 </script>", "語" * 5000])
def test_any_text_gets_a_probability(text: str) -> None:
    (said,) = fit(LABELS).probabilities([text], np.array([1.0]))

    assert 0.0 <= said <= 1.0


def test_out_of_fold_nobody_is_asked_about_what_it_learned() -> None:
    """Each silent bug has a word of its own, which tells it to who has seen it, and to no other."""
    labels = [replace(label, text=f"only{number}") for number, label in enumerate(LABELS)]
    truth = np.array([label.is_silent for label in labels])
    model = np.full(len(labels), 0.2)
    labels = [replace(label, probability=0.2) for label in labels]

    seen = fit(labels).probabilities([label.text for label in labels], model)
    unseen = out_of_fold(labels)

    assert seen[truth].mean() - seen[~truth].mean() > 0.05
    assert abs(unseen[truth].mean() - unseen[~truth].mean()) < 0.02


def test_near_duplicates_share_a_fold() -> None:
    pairs = [replace(label, name=f"pair{number // 2}") for number, label in enumerate(LABELS)]
    marked = [replace(label, text=label.name) for label in pairs]

    said = out_of_fold([replace(label, probability=0.2) for label in marked])

    assert np.ptp(said) < 0.2  # a twin's own word was never seen


def test_more_labels_move_no_old_one_to_another_fold() -> None:
    few = out_of_fold(LABELS[:60], seed=1)

    assert few.tolist() == out_of_fold(LABELS[:60][::-1], seed=1)[::-1].tolist()


def test_one_kind_of_label_leaves_the_model_its_word() -> None:
    labels = [replace(label, is_silent=False) for label in LABELS]

    assert out_of_fold(labels).tolist() == [label.probability for label in labels]


def test_a_head_that_is_clearly_better_on_audited_issues_is_used() -> None:
    gate = judge(_labels(200, tells=True))

    assert gate.is_open
    assert gate.gain is not None
    assert gate.gain.low > 0.0
    assert gate.reason.startswith("Used: average precision")


def test_a_head_that_learns_nothing_is_not_used() -> None:
    gate = judge(_labels(200, tells=False))

    assert not gate.is_open
    assert "does not exclude that the model is as good" in gate.reason


@pytest.mark.parametrize("audited", [0, 20, 49])
def test_too_few_audited_decisions_open_nothing_however_many_others_there_are(
    audited: int,
) -> None:
    gate = judge(_labels(300, tells=True, audited=audited))

    assert not gate.is_open
    assert f"{audited} audited decisions" in gate.reason
    assert "50 are needed, 10 of either kind" in gate.reason
    assert gate.average_precision is None


def test_nothing_decided_opens_nothing() -> None:
    assert not judge([]).is_open


def test_heads_that_learn_nothing_are_rarely_used_by_luck() -> None:
    opened = [
        judge(_labels(120, tells=False, seed=seed), resamples=200).is_open for seed in range(20)
    ]

    assert sum(opened) <= 1


def test_a_look_is_due_once_the_audited_have_doubled_and_only_so_often() -> None:
    looked: list[int] = []
    for audited in range(50, 100_000, 25):
        if is_due(audited, looked):
            looked.append(audited)

    assert looked == [50 * 2**look for look in range(LOOKS)]


def test_over_thirty_looks_heads_that_gain_nothing_are_hardly_ever_used() -> None:
    """Such a head differs from the model by luck alone, anew for every repository."""
    used = [_is_ever_used(np.random.default_rng(seed)) for seed in range(40)]

    assert sum(used) <= 2


def _is_ever_used(random: np.random.Generator) -> bool:
    """Ask for a look after every 20 audited issues, thirty times."""
    truth = random.random(50 + 29 * 20) < 0.3
    model, head = (random.normal(size=len(truth)) + truth for _ in range(2))
    looked: list[int] = []
    for audited in range(50, len(truth) + 1, 20):
        if is_due(audited, looked):
            looked.append(audited)
            gain = gain_of(truth[:audited], head[:audited], model[:audited], resamples=320)
            if is_enough(gain):
                return True
    return False
