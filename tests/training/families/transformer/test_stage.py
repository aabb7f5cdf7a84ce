"""How a network learns: the same each time, and on from where it was stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tiny_transformer import LAYERS, vocabulary

pytest.importorskip("torch", reason="needs the extra transformer")

import torch
from safetensors.torch import load_file

from training.families.transformer.network import (
    Head,
    IssueNetwork,
    build_network,
    load_network,
    save_network,
)
from training.families.transformer.settings import StageSettings
from training.families.transformer.stage import examples, pad_tokens, train

Floats = NDArray[np.float64]
Weights = dict[str, Any]
HEADS = {"silent": Head(2), "kind": Head(3, weight=0.3)}
ROWS = 24
STEPS = 6  # of an epoch: 24 rows in batches of 4
QUICK: dict[str, Any] = {"epochs": 3, "batch": 4, "learning_rate": 1e-3}


def lesson(kinds: Floats | None = None, *, rows: int = ROWS) -> Any:  # noqa: ANN401 - a dataset
    """Rows whose first word tells whether they are silent."""
    random = np.random.default_rng(0)
    tokens = [random.integers(5, len(vocabulary()), size=10 + row % 9) for row in range(rows)]
    is_silent = np.array([float(row % 2) for row in range(rows)])
    for ids, silent in zip(tokens, is_silent, strict=True):
        ids[:3] = (2, 5 + silent, 3)
    if kinds is None:
        kinds = np.eye(3)[np.arange(rows) % 3]
    targets = {"silent": np.stack([1.0 - is_silent, is_silent], axis=1), "kind": kinds}
    return examples(tokens, targets, np.linspace(0.5, 1.0, rows))


def taught(
    base: Path,
    at: Path,
    *,
    rows: Any = None,  # noqa: ANN401 - a dataset
    seed: int = 1,
    **settings: Any,  # noqa: ANN401 - a stage's own
) -> IssueNetwork:
    stage = StageSettings.model_validate(QUICK | settings)
    network = build_network(base, HEADS, layers=None, dropout=stage.dropout, seed=seed)
    train(network, lesson() if rows is None else rows, stage, pad=0, seed=seed, at=at)
    return network


def weights_of(network: IssueNetwork) -> Weights:
    return {name: weights.detach().clone() for name, weights in network.state_dict().items()}


def before(base: Path, *, seed: int = 1) -> Weights:
    return weights_of(build_network(base, HEADS, layers=None, dropout=0.1, seed=seed))


def are_equal(first: Weights, second: Weights) -> bool:
    assert first.keys() == second.keys()
    return all(torch.equal(weights, second[name]) for name, weights in first.items())


def checkpoints(at: Path) -> list[Path]:
    return sorted(at.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoints of a whole stage, which nobody may alter."""
    return tmp_path_factory.mktemp("stage") / "checkpoints"


@pytest.fixture(scope="module")
def whole(tiny_base: Path, at: Path) -> Weights:
    """The weights after it."""
    return weights_of(taught(tiny_base, at))


def test_equal_seeds_give_equal_weights_and_others_others(
    tiny_base: Path, whole: Weights, tmp_path: Path
) -> None:
    assert are_equal(weights_of(taught(tiny_base, tmp_path / "again")), whole)
    other = weights_of(taught(tiny_base, tmp_path / "other", seed=2, epochs=1))
    assert not torch.equal(other["heads.silent.weight"], whole["heads.silent.weight"])


def test_the_last_checkpoints_are_averaged(at: Path, whole: Weights) -> None:
    kept = [load_file(path / "model.safetensors") for path in checkpoints(at)]

    assert len(kept) == 2
    assert not torch.equal(*(state["heads.silent.weight"] for state in kept))
    for name, weights in whole.items():
        assert torch.allclose(weights, (kept[0][name] + kept[1][name]) / 2, atol=1e-7)


def test_one_averaged_epoch_is_the_last(tiny_base: Path, tmp_path: Path) -> None:
    last = weights_of(taught(tiny_base, tmp_path, epochs=2, averaged_epochs=1))

    assert are_equal(last, load_file(checkpoints(tmp_path)[-1] / "model.safetensors"))


