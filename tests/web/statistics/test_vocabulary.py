import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from classifier.web.statistics.drift import Level
from classifier.web.statistics.vocabulary import js_distance, shift_of, vocabulary_drift

KEPT = ["layer", "loss", "weights", "batch", "shape", "graph"]
OLD = [*KEPT, "session", "placeholder", "estimator", "optimizer"]
NEW = [*KEPT, "compile", "dynamo", "inductor", "mps"]
counts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12).filter(
    lambda rows: all(sum(column) for column in zip(*rows, strict=True))
)


def _issues(words: list[str], count: int, seed: int) -> list[str]:
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(words, 8)) for _ in range(count)]


@given(counts)
def test_the_distance_is_scipys(rows: list[tuple[int, int]]) -> None:
    first, second = np.array(rows, dtype=np.float64).T

    assert js_distance(first, second) == pytest.approx(jensenshannon(first, second, 2), abs=1e-7)
    assert js_distance(first, first) == pytest.approx(0.0, abs=1e-7)


def test_the_same_words_are_steady() -> None:
    found = vocabulary_drift(_issues(OLD, 200, 0), _issues(OLD, 80, 1))

    assert found.level is Level.STEADY


def test_other_words_are_drift_and_are_named() -> None:
    found = vocabulary_drift(_issues(OLD, 200, 0), _issues(NEW, 80, 1))

    assert found.level is Level.DRIFT
    more, less = found.sentence.split("less often")
    assert all(word in more for word in ("compile", "dynamo", "inductor", "mps"))
    assert all(word in less for word in ("session", "placeholder", "estimator", "optimizer"))


def test_the_same_seed_deals_the_same() -> None:
    first, second = _issues(OLD, 60, 0), _issues(NEW, 60, 1)

    assert shift_of(first, second, seed=7) == shift_of(first, second, seed=7)


def test_chance_alone_is_rarely_beyond_its_own_limit() -> None:
    shifts = [shift_of(_issues(OLD, 60, seed), _issues(OLD, 60, 100 + seed)) for seed in range(20)]

    assert sum(found.distance > found.high_by_chance for found in shifts) <= 2


def test_issues_without_a_word_have_not_changed() -> None:
    assert vocabulary_drift(["!"] * 60, ["1 2"] * 60).level is Level.STEADY


def test_few_issues_are_no_ground_for_an_alarm() -> None:
    assert vocabulary_drift(_issues(OLD, 20, 0), _issues(NEW, 80, 1)).level is Level.UNKNOWN
