"""The last layer computes every n-th token as the whole layer would, and no other."""

from pathlib import Path

import numpy as np
import pytest

from classifier.errors import InputError
from classifier.scorers.onnx import open_session

pytest.importorskip("torch", reason="needs the extra transformer")

import torch
from transformers import DistilBertConfig, DistilBertModel

from training.export import EMBEDDING, TOKENS, write_plain
from training.families.transformer.last_layer import pick_tokens
from training.families.transformer.network import (
    Head,
    IssueNetwork,
    build_network,
    load_network,
    save_network,
)

EVERY = 3
HEADS = {"silent": Head(2)}


def built(base: Path, every: int) -> IssueNetwork:
    network = build_network(
        base, HEADS, layers=None, tokens=64, pooled_every=every, dropout=0.0, seed=1
    )
    network.eval()
    return network


@pytest.fixture(scope="module")
def whole(tiny_base: Path) -> IssueNetwork:
    return built(tiny_base, 1)


@pytest.fixture(scope="module")
def picking(tiny_base: Path) -> IssueNetwork:
    return built(tiny_base, EVERY)


def ids(length: int) -> torch.Tensor:
    return torch.tensor([[2, *range(5, 3 + length), 3]])


@pytest.mark.parametrize("length", [2, 3, 4, 20, 60])
def test_the_embedding_is_the_mean_over_every_third_token(
    whole: IssueNetwork, picking: IssueNetwork, length: int
) -> None:
    with torch.inference_mode():
        states = whole.encoder(input_ids=ids(length)).last_hidden_state
        embedding = picking.embed(ids(length))

    assert embedding.numpy() == pytest.approx(states[:, ::EVERY].mean(dim=1).numpy(), abs=1e-5)
    if length > 2:
        assert np.abs(embedding.numpy() - states.mean(dim=1).numpy()).max() > 1e-3


def test_what_fills_a_text_up_is_left_out(picking: IssueNetwork) -> None:
    filled = torch.nn.functional.pad(ids(20), (0, 12))

    with torch.inference_mode():
        alone, masked = picking.embed(ids(20)), picking.embed(filled, (filled > 0).long())

    assert masked.numpy() == pytest.approx(alone.numpy(), abs=1e-5)


def test_the_weights_are_those_of_the_whole_network(
    whole: IssueNetwork, picking: IssueNetwork
) -> None:
    own, others = picking.encoder.state_dict(), whole.encoder.state_dict()

    assert own.keys() == others.keys()
    assert all(torch.equal(own[name], others[name]) for name in own)


def test_a_saved_network_still_picks(picking: IssueNetwork, tmp_path: Path) -> None:
    save_network(picking, tmp_path)

    with torch.inference_mode():
        assert torch.equal(load_network(tmp_path).embed(ids(20)), picking.embed(ids(20)))


def test_the_graph_picks_too(tiny_base: Path, picking: IssueNetwork, tmp_path: Path) -> None:
    write_plain(built(tiny_base, EVERY), tmp_path / "encoder.onnx")

    session = open_session(str(tmp_path / "encoder.onnx"))
    (embedding,) = session.run([EMBEDDING], {TOKENS: ids(20).numpy()})

    with torch.inference_mode():
        assert embedding == pytest.approx(picking.embed(ids(20)).numpy(), abs=1e-4)


def test_an_encoder_that_cannot_pick_is_refused() -> None:
    other = DistilBertModel(DistilBertConfig(vocab_size=9, dim=4, hidden_dim=4, n_heads=1))

    with pytest.raises(InputError, match=r"pooled_every is 3.*distilbert"):
        pick_tokens(other, EVERY)
