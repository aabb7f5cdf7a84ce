"""What opens a gate, and what a closed one says."""

import json
from collections.abc import Sequence

import pytest

from classifier import load
from classifier.artifact import find_model, read_manifest
from classifier.types import Evidence, NormalizedIssue, Score
from training.config import Experiment
from training.experiments import Bench, evaluate_quietly
from training.release import experiment_of
from training.release.gates import (
    Gate,
    Outcome,
    better_than_champion,
    better_than_chance,
    markdown,
    not_comparable,
    parity,
    same_data,
)

SAME = [
    (f"Loss {i} is wrong", f"Layer {i} gives **{i}**, no error.", f"Layer {i} gives {i}, no error.")
    for i in range(8)
]


def test_a_gate_is_open_if_it_was_passed_or_could_not_be_checked_and_need_not() -> None:
    gates = {
        (outcome, is_required): Gate("g", "1", "2", outcome, "", is_required=is_required).is_open
        for outcome in Outcome
        for is_required in (True, False)
    }

    assert gates == {
        (Outcome.PASSED, True): True,
        (Outcome.PASSED, False): True,
        (Outcome.FAILED, True): False,
        (Outcome.FAILED, False): False,
        (Outcome.UNCHECKED, True): False,
        (Outcome.UNCHECKED, False): True,
    }


def test_a_model_against_itself_is_not_better(bench: Bench, experiment: Experiment) -> None:
    evaluation = evaluate_quietly(bench, experiment, "cv")

    better, calibrated = better_than_champion(evaluation, evaluation.parts[0])

    assert better.outcome is Outcome.FAILED
    assert better.value == "AP +0.000, better in 50% of resamples"
    assert calibrated.outcome is Outcome.PASSED


def test_chance_does_not_beat_chance_and_a_model_does(bench: Bench, experiment: Experiment) -> None:
    random = experiment.model_copy(update={"name": "dice", "family": "random", "model": {}})

    (guessed, _) = better_than_chance(evaluate_quietly(bench, random, "cv"))
    (learned, calibrated) = better_than_chance(evaluate_quietly(bench, experiment, "cv"))

    assert guessed.outcome is Outcome.FAILED
    assert learned.outcome is Outcome.PASSED
    assert calibrated.is_open


def test_other_data_closes_a_gate() -> None:
    assert same_data("a" * 64, "a" * 64).is_open
    assert not same_data("a" * 64, "b" * 64).is_open


def test_a_champion_that_cannot_be_measured_closes_both_comparisons() -> None:
    gates = not_comparable("no such family")

    assert [gate.name for gate in gates] == ["better", "calibrated"]
    assert not any(gate.is_open for gate in gates)
    assert all("no such family" in gate.sentence for gate in gates)


def test_renderings_that_score_alike_are_at_par() -> None:
    gate = parity(SAME, load().scorer)

    assert gate.outcome is Outcome.PASSED
    assert gate.sentence.startswith("8 issues as markdown and as rendered text meet")


class Fickle:
    """Scores the two renderings in opposite orders, as a model that reads the markup might."""

    has_aspects = False

    def __init__(self) -> None:
        self._calls = 0

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        self._calls += 1
        sign = 1 if self._calls == 1 else -1
        return [Score(issue.key, 0.5 + sign * i / 100) for i, issue in enumerate(issues)]

    def facts(self, _: NormalizedIssue) -> list[Evidence]:
        return []


def test_renderings_that_score_otherwise_close_a_gate() -> None:
    gate = parity(SAME, Fickle())

    assert gate.outcome is Outcome.FAILED
    assert "miss the bounds" in gate.sentence
    assert gate.value == "correlation -1.000"


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_renderings_are_no_reason_to_refuse(count: int) -> None:
    gate = parity(SAME[:count], load().scorer)

    assert gate.outcome is Outcome.UNCHECKED
    assert gate.is_open


def test_what_a_gate_quotes_breaks_no_table() -> None:
    hostile = not_comparable("a | b\n| c | @someone <script>")

    rows = markdown(hostile).splitlines()

    assert len(rows) == 4
    assert all(row.count("|") == 6 for row in rows)
    assert "<script>" not in rows[-1]
    assert "@someone" not in rows[-1]


def test_the_shipped_model_can_be_measured_on_the_folds_of_others(experiment: Experiment) -> None:
    manifest = read_manifest(find_model())

    found = experiment_of(manifest, like=experiment)

    assert found.name == manifest.model_id
    assert found.evaluation == experiment.evaluation
    targets = json.loads(found.model_dump_json())["targets"]
    assert targets == targets | manifest.config["targets"]  # settings that came later aside
