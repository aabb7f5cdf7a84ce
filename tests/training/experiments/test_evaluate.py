import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.errors import InputError
from classifier.metrics import MEASURES, RANKING_MEASURES, average_precision, roc_auc
from classifier.types import IssueKey, NormalizedIssue
from training.compare import Verdict, compare
from training.config import Experiment, Settings
from training.corpus import Corpus, Floats
from training.evaluate import Fold, run_folds, summarize
from training.families import FAMILIES, Family, FittedModel
from training.fit import fit, write_fitted
from training.fold_store import FoldStore
from training.protocols import PROTOCOLS, Part, Protocol, parts_of

TFIDF = FAMILIES["tfidf-lr"]


@pytest.fixture(scope="module")
def parts(corpus: Corpus, experiment: Experiment) -> dict[Protocol, list[Part]]:
    return {name: parts_of(corpus, experiment.evaluation, name) for name in PROTOCOLS}


def run(
    parts: list[Part], experiment: Experiment, directory: Path, *, jobs: int = 1
) -> list[list[Fold]]:
    return run_folds(parts, experiment, FoldStore(directory), title="test", jobs=jobs)


@pytest.fixture(scope="module")
def folds(
    parts: dict[Protocol, list[Part]],
    experiment: Experiment,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[Protocol, list[list[Fold]]]:
    store = tmp_path_factory.mktemp("folds")
    return {name: run(parts[name], experiment, store) for name in PROTOCOLS}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_fold_predicts_probabilities_of_what_it_tests(
    folds: dict[Protocol, list[list[Fold]]], protocol: Protocol
) -> None:
    for fold in (fold for part in folds[protocol] for fold in part):
        probabilities = fold.outcome.probabilities
        assert probabilities.shape == fold.split.test.shape
        assert ((probabilities > 0) & (probabilities < 1)).all()
        assert fold.outcome.seconds > 0


def test_a_model_learns_what_the_invented_issues_teach(
    corpus: Corpus, folds: dict[Protocol, list[list[Fold]]]
) -> None:
    areas = [
        roc_auc(corpus.is_silent[fold.split.test], fold.outcome.probabilities)
        for fold in folds["cv"][0]
    ]

    assert np.mean(areas) > 0.7  # a fifth of the issues mislead


def test_equal_settings_data_and_seed_predict_the_same_and_processes_do_not_show(
    parts: dict[Protocol, list[Part]],
    experiment: Experiment,
    folds: dict[Protocol, list[list[Fold]]],
    tmp_path: Path,
) -> None:
    again = run(parts["cv"], experiment, tmp_path, jobs=2)

    for one, other in zip(folds["cv"][0], again[0], strict=True):
        assert one.split.name == other.split.name
        assert one.outcome.probabilities == pytest.approx(other.outcome.probabilities, abs=1e-6)
        assert one.outcome.vote_factor == other.outcome.vote_factor


class Interrupted:
    """The real family, until it is asked once too often."""

    def __init__(self, fits: int) -> None:
        self.fits = fits

    def fit(self, *arguments: Any, seed: int) -> Sequence[FittedModel]:  # noqa: ANN401 passed on
        self.fits -= 1
        if self.fits < 0:
            raise KeyboardInterrupt
        return TFIDF.fit(*arguments, seed=seed)


def test_an_interrupted_run_keeps_finished_folds_and_goes_on(
    parts: dict[Protocol, list[Part]],
    experiment: Experiment,
    folds: dict[Protocol, list[list[Fold]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fits_a_fold = experiment.evaluation.inner_folds + 1

    def limit_to(fits: int) -> Interrupted:
        family = Interrupted(fits)
        families = {"tfidf-lr": Family(TFIDF.settings, family.fit)}
        monkeypatch.setattr("training.families.FAMILIES", families)
        return family

    limit_to(2 * fits_a_fold + 1)
    with pytest.raises(KeyboardInterrupt):
        run(parts["cv"], experiment, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2

    left = limit_to(100)
    results = run(parts["cv"], experiment, tmp_path)

    assert 100 - left.fits == 4 * fits_a_fold  # the first two folds are not done again
    for one, other in zip(folds["cv"][0], results[0], strict=True):
        assert (one.outcome.probabilities == other.outcome.probabilities).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_folds_end_does_not_matter(
    parts: dict[Protocol, list[Part]],
    experiment: Experiment,
    folds: dict[Protocol, list[list[Fold]]],
    seed: int,
) -> None:
    (part,), (as_planned,) = parts["cv"], folds["cv"]
    as_ended = random.Random(seed).sample(as_planned, len(as_planned))  # noqa: S311 - a test

    (one,) = summarize([part], experiment, "cv", [as_planned]).parts
    (other,) = summarize([part], experiment, "cv", [as_ended]).parts

    assert (one.probabilities == other.probabilities).all()
    assert one.rows == other.rows


def test_a_summary_has_every_measure_of_each_truth(
    corpus: Corpus,
    parts: dict[Protocol, list[Part]],
    experiment: Experiment,
    folds: dict[Protocol, list[list[Fold]]],
) -> None:
    evaluation = summarize(parts["cv"], experiment, "cv", folds["cv"])
    (part,) = evaluation.parts

    assert part.probabilities.shape == part.folds.shape == (2, len(corpus.gold))
    assert [key.number for key in part.keys] == list(range(1, 67))
    assert {name: list(row) for name, row in evaluation.rows.items()} == {
        "silent": list(MEASURES),
        "any_vote": list(RANKING_MEASURES),
    }
    assert evaluation.rows["silent"]["roc_auc"].value == pytest.approx(
        np.mean([roc_auc(part.truth, row) for row in part.probabilities])
    )
    first, *_ = evaluation.fold_rows
    tested = folds["cv"][0][0]
    assert first["average_precision"] == average_precision(
        corpus.is_silent[tested.split.test], tested.outcome.probabilities
    )


def test_an_experiment_draws_against_itself_on_its_own_folds(
    parts: dict[Protocol, list[Part]],
    experiment: Experiment,
    folds: dict[Protocol, list[list[Fold]]],
) -> None:
    for protocol in PROTOCOLS:
        evaluation = summarize(parts[protocol], experiment, protocol, folds[protocol])
        for part in evaluation.parts:
            assert compare(part, part, resamples=100).verdict is Verdict.DRAW


def test_a_family_that_nothing_serves_is_measured_and_not_released(
    parts: dict[Protocol, list[Part]], corpus: Corpus, experiment: Experiment, tmp_path: Path
) -> None:
    majority = experiment.model_copy(update={"family": "majority", "model": {}})

    (folds,) = run(parts["cv"], majority, tmp_path / "folds")

    for fold in folds:
        share = corpus.is_silent[fold.split.train].mean()
        assert fold.outcome.probabilities == pytest.approx(np.full(22, share), abs=0.02)
    fitted = fit(corpus, corpus.is_silent, corpus.gold, corpus.of("silver"), majority)
    with pytest.raises(InputError, match="Family 'majority' is for comparison"):
        write_fitted(fitted, corpus, majority, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_manifest_tells_what_was_trained_on_what(
    corpus: Corpus, experiment: Experiment, tmp_path: Path
) -> None:
    fitted = fit(corpus, corpus.is_silent, corpus.gold, corpus.of("silver"), experiment)
    manifest = write_fitted(fitted, corpus, experiment, tmp_path / "model")

    assert manifest.model_id == "small"
    assert manifest.scorer == "linear"
    assert manifest.data_digest == corpus.digest
    assert manifest.config["evaluation"]["first_origin"] == "2020-01-01"
    assert manifest.config["chosen_vote_factor"] in experiment.targets.vote_factors
    assert manifest.base_rate == pytest.approx(22 / 66)
    assert not (tmp_path / "model" / "manifest.json").exists()


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
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        self._recorder.predicted.append({issue.key for issue in issues})
        numbers = np.array([issue.key.number for issue in issues])
        raw: Floats = 0.3 + 0.4 * (numbers % 3 == 0) + 0.2 * np.sin(numbers)
        return raw


def test_the_calibrator_and_the_vote_factor_see_no_near_duplicate_either(
    corpus: Corpus, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    families = {"tfidf-lr": Family(TFIDF.settings, recorder.fit)}
    monkeypatch.setattr("training.families.FAMILIES", families)
    group_of = {
        label.issue.key: group for label, group in zip(corpus.issues, corpus.groups, strict=True)
    }

    fit(corpus, corpus.is_silent, corpus.gold, corpus.of("silver"), experiment)

    *inner, last = recorder.trained
    assert len(last) == 66 + 30
    assert len(recorder.predicted) == 2 * len(inner) == 4  # both vote factors, both inner folds
    for position, predicted in enumerate(recorder.predicted):
        trained = {group_of[key] for key in inner[position // 2]}
        assert not trained & {group_of[key] for key in predicted}