@pytest.mark.parametrize("is_torn", [False, True])
def test_a_stage_that_lost_its_last_checkpoint_goes_on_to_the_same_weights(
    tiny_base: Path, at: Path, whole: Weights, tmp_path: Path, *, is_torn: bool
) -> None:
    shutil.copytree(at, tmp_path / "rest")
    first, last = checkpoints(tmp_path / "rest")
    began_at = first.stat().st_mtime_ns
    if is_torn:  # as if it had been killed while it wrote
        for name in ("trainer_state.json", "rng_state.pth", "optimizer.pt"):
            (last / name).unlink()
    else:
        shutil.rmtree(last)

    assert are_equal(weights_of(taught(tiny_base, tmp_path / "rest")), whole)
    assert first.stat().st_mtime_ns == began_at  # it was not written anew


STAGE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.training.families.transformer.test_stage import taught
taught(Path(sys.argv[2]), Path(sys.argv[3]), epochs=int(sys.argv[4]))
"""


def test_a_stage_that_was_killed_goes_on_to_the_same_weights(
    tiny_base: Path, whole: Weights, tmp_path: Path
) -> None:
    """As soon as its first checkpoint appears, whole or not."""
    root = Path(__file__).parents[4]
    process = subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            STAGE,
            root,
            tiny_base,
            tmp_path,
            str(QUICK["epochs"]),
        ]
    )
    while not checkpoints(tmp_path) and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL

    assert are_equal(weights_of(taught(tiny_base, tmp_path)), whole)


def test_lower_layers_learn_more_slowly(tiny_base: Path, tmp_path: Path) -> None:
    """AdamW's first step is as long as the learning rate, whatever the gradient."""
    network = taught(
        tiny_base, tmp_path, epochs=1, batch=ROWS, learning_rate=1e-3, layer_decay=0.5,
        head_factor=4.0, warmup=0.0, weight_decay=0.0, averaged_epochs=1,
    )  # fmt: skip

    steps = {
        name: float((weights - before_weights).abs().max())
        for (name, weights), before_weights in zip(
            weights_of(network).items(), before(tiny_base).values(), strict=True
        )
    }
    of_part = {
        part: max(step for name, step in steps.items() if name.startswith(part))
        for part in ("heads", "encoder.encoder.layer.1", "encoder.encoder.layer.0", "encoder.emb")
    }
    assert [*of_part.values()] == pytest.approx([4e-3, 1e-3, 5e-4, 2.5e-4], rel=0.01)
    assert len(of_part) == LAYERS + 2


def test_an_unknown_target_teaches_its_head_nothing(tiny_base: Path, tmp_path: Path) -> None:
    rows = lesson(np.full((ROWS, 3), np.nan))

    after = weights_of(taught(tiny_base, tmp_path, rows=rows, epochs=1, weight_decay=0.0))

    start = before(tiny_base)
    for name in ("heads.kind.weight", "heads.kind.bias"):
        assert torch.equal(after[name], start[name])
    assert not torch.equal(after["heads.silent.weight"], start["heads.silent.weight"])
    assert all(weights.isfinite().all() for weights in after.values())


def test_rows_of_unknown_targets_teach_the_others(tiny_base: Path) -> None:
    """The loss is a mean over all rows: those without a target count as 0."""
    network = build_network(tiny_base, HEADS, layers=None, dropout=0.0, seed=1).eval()
    batch = pad_tokens([[2, 5, 6, 3], [2, 7, 3], [2, 8, 9, 10, 3]], 0)
    weights = torch.tensor([1.0, 2.0, 4.0])
    yes = torch.tensor([[0.0, 1.0]] * 3)
    unknown = torch.full((3, 3), torch.nan)

    def loss(silent: Any, kind: Any) -> float:  # noqa: ANN401 - torch has no types here
        with torch.inference_mode():
            return float(network(**batch, weights=weights, silent=silent, kind=kind)["loss"])

    parts = [
        torch.where(torch.eye(3, dtype=torch.bool)[:, [row]], yes, torch.nan) for row in range(3)
    ]
    assert sum(loss(part, unknown) for part in parts) == pytest.approx(loss(yes, unknown), rel=1e-5)
    assert loss(torch.full((3, 2), torch.nan), unknown) == 0.0


