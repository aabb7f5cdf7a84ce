"""Who teaches the encoder, who teaches the heads, and whether what ships is what was trained."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.artifact import Manifest, models_directory, write_manifest
from classifier.calibration import IDENTITY
from classifier.errors import InputError
from classifier.scorers import load_scorer
from classifier.scorers.onnx import MODEL_FILE
from classifier.types import Aspects, NormalizedIssue
from tests.training.families.conftest import invented, is_silent, normalized
from training.dataset import KINDS
from training.facets import Facets

pytest.importorskip("torch", reason="needs the extra transformer")

from training.families.transformer import TransformerSettings, fit
from training.families.transformer.model import TransformerModel
from training.families.transformer.parity import Parity, check

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

ROWS = 36
NUMBERS = np.arange(ROWS)
TEXTS = [invented(number) for number in range(ROWS)]
IS_SILENT = np.array([is_silent(number) for number in range(ROWS)])
TARGETS = IS_SILENT.astype(np.float64)
WEIGHTS = np.ones(ROWS)
EVERYBODY = np.ones(ROWS, dtype=bool)
IS_SILVER = NUMBERS % 2 == 0


def facets(*, is_taught: Booleans, is_judged: Booleans = EVERYBODY) -> Facets:
    """Silver rows have an opinion; of silent bugs the scenario is known, and the impact."""
    scenarios = np.where(IS_SILENT[:, None], np.eye(7)[NUMBERS // 3 % 2], np.eye(7)[[5] * ROWS])
    return Facets(
        is_taught=is_taught,
        is_judged=is_judged,
        opinions=np.where(IS_SILVER, np.where(IS_SILENT, 0.9, 0.1), np.nan),
        verdicts=np.where(IS_SILVER, np.nan, IS_SILENT),
        kinds=np.full((ROWS, len(KINDS)), np.nan),
        scenarios=scenarios,
        impacts=np.where(IS_SILENT[:, None], np.eye(4)[NUMBERS // 3 % 2 + 1], np.nan),
    )


@pytest.fixture(scope="module")
def settings(tiny_base: Path, tiny_encoders: Path) -> TransformerSettings:
    return TransformerSettings.model_validate(
        {"base": str(tiny_base), "encoders": tiny_encoders, "minimum_count": 1}
    )


@pytest.fixture(scope="module")
def taught(settings: TransformerSettings) -> TransformerSettings:
    """With a stage of one epoch and one layer."""
    stage = {"epochs": 1, "batch": 6, "learning_rate": 1e-3, "averaged_epochs": 1}
    return TransformerSettings.model_validate(settings.model_dump() | {"stage": stage, "layers": 1})


def fitted(
    settings: TransformerSettings,
    told: Facets,
    *,
    texts: Sequence[NormalizedIssue] = TEXTS,
    targets: Floats = TARGETS,
) -> TransformerModel:
    (model,) = fit(settings, texts, targets[None], WEIGHTS, seed=3, facets=told)
    return model


ASKED = [invented(number) for number in range(ROWS, ROWS + 12)]


def test_gold_labels_and_gold_rows_do_not_change_the_encoder(taught: TransformerSettings) -> None:
    told = facets(is_taught=IS_SILVER)

    first = fitted(taught, told)
    relabelled = fitted(taught, told, targets=np.where(IS_SILVER, TARGETS, 1.0 - TARGETS))
    reworded = fitted(
        taught,
        told,
        texts=[
            text if is_silver else normalized("Another title", number=number)
            for number, (text, is_silver) in enumerate(zip(TEXTS, IS_SILVER, strict=True))
        ],
    )

    assert first.encoder.digest == relabelled.encoder.digest == reworded.encoder.digest
    assert first.encoder.opinion.shape == (32,)
    assert not np.array_equal(first.predict(ASKED), relabelled.predict(ASKED))


def test_targets_of_silver_rows_do_not_change_the_encoder_for_they_have_an_opinion(
    taught: TransformerSettings,
) -> None:
    told = facets(is_taught=IS_SILVER)

    exponents = [fitted(taught, told, targets=np.full(ROWS, 0.5) ** power) for power in (1, 3)]

    assert len({model.encoder.digest for model in exponents}) == 1


def test_rows_that_are_not_judged_teach_no_head(settings: TransformerSettings) -> None:
    """Not even how rare a word is."""
    is_judged = NUMBERS < 24
    nobody = ~EVERYBODY

    beside = fitted(settings, facets(is_taught=nobody, is_judged=is_judged))

    kept = facets(is_taught=nobody)
    names = ("is_taught", "is_judged", "opinions", "verdicts", "kinds", "scenarios", "impacts")
    (alone,) = fit(
        settings, TEXTS[:24], TARGETS[None, :24], WEIGHTS[:24], seed=3,
        facets=replace(kept, **{name: getattr(kept, name)[:24] for name in names}),
    )  # fmt: skip
    assert beside.predict(ASKED).tolist() == alone.predict(ASKED).tolist()
    assert np.array_equal(beside.head.idf, alone.head.idf)


def test_what_is_written_tells_nothing_of_the_machine_that_made_it(
    settings: TransformerSettings, tmp_path: Path
) -> None:
    fitted(settings, facets(is_taught=~EVERYBODY)).write(tmp_path)

    assert b".py" not in (tmp_path / MODEL_FILE).read_bytes()


def test_neither_do_the_models_that_ship() -> None:
    graphs = list(models_directory().glob(f"*/{MODEL_FILE}"))

    assert graphs
    assert not [path for path in graphs if b".py" in path.read_bytes()]


def test_models_that_nobody_teaches_share_one_encoder(settings: TransformerSettings) -> None:
    told = fitted(settings, facets(is_taught=~EVERYBODY))
    (untold,) = fit(settings, TEXTS, TARGETS[None], WEIGHTS, seed=3)

    assert told.encoder.digest == untold.encoder.digest
    assert told.encoder.opinion.size == 0
    assert told.predict(ASKED).tolist() == untold.predict(ASKED).tolist()


def aspects_of(model: TransformerModel, directory: Path) -> list[Aspects]:
    manifest: dict[str, Any] = {"model_id": "small", "scorer": model.scorer, "config": {}}
    manifest |= {"calibration": IDENTITY, "created_at": "", "data_digest": "", "metrics": {}}
    directory.mkdir()
    model.write(directory)
    scorer = load_scorer(directory, write_manifest(directory, Manifest(**manifest)))
    return [score.aspects for score in scorer.score(ASKED) if score.aspects]


def test_aspects_are_learned_from_silent_bugs_alone(
    settings: TransformerSettings, tmp_path: Path
) -> None:
    """Of scenarios only two are a silent bug's; the others' is one that no silent bug has."""
    told, untold = (
        aspects_of(model, tmp_path / name)
        for name, model in (
            ("told", fitted(settings, facets(is_taught=~EVERYBODY))),
            ("untold", fit(settings, TEXTS, TARGETS[None], WEIGHTS, seed=3)[0]),
        )
    )

    assert len(told) == len(untold) == len(ASKED)
    for own in told:
        assert sum(own.scenario[:2]) == pytest.approx(1.0, abs=1e-6)
        assert sum(own.impact[1:3]) == pytest.approx(1.0, abs=1e-6)
    for own in untold:
        assert own.scenario == pytest.approx([1 / 7] * 7)
        assert own.impact == pytest.approx([1 / 4] * 4)


@pytest.mark.parametrize("field", ["difference", "correlation"])
def test_a_comparison_that_gives_no_number_is_refused(field: str) -> None:
    near = Parity(9, difference=0.01, correlation=0.9995, precision=0.5, served_precision=0.502)

    with pytest.raises(InputError, match="nan"):
        check(replace(near, **{field: math.nan}))  # type: ignore[arg-type] # a number of its own
