"""What holds for every family in FAMILIES."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier.artifact import Manifest, verify, write_manifest
from classifier.calibration import IDENTITY
from classifier.errors import InputError
from classifier.scorers import load_scorer
from training.families import FAMILIES, ServableModel

if TYPE_CHECKING:
    from tests.training.families.conftest import Lesson, Tools

SERVABLE = {"tfidf-lr", "tfidf-svm", "tfidf-nb", "transformer"}
SEPARATING = SERVABLE | {"tfidf-gbm", "embedding-lr"}
BLIND = {"majority", "random"}


@pytest.mark.parametrize("name", FAMILIES)
def test_each_row_of_targets_has_a_model_that_says_probabilities(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    models = tools.fit(name, lesson)

    assert len(models) == len(lesson.targets)
    for model in models:
        raw = model.predict(lesson.asked)
        assert raw.shape == (len(lesson.asked),)
        assert raw.dtype == np.float64
        assert ((raw >= 0.0) & (raw <= 1.0)).all()


@pytest.mark.parametrize("name", sorted(FAMILIES.keys() - BLIND))
def test_silent_bugs_score_higher(name: str, lesson: "Lesson", tools: "Tools") -> None:
    for model in tools.fit(name, lesson):
        raw = model.predict(lesson.asked)
        is_silent = np.arange(len(lesson.asked)) % 3 == 0
        assert raw[is_silent].min() > raw[~is_silent].max()


@pytest.mark.parametrize("name", FAMILIES)
def test_the_same_seed_gives_the_same_predictions(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    first, second = (
        [model.predict(lesson.asked) for model in tools.fit(name, lesson)] for _ in range(2)
    )

    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", FAMILIES)
def test_an_issue_is_scored_alike_whatever_is_scored_with_it(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    for model in tools.fit(name, lesson):
        together = model.predict(lesson.asked)
        alone = np.concatenate([model.predict([issue]) for issue in lesson.asked])
        reversed_ = model.predict(lesson.asked[::-1])[::-1]

        assert alone == pytest.approx(together, abs=1e-9)
        assert reversed_ == pytest.approx(together, abs=1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_only_families_with_a_scorer_are_servable(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    models = tools.fit(name, lesson)

    assert {isinstance(model, ServableModel) for model in models} == {name in SERVABLE}


@pytest.mark.parametrize("name", sorted(SERVABLE))
def test_the_written_artifact_scores_as_the_model_in_memory(
    name: str, lesson: "Lesson", tools: "Tools", tmp_path: Path
) -> None:
    for number, model in enumerate(tools.fit(name, lesson)):
        directory = tmp_path / str(number)
        directory.mkdir()
        assert isinstance(model, ServableModel)
        model.write(directory)
        write_manifest(
            directory,
            Manifest(
                model_id="small",
                scorer=model.scorer,
                calibration=IDENTITY,
                created_at="2026-01-02T03:04:05+00:00",
                data_digest="0" * 64,
                config={},
                metrics={},
            ),
        )

        scores = load_scorer(directory, verify(directory)).score(lesson.asked)

        probabilities = [score.probability for score in scores]
        assert probabilities == pytest.approx(model.predict(lesson.asked), abs=1e-9)


ONE_CLASS = pytest.mark.parametrize(("share", "missing"), [(0.0, "silent"), (1.0, "other")])


@ONE_CLASS
@pytest.mark.parametrize("name", sorted(SEPARATING))
def test_what_tells_classes_apart_needs_both(
    name: str, share: float, missing: str, lesson: "Lesson", tools: "Tools"
) -> None:
    told = replace(lesson, targets=np.full((1, len(lesson.texts)), share))

    with pytest.raises(InputError, match=f"None of the 36 issues to train on is {missing}"):
        tools.fit(name, told)


@ONE_CLASS
@pytest.mark.parametrize("name", sorted(FAMILIES.keys() - SEPARATING))
def test_the_others_get_along_with_one(
    name: str, share: float, missing: str, lesson: "Lesson", tools: "Tools"
) -> None:
    (model,) = tools.fit(name, replace(lesson, targets=np.full((1, len(lesson.texts)), share)))

    raw = model.predict(lesson.asked)
    assert ((raw >= 0.0) & (raw <= 1.0)).all(), f"no {missing} issue was seen"
