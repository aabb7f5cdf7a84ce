import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.errors import InputError
from training import fold_store, provenance
from training.config import Experiment
from training.corpus import Corpus
from training.families.plain_embeddings import base_digest, weights_digest
from training.fold_store import FoldOutcome, FoldStore
from training.protocols import cross_validation
from training.splits import Split

OUTCOME = FoldOutcome(np.array([0.1, 1 / 3, 1e-17]), vote_factor=0.3, seconds=1.5)


@pytest.fixture
def split(corpus: Corpus, experiment: Experiment) -> Split:
    return cross_validation(corpus, experiment.evaluation)[0].splits[0]


def test_an_outcome_comes_back_to_the_last_digit(tmp_path: Path) -> None:
    FoldStore(tmp_path / "new" / "folder").put("a", OUTCOME)

    found = FoldStore(tmp_path / "new" / "folder").get("a")

    assert found is not None
    assert found.probabilities.tolist() == OUTCOME.probabilities.tolist()
    assert (found.vote_factor, found.seconds) == (0.3, 1.5)


@pytest.mark.parametrize(
    "content", [None, b"", b"[]", b"{}", b"\xff", b'{"probabilities": 1}', b'{"probabilities": []}']
)
def test_an_outcome_that_cannot_be_read_is_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.json").write_bytes(content)

    assert FoldStore(tmp_path).get("a") is None


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"name": "other"}, True),
        ({"description": "other"}, True),
        ({"ablations": {}}, True),
        ({"seed": 8}, False),
        ({"model": {"texts": [{"column": "prose"}]}}, False),
        ({"family": "majority", "model": {}}, False),
        ({"targets": {"use_votes": False}}, False),
        ({"evaluation": {"inner_folds": 5}}, False),
    ],
    ids=str,
)
def test_a_key_follows_the_settings_that_an_outcome_depends_on(
    corpus: Corpus, experiment: Experiment, split: Split, change: dict[str, Any], *, is_same: bool
) -> None:
    store = FoldStore(Path("unused"))
    other = Experiment.model_validate(experiment.model_dump() | change)

    keys = {store.key(one, corpus, corpus.is_silent, split) for one in (experiment, other)}

    assert (len(keys) == 1) is is_same


def test_a_key_follows_data_truth_and_rows(
    corpus: Corpus, experiment: Experiment, split: Split
) -> None:
    store = FoldStore(Path("unused"))
    fewer = dataclasses.replace(split, extra=split.extra[1:])
    moved = dataclasses.replace(split, train=split.train[1:], extra=np.append(split.extra, 0))
    keys = {
        store.key(experiment, corpus, corpus.is_silent, split),
        store.key(experiment, corpus, ~corpus.is_silent, split),
        store.key(experiment, corpus, corpus.is_silent, fewer),
        store.key(experiment, corpus, corpus.is_silent, moved),
        store.key(experiment, dataclasses.replace(corpus, digest="0"), corpus.is_silent, split),
    }

    assert len(keys) == 5
    renamed = dataclasses.replace(split, name="other", repeat=3)
    assert store.key(experiment, corpus, corpus.is_silent, renamed) in keys


def test_what_was_measured_while_the_code_changed_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold_store, "code_digest", lambda: "edited")

    with pytest.raises(InputError, match="The code changed while it was measured"):
        FoldStore(tmp_path).put("a", OUTCOME)

    assert list(tmp_path.iterdir()) == []


def test_the_digest_of_the_code_follows_what_is_measured_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "CODE", tmp_path)
    for name in ("classifier/metrics.py", "classifier/writers/table.py", "training/card.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("old")
    before = provenance.code_digest()

    (tmp_path / "classifier/writers/table.py").write_text("new")
    (tmp_path / "training/card.py").write_text("new")
    assert provenance.code_digest() == before

    (tmp_path / "classifier/metrics.py").write_text("new")
    assert provenance.code_digest() != before


def test_another_base_model_of_the_same_name_is_another_key(
    corpus: Corpus, experiment: Experiment, split: Split, tiny_base: Path, tmp_path: Path
) -> None:
    base = shutil.copytree(tiny_base, tmp_path / "base")
    own = experiment.model_copy(update={"family": "transformer", "model": {"base": str(base)}})

    def key() -> str:
        weights_digest.cache_clear()  # as a new process would
        base_digest.cache_clear()
        return FoldStore(tmp_path).key(own, corpus, corpus.is_silent, split)

    before = key()
    assert key() == before
    (base / "model.safetensors").write_bytes(b"others")
    assert key() != before
