"""Encoders are trained once, shared by all that would train the same, and never half done."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from classifier.errors import InputError
from classifier.normalize import normalize
from classifier.scorers.reading import Reader, Reading
from classifier.types import Issue, IssueKey
from tests.tiny_transformer import WIDTH, WORDS, tiny_tokenizer, vocabulary

pytest.importorskip("torch", reason="needs the extra transformer")

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from training.families.plain_embeddings import base_digest, weights_digest
from training.families.transformer.encoders import (
    Encoder,
    Lesson,
    reading_settings,
    trained_encoder,
)
from training.families.transformer.settings import TransformerSettings

WEIGHTS = "model.safetensors"
SEED = 5
STAGE = {"epochs": 2, "batch": 4, "learning_rate": 1e-3}
LESSON = Lesson(
    tokens=[np.array([2, 5 + row, 3, *range(7, 20 + row % 3), 3]) for row in range(12)],
    targets={
        "silent": np.eye(2)[np.arange(12) % 2],
        "kind": np.where(np.arange(12)[:, None] < 6, np.eye(3)[np.arange(12) % 3], np.nan),
    },
    weights=np.ones(12),
    head_weights={"silent": 1.0, "kind": 0.3},
)


def readings() -> list[Reading]:
    random = np.random.default_rng(2)
    issues = [
        normalize(Issue(IssueKey("octo/grad", number), " ".join(random.choice(WORDS, number))))
        for number in range(1, 25)
    ]
    return Reader(tiny_tokenizer(), budget=64, start=2, end=3).read(issues)


@pytest.fixture(scope="module")
def settings(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> TransformerSettings:
    """One layer, and a base of this module's own, that is lost once an encoder was trained."""
    folder = tmp_path_factory.mktemp("encoders")
    shutil.copytree(tiny_base, folder / "base")
    return TransformerSettings.model_validate(
        {
            "base": str(folder / "base"),
            "encoders": folder / "encoders",
            "layers": 1,
            "tokens": 64,
            "stage": STAGE,
        }
    )


@pytest.fixture(scope="module")
def encoder(settings: TransformerSettings) -> Encoder:
    """Trained; from now on whoever would train misses the base's weights."""
    trained = trained_encoder(settings, LESSON, seed=SEED)
    shutil.copytree(settings.base, f"{settings.base}-kept")
    (Path(settings.base) / WEIGHTS).unlink()
    return trained


def times(directory: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in directory.iterdir()}


@pytest.mark.parametrize(
    "changes",
    [{}, {"inverse_regularization": 9.0}, {"judged_weight": 0.1}, {"opinion_factor": 0.0}],
    ids=str,
)
def test_an_equal_lesson_finds_the_encoder_and_trains_nothing(
    settings: TransformerSettings, encoder: Encoder, changes: dict[str, float]
) -> None:
    """Settings that come after the stage are none of its business."""
    copied = replace(LESSON, tokens=[ids.copy() for ids in LESSON.tokens])
    written = times(encoder.directory)

    again = trained_encoder(settings.model_copy(update=changes), copied, seed=SEED)

    assert (again.directory, again.digest) == (encoder.directory, encoder.digest)
    assert again.opinion.tolist() == encoder.opinion.tolist()
    written.pop("lock"), (after := times(encoder.directory)).pop("lock")
    assert after == written


def with_targets(name: str, row: int) -> Lesson:
    rows = LESSON.targets[name].copy()
    rows[row] = np.roll(rows[row], 1)
    return replace(LESSON, targets={**LESSON.targets, name: rows})


OTHER_LESSONS = {
    "another word": replace(LESSON, tokens=[LESSON.tokens[0] + 1, *LESSON.tokens[1:]]),
    "another order": replace(LESSON, tokens=LESSON.tokens[::-1]),
    "another verdict": with_targets("silent", 3),
    "another kind": with_targets("kind", 3),
    "another weight": replace(LESSON, weights=np.linspace(0.9, 1.0, 12)),
    "a louder head": replace(LESSON, head_weights={"silent": 1.0, "kind": 0.4}),
}


@pytest.mark.parametrize("lesson", OTHER_LESSONS.values(), ids=OTHER_LESSONS)
@pytest.mark.usefixtures("encoder")
def test_another_lesson_trains_anew(settings: TransformerSettings, lesson: Lesson) -> None:
    with pytest.raises(OSError, match=WEIGHTS):
        trained_encoder(settings, lesson, seed=SEED)


