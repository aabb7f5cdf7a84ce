"""One stage of training an encoder: examples in, a trained network out, resumable.

Hugging Face's ``Trainer`` runs it, with batches of like length, in bfloat16 where the processor
multiplies such numbers. It keeps a checkpoint an epoch, from which an interrupted stage goes on,
and of which the last few are averaged.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.utils.data import Sampler
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import get_last_checkpoint

from training.families.transformer.network import IssueNetwork
from training.families.transformer.processor import has_bfloat16
from training.families.transformer.settings import StageSettings

LENGTH_STEP = 16
"""Batches are padded to multiples of this: oneDNN compiles a kernel for every shape it meets."""
BATCHES_SORTED = 16
"""So many batches' texts are sorted by length together."""
SHORTEST = 8
"""Texts of fewer tokens keep all of them."""

Floats = NDArray[np.float64]


def examples(
    tokens: Sequence[NDArray[np.int64]], targets: Mapping[str, Floats], weights: Floats
) -> Dataset:
    """Rows for ``train``: tokens, soft targets for each head, (rows, classes), NaN if unknown."""
    columns: dict[str, Any] = {
        "input_ids": [ids.tolist() for ids in tokens],
        "length": [len(ids) for ids in tokens],
        "weights": weights.astype(np.float32),
    }
    columns |= {name: list(rows.astype(np.float32)) for name, rows in targets.items()}
    return Dataset.from_dict(columns)


def train(
    network: IssueNetwork, rows: Dataset, settings: StageSettings, *, pad: int, seed: int, at: Path
) -> None:
    """Train the network in place; checkpoints go to ``at``, where an interrupted run left some.

    Equal arguments on equal machines give equal weights.
    """
    parts = {"train": rows}
    if settings.held_out > 0.0:
        parts = rows.train_test_split(settings.held_out, seed=seed)
    trainer = _StageTrainer(
        network,
        _arguments(settings, seed=seed, at=at),
        train_dataset=parts["train"],
        eval_dataset=parts.get("test"),
        data_collator=_Collator(pad, settings.word_dropout),
        callbacks=[EarlyStoppingCallback(settings.patience)] if "test" in parts else None,
    )
    trainer.stage = settings
    trainer.train(resume_from_checkpoint=_last_whole(at))
    if settings.held_out == 0.0:
        _average(network, at, settings.averaged_epochs)
    network.eval()


