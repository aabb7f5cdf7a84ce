"""The network: a pretrained encoder, its mean over tokens, and a linear head for each question.

Every head is a softmax over classes with soft targets, two classes for yes or no. Where an
issue has no answer to a question its targets are NaN, and it teaches that head nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_model, save_model
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel
from transformers.utils import logging

from training.families.transformer.last_layer import EVERY, pick_tokens

WEIGHTS = "network.safetensors"
HEADS = "heads.json"
FUSED = {"bert", "roberta", "distilbert", "electra"}
"""Models that would take PyTorch's fused attention, which learns half as fast on a CPU."""


@dataclass(frozen=True, slots=True)
class Head:
    """A question: how many answers it has, and what its loss counts beside the others'."""

    classes: int
    weight: float = 1.0


class IssueNetwork(nn.Module):  # type: ignore[misc] # torch has no types here
    """Tokens to an embedding, and to log-odds for each head."""

    def __init__(self, encoder: nn.Module, heads: Mapping[str, Head], *, dropout: float) -> None:
        """Put the heads on the encoder."""
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.shares = {name: head.weight for name, head in heads.items()}
        width = encoder.config.hidden_size
        self.heads = nn.ModuleDict(
            {name: nn.Linear(width, head.classes) for name, head in heads.items()}
        )

    def embed(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Mean of what the encoder makes of every ``pooled_every``-th token: (issues, width).

        Without a mask, texts are of one length.
        """
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        if attention_mask is None:
            return states.mean(dim=1)
        every = getattr(self.encoder.config, EVERY, 1)
        mask = attention_mask[:, ::every].unsqueeze(-1).to(states.dtype)
        return (states * mask).sum(dim=1) / mask.sum(dim=1)

    def activation_checkpointing_enable(self, **options: Any) -> None:  # noqa: ANN401 - the Trainer's
        """Compute the encoder's activations again instead of keeping them."""
        self.encoder.activation_checkpointing_enable(**options)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, weights: Tensor, **targets: Tensor
    ) -> dict[str, Tensor]:
        """Mean cross-entropy as ``loss``: targets are (issues, classes), named after heads."""
        embedding = self.dropout(self.embed(input_ids, attention_mask))
        losses = [
            self.shares[name] * _cross_entropy(head(embedding).float(), targets[name], weights)
            for name, head in self.heads.items()
        ]
        return {"loss": torch.stack(losses).sum()}


def build_network(
    base: Path,
    heads: Mapping[str, Head],
    *,
    layers: int | None,
    tokens: int | None = None,
    pooled_every: int = 1,
    dropout: float,
    seed: int,
) -> IssueNetwork:
    """The pretrained encoder with new heads.

    ``layers`` keeps so many of its layers, evenly; ``tokens`` the positions of so many.
    Raises InputError where ``pooled_every`` is not 1 for an encoder that is not BERT's.
    """
    torch.manual_seed(seed)  # heads begin at random
    logging.set_verbosity_error()  # it would report the pooling layer that is left out
    logging.disable_progress_bar()
    encoder = AutoModel.from_pretrained(base, dtype=torch.float32, **_options(base))
    if layers is not None:
        kept = torch.linspace(0, len(encoder.encoder.layer) - 1, layers).round().long().tolist()
        encoder.encoder.layer = nn.ModuleList(encoder.encoder.layer[i] for i in kept)
        encoder.config.num_hidden_layers = layers
    if tokens is not None and encoder.config.model_type == "bert":
        _forget_positions(encoder, tokens)
    pick_tokens(encoder, pooled_every)
    return IssueNetwork(encoder, heads, dropout=dropout)


def _forget_positions(encoder: nn.Module, tokens: int) -> None:
    """Positions beyond what is ever read would only be shipped."""
    embeddings = encoder.embeddings
    kept = embeddings.position_embeddings.weight.detach()[:tokens].clone()
    embeddings.position_embeddings = nn.Embedding.from_pretrained(kept, freeze=False)
    embeddings.position_ids = embeddings.position_ids[:, :tokens]
    embeddings.token_type_ids = embeddings.token_type_ids[:, :tokens]
    encoder.config.max_position_embeddings = len(kept)


def save_network(network: IssueNetwork, directory: Path) -> None:
    """Write configuration, heads and weights."""
    network.encoder.config.save_pretrained(directory)
    shares, heads = network.shares, network.heads
    numbers = {name: (head.out_features, shares[name]) for name, head in heads.items()}
    (directory / HEADS).write_text(json.dumps(numbers), encoding="utf-8")
    save_model(network, str(directory / WEIGHTS))


def load_network(directory: Path) -> IssueNetwork:
    """Read what ``save_network`` wrote; it is ready to embed."""
    options = _options(directory)
    encoder = AutoModel.from_config(options.pop("config"), **options)
    pick_tokens(encoder, getattr(encoder.config, EVERY, 1))
    heads = json.loads((directory / HEADS).read_bytes())
    network = IssueNetwork(
        encoder, {name: Head(*numbers) for name, numbers in heads.items()}, dropout=0.0
    )
    load_model(network, str(directory / WEIGHTS))
    network.eval()
    return network


def _options(directory: Path) -> dict[str, Any]:
    """No dropout inside the encoder: on a CPU, drawing the numbers takes as long as learning."""
    config = AutoConfig.from_pretrained(directory, local_files_only=True)
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
        if hasattr(config, name):
            setattr(config, name, 0.0)
    options: dict[str, Any] = {"config": config, "add_pooling_layer": False}
    if config.model_type in FUSED:
        options["attn_implementation"] = "eager"
    return options


def _cross_entropy(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Mean over all issues, of which those without targets count as 0."""
    is_known = ~targets.isnan().any(dim=1)
    losses = nn.functional.cross_entropy(logits[is_known], targets[is_known], reduction="none")
    return (losses * weights[is_known]).sum() / len(logits)
