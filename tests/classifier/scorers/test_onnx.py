"""What a served transformer says; test_onnx_damage.py has what it refuses."""

import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifier.artifact import verify, write_manifest
from classifier.calibration import BetaCalibration
from classifier.errors import InputError
from classifier.explain import explain
from classifier.normalize import normalize
from classifier.scorers import Scorer, load_scorer
from classifier.scorers.features import FACTS
from classifier.types import Issue, IssueKey, NormalizedIssue, Scenario

from .conftest import manifest

if TYPE_CHECKING:
    from training.families.transformer.model import TransformerModel

THREADS = "SILENTRANK_THREADS"
Issues = Sequence[NormalizedIssue]


@pytest.fixture(scope="session")
def scorer(onnx_directory: Path) -> Scorer:
    return load_scorer(onnx_directory, verify(onnx_directory))


def load_calibrated(directory: Path, calibration: BetaCalibration) -> Scorer:
    return load_scorer(directory, replace(verify(directory), calibration=calibration))


def log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_scores_are_probabilities_and_tell_issues_apart(scorer: Scorer, issues: Issues) -> None:
    scores = scorer.score(issues)

    assert [score.key for score in scores] == [issue.key for issue in issues]
    assert all(0.0 < score.probability < 1.0 for score in scores)
    assert len({score.probability for score in scores}) > len(issues) / 2


def test_aspects_are_shares_of_each_scenario_and_impact(scorer: Scorer, issues: Issues) -> None:
    assert scorer.has_aspects
    for score in scorer.score(issues):
        assert score.aspects
        assert len(score.aspects.scenario) == len(Scenario)
        assert len(score.aspects.impact) == 4
        for shares in (score.aspects.scenario, score.aspects.impact):
            assert min(shares) >= 0.0
            assert sum(shares) == pytest.approx(1.0, abs=1e-6)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_score_does_not_depend_on_the_issues_around_it(
    scorer: Scorer, issues: Issues, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(issues))[: data.draw(st.integers(1, len(issues)))]

    together = scorer.score(order)

    assert together == [scorer.score([issue])[0] for issue in order]