def pad_tokens(tokens: Sequence[Sequence[int]], pad: int) -> dict[str, Tensor]:
    """One batch: ``input_ids`` and ``attention_mask``, (texts, tokens) each."""
    longest = max(map(len, tokens))
    width = -(-longest // LENGTH_STEP) * LENGTH_STEP
    ids = torch.full((len(tokens), width), pad, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, own in enumerate(tokens):
        ids[row, : len(own)] = torch.as_tensor(own)
        mask[row, : len(own)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _last_whole(at: Path) -> str | None:
    """The last checkpoint, once those are gone that a killed process had not finished."""
    for path in at.glob("checkpoint-*"):
        if not (path / TRAINER_STATE_NAME).is_file():  # the Trainer writes it last
            shutil.rmtree(path)
    last: str | None = get_last_checkpoint(str(at)) if at.is_dir() else None
    return last


class _Collator:
    """Rows to a batch, some of their words left out."""

    def __init__(self, pad: int, word_dropout: float) -> None:
        self._pad = pad
        self._word_dropout = word_dropout

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
        batch = pad_tokens([self._thinned(row["input_ids"]) for row in rows], self._pad)
        for name in rows[0].keys() - {"input_ids", "length"}:
            batch[name] = torch.tensor([row[name] for row in rows], dtype=torch.float32)
        return batch

    def _thinned(self, tokens: list[int]) -> list[int]:
        if len(tokens) < SHORTEST or self._word_dropout == 0.0:
            return tokens
        is_kept = torch.rand(len(tokens)) >= self._word_dropout  # checkpoints keep torch's state
        is_kept[[0, -1]] = True
        return [token for token, kept in zip(tokens, is_kept.tolist(), strict=True) if kept]


class _LikeLengths(Sampler[int]):  # type: ignore[misc] # torch has no types here
    """An order in which texts of like length are neighbours, and batches come by chance.

    Hugging Face's own sampler goes from long to short, time and again: training would end with
    titles alone, and forget.
    """

    def __init__(self, lengths: Sequence[int], batch: int) -> None:
        self._lengths = torch.as_tensor(lengths)
        self._batch = batch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        pools = torch.randperm(len(self)).split(self._batch * BATCHES_SORTED)
        batches = [
            batch
            for pool in pools
            for batch in pool[self._lengths[pool].argsort()].split(self._batch)
        ]
        *whole, last = sorted(batches, key=len, reverse=True)  # one may be shorter than the others
        for at in torch.randperm(len(whole)).tolist():
            yield from whole[at].tolist()
        yield from last.tolist()


class _StageTrainer(Trainer):  # type: ignore[misc] # transformers has no types here
    """A trainer whose lower layers learn more slowly, from batches of like length."""

    stage: StageSettings

    def _get_train_sampler(self, _: Dataset | None = None) -> _LikeLengths:
        step = self.args.train_batch_size * self.args.gradient_accumulation_steps
        return _LikeLengths(self.train_dataset["length"], step)

    def log(self, *_: object, **__: object) -> None:
        """Nothing: the progress bar says how far it is."""

    def create_optimizer(self, _: nn.Module | None = None) -> torch.optim.Optimizer:
        """AdamW with a learning rate for each layer."""
        groups = _groups(self.model, self.stage)
        self.optimizer = torch.optim.AdamW(groups, weight_decay=self.stage.weight_decay, fused=True)
        return self.optimizer


def _groups(network: IssueNetwork, settings: StageSettings) -> list[dict[str, Any]]:
    """Parameters with their learning rates: heads, layers from the last, embeddings."""
    rate = settings.learning_rate
    layers: list[Any] = list(network.encoder.get_submodule("encoder.layer").children())[::-1]
    groups: list[dict[str, Any]] = [
        {"params": list(network.heads.parameters()), "lr": rate * settings.head_factor}
    ]
    groups += [
        {"params": list(layer.parameters()), "lr": rate * settings.layer_decay**depth}
        for depth, layer in enumerate(layers)
    ]
    grouped = {id(parameter) for group in groups for parameter in group["params"]}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in grouped]
    return [*groups, {"params": rest, "lr": rate * settings.layer_decay ** len(layers)}]


def _arguments(settings: StageSettings, *, seed: int, at: Path) -> TrainingArguments:
    stops_early = settings.held_out > 0.0
    has_cuda = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(at),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulation,
        activation_checkpointing=settings.is_checkpointing,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=settings.warmup,
        max_grad_norm=1.0,
        bf16=has_bfloat16(),
        use_cpu=not has_cuda,
        dataloader_pin_memory=has_cuda,
        remove_unused_columns=False,
        save_strategy="epoch",
        save_total_limit=max(settings.averaged_epochs, 2),
        eval_strategy="epoch" if stops_early else "no",
        prediction_loss_only=True,
        label_names=["weights"],  # without any, no loss of what is held out would be found
        load_best_model_at_end=stops_early,
        metric_for_best_model="loss" if stops_early else None,
        report_to=[],
        logging_strategy="no",
        seed=seed,
    )


def _average(network: IssueNetwork, at: Path, count: int) -> None:
    """Give the network the mean of its last checkpoints' weights."""
    found = sorted(at.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    states = [load_file(path / "model.safetensors") for path in found[-count:]]
    mean = {name: sum(state[name] for state in states) / len(states) for name in states[0]}
    network.load_state_dict(mean)