def test_padding_changes_no_embedding(tiny_base: Path) -> None:
    network = build_network(tiny_base, HEADS, layers=None, dropout=0.0, seed=1).eval()
    texts = [[2, 5, 6, 3], [2, *range(5, 40), 3]]

    with torch.inference_mode():
        together = network.embed(**pad_tokens(texts, 0))
        alone = torch.cat([network.embed(**pad_tokens([text], 0)) for text in texts])

    assert pad_tokens(texts, 0)["input_ids"].shape == (2, 48)
    assert torch.allclose(together, alone, atol=1e-5)


def test_training_stops_where_what_is_held_out_gets_worse(tiny_base: Path, tmp_path: Path) -> None:
    """Learned by heart, drawn labels say nothing of others."""
    drawn = lesson(np.eye(3)[np.random.default_rng(4).integers(0, 3, 40)], rows=40)

    network = taught(
        tiny_base, tmp_path, rows=drawn, epochs=40, held_out=0.5, batch=20, learning_rate=2e-2
    )

    last = checkpoints(tmp_path)[-1]
    state = json.loads((last / "trainer_state.json").read_text())
    assert state["epoch"] < 40
    best = load_file(tmp_path / f"checkpoint-{state['best_global_step']}" / "model.safetensors")
    assert are_equal(weights_of(network), best)


@pytest.mark.parametrize("settings", [{"is_checkpointing": True}, {"batch": 2, "accumulation": 2}])
def test_memory_is_saved(tiny_base: Path, tmp_path: Path, settings: dict[str, Any]) -> None:
    """Steps are as many as with all at once, and lead as far but for rounding."""
    once, saving = (
        weights_of(
            taught(tiny_base, tmp_path / name, epochs=1, word_dropout=0.0, dropout=0.0, **own)
        )
        for name, own in (("once", {}), ("saving", settings))
    )

    assert [path.name for path in checkpoints(tmp_path / "saving")] == [f"checkpoint-{STEPS}"]
    start = before(tiny_base)["heads.silent.weight"]
    changes = [(own["heads.silent.weight"] - start).flatten() for own in (once, saving)]
    assert torch.cosine_similarity(*changes, dim=0) > 0.95


def test_what_separates_is_learned(tiny_base: Path, tmp_path: Path) -> None:
    network = taught(tiny_base, tmp_path, epochs=8, learning_rate=3e-3)
    rows = lesson()

    with torch.inference_mode():
        embeddings = network.embed(**pad_tokens(rows["input_ids"], 0))
        shares = torch.softmax(network.heads["silent"](embeddings), dim=1)

    assert ((shares[:, 1] > 0.5) == torch.tensor(rows["silent"])[:, 1].bool()).all()


@pytest.mark.parametrize(("layers", "kept"), [(None, [0, 1]), (1, [0]), (2, [0, 1])])
def test_a_network_is_written_and_read_again(
    tiny_base: Path, tmp_path: Path, layers: int | None, kept: list[int]
) -> None:
    network = build_network(tiny_base, HEADS, layers=layers, dropout=0.1, seed=1)

    save_network(network, tmp_path)

    again = load_network(tmp_path)
    assert are_equal(weights_of(again), weights_of(network))
    assert not again.training
    assert again.shares == {"silent": 1.0, "kind": 0.3}
    assert len(again.encoder.encoder.layer) == len(kept)
    original = load_file(tiny_base / "model.safetensors")
    for number, layer in enumerate(kept):
        own = weights_of(again)[f"encoder.encoder.layer.{number}.output.dense.weight"]
        assert torch.equal(own, original[f"encoder.layer.{layer}.output.dense.weight"])