def test_the_number_of_threads_changes_no_score(
    onnx_directory: Path, issues: Issues, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(THREADS, raising=False)
    expected = load_scorer(onnx_directory, verify(onnx_directory)).score(issues)

    for threads in ("1", "2", "7"):
        monkeypatch.setenv(THREADS, threads)
        scorer = load_scorer(onnx_directory, verify(onnx_directory))
        assert scorer.score(issues) == expected


@pytest.mark.parametrize("said", ["", "0", "-1", "two", "1.5", "²"])
def test_a_number_of_threads_that_is_none_is_refused(
    onnx_directory: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv(THREADS, said)

    with pytest.raises(InputError, match=f"{THREADS} is {said!r}") as refused:
        load_scorer(onnx_directory, verify(onnx_directory))

    assert "such as 2" in refused.value.hint


def test_no_issues_have_no_scores(scorer: Scorer) -> None:
    assert scorer.score([]) == []


@pytest.mark.parametrize(
    "text", ["", "\x00\x1b[31m", "a" * 60_000, "mask " * 12_000, "損失🙂" * 9_000, "[SEP] [PAD]"]
)
def test_hostile_texts_have_scores(scorer: Scorer, text: str) -> None:
    issue = normalize(Issue(IssueKey(), text, f"{text}\n\n```\n{text}\n```"))

    assert 0.0 <= scorer.score([issue])[0].probability <= 1.0


def test_scores_are_calibrated_by_the_manifest(
    scorer: Scorer, onnx_directory: Path, issues: Issues
) -> None:
    calibration = BetaCalibration(0.5, 1.5, -1.0)
    raw = np.array([score.probability for score in scorer.score(issues)])

    scores = load_calibrated(onnx_directory, calibration).score(issues)

    assert [score.probability for score in scores] == pytest.approx(calibration.calibrate(raw))


def test_facts_are_told_in_the_words_that_hold(scorer: Scorer, issues: Issues) -> None:
    silent, loud = ({evidence.text for evidence in scorer.facts(one)} for one in issues[:2])

    assert "no error or traceback" in silent
    assert "an error or traceback" in loud
    assert len(silent) == len(loud) == len(FACTS)


def written(model: "TransformerModel", directory: Path, facts: NDArray[np.float64]) -> Scorer:
    """The same model with other weights of the facts."""
    replace(model, head=replace(model.head, facts=facts)).write(directory)
    return load_scorer(directory, write_manifest(directory, manifest()))


def test_facts_and_the_rest_add_up_to_the_log_odds(
    scorer: Scorer, onnx_model: "TransformerModel", issues: Issues, tmp_path: Path
) -> None:
    without = written(onnx_model, tmp_path, np.zeros(len(FACTS)))

    for issue in issues[:5]:
        (total,), (rest,) = scorer.score([issue]), without.score([issue])
        of_facts = sum(evidence.weight for evidence in scorer.facts(issue))
        assert log_odds(total.probability) == pytest.approx(
            log_odds(rest.probability) + of_facts, abs=1e-4
        )
        assert {evidence.weight for evidence in without.facts(issue)} == {0.0}


@pytest.mark.parametrize("left_out", [0, 4, len(FACTS) - 1])
def test_leaving_a_fact_out_changes_the_log_odds_by_its_weight(
    scorer: Scorer, onnx_model: "TransformerModel", issues: Issues, tmp_path: Path, left_out: int
) -> None:
    weights = onnx_model.head.facts.copy()
    weights[left_out] = 0.0
    without = written(onnx_model, tmp_path, weights)

    for issue in issues[:5]:
        (whole,), (other,) = scorer.score([issue]), without.score([issue])
        change = log_odds(whole.probability) - log_odds(other.probability)
        assert scorer.facts(issue)[left_out].weight == pytest.approx(change, abs=1e-4)


def test_facts_weigh_what_calibration_makes_of_them(
    scorer: Scorer, onnx_directory: Path, issues: Issues
) -> None:
    calibrated = load_calibrated(onnx_directory, BetaCalibration(2.0, 2.0, 0.3))

    for issue in issues[:5]:
        doubled = [2 * evidence.weight for evidence in scorer.facts(issue)]
        assert [one.weight for one in calibrated.facts(issue)] == pytest.approx(doubled)


def test_lines_and_facts_explain_a_score(scorer: Scorer, issues: Issues) -> None:
    reasons = explain(issues[0], scorer)

    assert reasons
    assert any(reason.is_quote for reason in reasons)
    assert reasons == explain(issues[0], scorer)


def test_a_model_directory_holds_what_is_served_and_the_same_bytes_each_time(
    onnx_model: "TransformerModel", onnx_directory: Path, tmp_path: Path
) -> None:
    onnx_model.write(tmp_path)

    names = {"model.onnx", "tokenizer.json", "reading.json"}
    assert {path.name for path in onnx_directory.iterdir()} == {*names, "manifest.json"}
    for name in names:
        assert (tmp_path / name).read_bytes() == (onnx_directory / name).read_bytes()


def test_a_model_is_served_without_what_trains_it(onnx_directory: Path) -> None:
    statement = (
        "import sys; from classifier import load, rank_issues; from classifier.types import *; "
        "model = load(sys.argv[1]); rank_issues([Issue(IssueKey('o/d', 1), 'Wrong loss')], model); "
        "print(*sys.modules)"
    )

    process = subprocess.run(
        [sys.executable, "-c", statement, onnx_directory],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "onnxruntime" in process.stdout.split()
    unneeded = {"onnx", "scipy", "sklearn", "torch", "training", "transformers"}
    assert not unneeded & {*process.stdout.split()}
