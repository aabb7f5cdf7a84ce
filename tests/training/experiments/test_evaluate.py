import dataclasses
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from classifier.errors import InputError
from classifier.metrics import MEASURES, RANKING_MEASURES, average_precision, roc_auc
from classifier.types import IssueKey, NormalizedIssue
from training.config import Experiment, Settings
from training.corpus import Corpus
from training.evaluate import (
    PROTOCOLS,
    FoldResult,
    Protocol,
    fold_measures,
    run_folds,
    splits_of,
    summarize,
)
from training.families import Family
from training.families.tfidf import TfidfSettings
from training.fit import VOTE_FACTOR, fit_artifact
from training.targets import Floats


@pytest.fixture(scope="module")
def results(corpus: Corpus, experiment: Experiment) -> dict[Protocol, list[FoldResult]]:
    return {protocol: list(run_folds(corpus, experiment, protocol)) for protocol in PROTOCOLS}


def equal(first: FoldResult, second: FoldResult) -> bool:
    return (
        first.split.name == second.split.name
        and (first.probabilities == second.probabilities).all()
        and first.manifest.calibration == second.manifest.calibration
        and first.manifest.files == second.manifest.files
    )


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_tested_was_nearly_trained_on(
    corpus: Corpus, experiment: Experiment, protocol: Protocol
) -> None:
    for split in splits_of(corpus, experiment, protocol):
        trained = {*corpus.gold_groups[split.train]}
        trained |= {*corpus.silver_groups[corpus.silver_without(split.test)]}
        assert not trained & {*corpus.gold_groups[split.test]}


def test_every_issue_is_tested_once_a_repeat(corpus: Corpus, experiment: Experiment) -> None:
    splits = splits_of(corpus, experiment, "cv")

    assert len(splits) == 6
    for repeat in range(2):
        tested = np.concatenate([split.test for split in splits if split.repeat == repeat])
        assert sorted(tested) == list(range(len(corpus.gold)))


def test_the_split_in_time_tests_on_the_later_issues(
    corpus: Corpus, results: dict[Protocol, list[FoldResult]]
) -> None:
    (result,) = results["time"]

    start = datetime(2020, 1, 1, tzinfo=UTC)
    assert all(corpus.opened_at[i] >= start for i in result.split.test)
    assert all(corpus.opened_at[i] < start for i in result.split.train)


def test_the_split_in_time_learns_from_earlier_silver_rows_only(
    corpus: Corpus, experiment: Experiment, results: dict[Protocol, list[FoldResult]]
) -> None:
    (result,) = results["time"]
    start = datetime(2020, 1, 1, tzinfo=UTC)
    without_later = dataclasses.replace(
        corpus,
        silver=[
            dataclasses.replace(label, silver_score=100.0 - (label.silver_score or 0.0))
            if label.issue.opened_at is None or label.issue.opened_at >= start
            else label
            for label in corpus.silver
        ],
    )

    (again,) = run_folds(without_later, experiment, "time")

    assert equal(result, again)


def test_a_fold_predicts_calibrated_probabilities_of_what_it_tests(
    corpus: Corpus, results: dict[Protocol, list[FoldResult]]
) -> None:
    for result in results["cv"]:
        assert result.probabilities.shape == result.split.test.shape
        assert ((result.probabilities > 0) & (result.probabilities < 1)).all()
        is_silent = corpus.is_silent[result.split.test]
        assert fold_measures(corpus, result) == {
            "average_precision": average_precision(is_silent, result.probabilities),
            "roc_auc": roc_auc(is_silent, result.probabilities),
        }


def test_a_model_learns_what_the_invented_issues_teach(
    corpus: Corpus, results: dict[Protocol, list[FoldResult]]
) -> None:
    areas = [fold_measures(corpus, result)["roc_auc"] for result in results["cv"]]

    assert np.mean(areas) > 0.7  # a fifth of the issues mislead


def test_a_seed_makes_predictions_reproducible_and_processes_do_not_show(
    corpus: Corpus, experiment: Experiment, results: dict[Protocol, list[FoldResult]]
) -> None:
    parallel = {result.split.name: result for result in run_folds(corpus, experiment, "cv", jobs=2)}

    assert len(parallel) == len(results["cv"])
    for result in results["cv"]:
        assert equal(result, parallel[result.split.name])