@pytest.mark.parametrize(
    "changes",
    [{"stage": {**STAGE, "epochs": 3}}, {"layers": 2}, {"tokens": 65}, {"base": "another"}],
    ids=str,
)
@pytest.mark.usefixtures("encoder")
def test_other_settings_or_another_seed_train_anew(
    settings: TransformerSettings, changes: dict[str, Any]
) -> None:
    if "base" in changes:
        another = shutil.copytree(f"{settings.base}-kept", Path(settings.base).with_name("another"))
        base_digest(str(another))
        (another / WEIGHTS).unlink()
        changes = {"base": str(another)}
    other = TransformerSettings.model_validate(settings.model_dump() | changes)

    for given, seed in ((other, SEED), (settings, SEED + 1)):
        with pytest.raises(OSError, match=WEIGHTS):
            trained_encoder(given, LESSON, seed=seed)


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("changed", [WEIGHTS, "config.json"])
def test_another_base_model_of_the_same_name_trains_anew(
    settings: TransformerSettings, changed: str
) -> None:
    base, kept = Path(settings.base), Path(f"{settings.base}-kept")
    for name in (WEIGHTS, changed):
        shutil.copy(kept / name, base)
    with (base / changed).open("ab") as file:
        file.write(b" ")
    try:
        forget_digests()
        base_digest(settings.base)
        (base / WEIGHTS).unlink()
        with pytest.raises(OSError, match=WEIGHTS):
            trained_encoder(settings, LESSON, seed=SEED)
    finally:
        for name in (WEIGHTS, changed):
            shutil.copy(kept / name, base)
        forget_digests()
        base_digest(settings.base)
        (base / WEIGHTS).unlink()


def forget_digests() -> None:
    """As a new process would."""
    weights_digest.cache_clear()
    base_digest.cache_clear()


def test_an_interrupted_training_leaves_no_encoder_and_goes_on(
    settings: TransformerSettings, encoder: Encoder, tmp_path: Path
) -> None:
    kept = {"base": settings.base, "encoders": tmp_path}
    home = tmp_path / encoder.digest
    (home / "network.safetensors").mkdir(parents=True)  # nothing can be written there
    shutil.copy(f"{settings.base}-kept/{WEIGHTS}", settings.base)
    own = settings.model_copy(update=kept)
    try:
        with pytest.raises(SafetensorError, match="Is a directory"):
            trained_encoder(own, LESSON, seed=SEED)
        assert not (home / "complete.json").exists()
        assert [*(home / "checkpoints").glob("checkpoint-*")]

        (home / "network.safetensors").rmdir()
        whole = trained_encoder(own, LESSON, seed=SEED)
    finally:
        (Path(settings.base) / WEIGHTS).unlink()

    assert whole.opinion.tolist() == encoder.opinion.tolist()
    first, second = (load_file(one.directory / "network.safetensors") for one in (encoder, whole))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not (home / "checkpoints").exists()


def test_an_opinion_is_the_stages_own_of_silent_bugs(encoder: Encoder) -> None:
    no, yes = encoder.network().heads["silent"].weight.detach().numpy()

    assert encoder.opinion == pytest.approx(yes - no)


def test_embeddings_are_the_same_from_the_cache_and_anew(encoder: Encoder) -> None:
    own = readings()

    first = encoder.embed(own)

    assert first.shape == (24, WIDTH)
    assert first.dtype == np.float64
    graph = encoder.graph.read_bytes()
    encoder.graph.unlink()  # what is kept needs none
    try:
        assert np.array_equal(encoder.embed([*own[::-1], own[0]]), [*first[::-1], first[0]])
    finally:
        encoder.graph.write_bytes(graph)
    for path in encoder.directory.glob("embeddings.sqlite*"):
        path.unlink()
    assert np.array_equal(np.vstack([encoder.embed([one]) for one in own]), first)


def test_embeddings_are_nearly_those_of_the_network(encoder: Encoder) -> None:
    network = encoder.network()
    exact = []
    with torch.inference_mode():
        for reading in readings():
            ids = torch.as_tensor(reading.tokens)[None]
            exact.append(network.embed(ids, torch.ones_like(ids))[0].numpy())

    differences = np.array(exact) - encoder.embed(readings())

    assert np.abs(differences).max() < 0.2 * np.std(exact)


def test_marks_and_vocabulary_are_the_tokenizers(tiny_base: Path) -> None:
    settings = TransformerSettings(base=str(tiny_base), tokens=100)

    reading, tokenizer = reading_settings(settings)

    ids = vocabulary()
    assert (reading.start, reading.end) == (ids["[CLS]"], ids["[SEP]"])
    assert (reading.budget, reading.vocabulary) == (100, len(ids))
    assert tokenizer == tiny_base / "tokenizer.json"


def change_tokenizer(base: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    copy = shutil.copytree(base, folder / "base")
    content = json.loads((copy / "tokenizer.json").read_bytes())
    change(content)
    (copy / "tokenizer.json").write_text(json.dumps(content))
    Tokenizer.from_file(str(copy / "tokenizer.json"))
    return str(copy)


def test_a_tokenizer_without_marks_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    base = change_tokenizer(tiny_base, tmp_path, lambda c: c.update(post_processor=None))

    with pytest.raises(InputError, match="puts 0 marks around a text, not 2") as refused:
        reading_settings(TransformerSettings(base=base))

    assert refused.value.hint


def test_a_vocabulary_with_gaps_is_as_large_as_its_last_word(
    tiny_base: Path, tmp_path: Path
) -> None:
    base = change_tokenizer(tiny_base, tmp_path, lambda c: c["model"]["vocab"].update(epsilon=999))

    assert reading_settings(TransformerSettings(base=base))[0].vocabulary == 1000