def test_another_seed_gives_other_folds(corpus: Corpus, experiment: Experiment) -> None:
    other = experiment.model_copy(update={"seed": 8})

    assert [split.test.tolist() for split in splits_of(corpus, experiment, "cv")] != [
        split.test.tolist() for split in splits_of(corpus, other, "cv")
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_in_which_folds_end_does_not_matter(
    corpus: Corpus,
    experiment: Experiment,
    results: dict[Protocol, list[FoldResult]],
    seed: int,
) -> None:
    as_planned = summarize(corpus, experiment, "cv", results["cv"])
    shuffled = random.Random(seed).sample(results["cv"], len(results["cv"]))  # noqa: S311 - a test

    as_ended = summarize(corpus, experiment, "cv", shuffled)

    assert (as_ended.probabilities == as_planned.probabilities).all()
    assert as_ended.metrics == as_planned.metrics


def test_a_summary_has_every_measure_of_both_targets(
    corpus: Corpus, experiment: Experiment, results: dict[Protocol, list[FoldResult]]
) -> None:
    evaluation = summarize(corpus, experiment, "cv", results["cv"])

    assert evaluation.probabilities.shape == (2, len(corpus.gold))
    assert evaluation.tested.tolist() == list(range(len(corpus.gold)))
    assert {target: list(found) for target, found in evaluation.metrics.items()} == {
        "silent": list(MEASURES),
        "any_vote": list(RANKING_MEASURES),
    }
    assert evaluation.metrics["silent"]["roc_auc"].value == pytest.approx(
        np.mean([roc_auc(corpus.is_silent, row) for row in evaluation.probabilities])
    )


def test_the_chosen_vote_factor_is_a_candidate(
    experiment: Experiment, results: dict[Protocol, list[FoldResult]]
) -> None:
    chosen = {result.manifest.config[VOTE_FACTOR] for result in results["cv"]}

    assert chosen <= set(experiment.targets.vote_factors)


def test_a_manifest_tells_what_was_trained_on_what(
    corpus: Corpus, experiment: Experiment, tmp_path: Path
) -> None:
    everything = np.arange(len(corpus.gold))

    manifest = fit_artifact(corpus, everything, np.arange(0), experiment, tmp_path / "model")

    assert manifest.model_id == "small"
    assert manifest.scorer == "linear"
    assert manifest.data_digest == corpus.digest
    assert manifest.config["evaluation"]["cutoff"] == "2020-01-01"
    assert not (tmp_path / "model" / "manifest.json").exists()


def test_a_text_that_no_issue_has_is_refused_by_name(
    corpus: Corpus, experiment: Experiment, tmp_path: Path
) -> None:
    model = {"texts": [{"column": "code", "minimum_count": 1}]}
    without = experiment.model_copy(update={"model": model})

    with pytest.raises(InputError, match="texts 'code' to train on") as refused:
        fit_artifact(corpus, np.arange(66), np.arange(0), without, tmp_path)

    assert "leave the text out" in refused.value.hint


class Recorder:
    """A family that learns nothing and remembers who was trained on and who was predicted."""

    def __init__(self) -> None:
        self.trained: list[set[IssueKey]] = []
        self.predicted: list[set[IssueKey]] = []

    def fit(
        self,
        settings: Settings,
        texts: Sequence[NormalizedIssue],
        targets: Floats,
        weights: Floats,
        *,
        seed: int,
    ) -> list["Recorded"]:
        assert isinstance(settings, Settings)
        assert targets.shape[1] == len(texts) == len(weights)
        assert seed == 7
        self.trained.append({text.key for text in texts})
        return [Recorded(self) for _ in targets]


class Recorded:
    scorer = "linear"

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        self._recorder.predicted.append({issue.key for issue in issues})
        numbers = np.array([issue.key.number for issue in issues])
        raw: Floats = 0.3 + 0.4 * (numbers % 3 == 0) + 0.2 * np.sin(numbers)
        return raw

    def write(self, directory: Path) -> None:
        """Leave nothing."""


def test_the_calibrator_and_the_vote_factor_see_no_near_duplicate_either(
    corpus: Corpus, experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(
        "training.families.FAMILIES", {"tfidf": Family(TfidfSettings, recorder.fit)}
    )
    labels = [*corpus.gold, *corpus.silver]
    groups = [*corpus.gold_groups, *corpus.silver_groups]
    group_of = {label.issue.key: group for label, group in zip(labels, groups, strict=True)}

    fit_artifact(corpus, np.arange(66), np.arange(30), experiment, tmp_path / "model")

    *inner, last = recorder.trained
    assert len(last) == 66 + 30
    assert len(recorder.predicted) == 2 * len(inner) == 4  # both vote factors, both inner folds
    for position, predicted in enumerate(recorder.predicted):
        trained = {group_of[key] for key in inner[position // 2]}
        assert not trained & {group_of[key] for key in predicted}
