"""An exported graph says what the network says: exactly, or nearly in whole numbers of 8 bits."""

import copy
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.scorers.onnx import open_session
from tests.tiny_transformer import WIDTH, vocabulary

pytest.importorskip("torch", reason="needs the extra transformer")

import onnx
import torch
from onnx import numpy_helper

from training.export import EMBEDDING, TOKENS, export_encoder, write_plain
from training.families.transformer.network import Head, IssueNetwork, build_network

Tokens = NDArray[np.int64]
LENGTHS = (2, 3, 17, 64, 200, 512)


def texts() -> list[Tokens]:
    random = np.random.default_rng(1)
    lengths = [*LENGTHS, *random.integers(3, 60, size=30)]
    return [np.array([2, *random.integers(5, len(vocabulary()), n - 2), 3]) for n in lengths]


def by_network(network: IssueNetwork, tokens: Sequence[Tokens]) -> NDArray[np.float32]:
    with torch.inference_mode():
        rows = [network.embed(torch.tensor(own)[None]) for own in tokens]
    return np.vstack([row.numpy() for row in rows])


def by_graph(path: Path, tokens: Sequence[Tokens]) -> NDArray[np.float32]:
    session = open_session(str(path))
    return np.vstack([session.run([EMBEDDING], {TOKENS: own[None]})[0] for own in tokens])


@pytest.fixture(scope="module")
def network(tiny_base: Path) -> IssueNetwork:
    """One channel is always 0, and one is read by nobody: neither has a scale of its own."""
    network = build_network(tiny_base, {"silent": Head(2)}, layers=None, dropout=0.1, seed=1)
    with torch.no_grad():
        lower, upper = network.encoder.encoder.layer
        lower.output.LayerNorm.weight[3] = lower.output.LayerNorm.bias[3] = 0.0
        upper.intermediate.dense.weight[:, 5] = 0.0
    network.eval()
    return network


@pytest.fixture(scope="module")
def plain(network: IssueNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In floating point."""
    path = tmp_path_factory.mktemp("plain") / "encoder.onnx"
    write_plain(copy.deepcopy(network), path)
    return path


@pytest.fixture(scope="module")
def smoothed(network: IssueNetwork) -> IssueNetwork:
    """A copy that the quantizing export alters."""
    return copy.deepcopy(network)


@pytest.fixture(scope="module")
def quantized(smoothed: IssueNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("quantized") / "encoder.onnx"
    export_encoder(smoothed, texts(), path)
    return path


def test_in_floating_point_the_graph_is_the_network(network: IssueNetwork, plain: Path) -> None:
    embeddings = by_graph(plain, texts())

    assert embeddings.shape == (len(texts()), WIDTH)
    assert embeddings == pytest.approx(by_network(network, texts()), abs=1e-4)


def test_texts_of_one_length_can_be_read_together(plain: Path) -> None:
    ids = np.vstack([texts()[3], texts()[3][::-1]])

    (together,) = open_session(str(plain)).run([EMBEDDING], {TOKENS: ids})

    assert together == pytest.approx(by_graph(plain, list(ids)), abs=1e-5)


def test_a_mask_leaves_out_what_fills_a_text_up(network: IssueNetwork) -> None:
    own = torch.tensor(texts()[2])
    filled = torch.nn.functional.pad(own, (0, 9))[None]

    with torch.inference_mode():
        alone, masked = network.embed(own[None]), network.embed(filled, (filled > 0).long())

    assert masked.numpy() == pytest.approx(alone.numpy(), abs=1e-5)


def test_in_whole_numbers_the_graph_is_nearly_the_network(
    network: IssueNetwork, quantized: Path
) -> None:
    exact = by_network(network, texts())
    embeddings = by_graph(quantized, texts())

    spread, near = (own - exact.mean(axis=0) for own in (exact, embeddings))
    assert np.corrcoef(spread.ravel(), near.ravel())[0, 1] > 0.99
    assert np.abs(near - spread).max() < 0.5 * spread.std()


def test_a_text_reads_alike_each_time(quantized: Path) -> None:
    assert np.array_equal(by_graph(quantized, texts()), by_graph(quantized, texts()[::-1])[::-1])


@pytest.mark.usefixtures("quantized")
def test_smoothing_leaves_the_network_the_same_function(
    network: IssueNetwork, smoothed: IssueNetwork
) -> None:
    own, other = (model.state_dict().keys() for model in (network, smoothed))

    assert own != other
    assert by_network(smoothed, texts()) == pytest.approx(by_network(network, texts()), abs=1e-4)


def test_word_vectors_are_stored_in_steps_of_their_own(
    network: IssueNetwork, quantized: Path
) -> None:
    stored = {
        one.name: numpy_helper.to_array(one) for one in onnx.load(quantized).graph.initializer
    }
    (name,) = (name.removesuffix("_whole") for name in stored if name.endswith("_whole"))
    whole, scales = stored[f"{name}_whole"], stored[f"{name}_scales"]
    vectors = network.encoder.embeddings.word_embeddings.weight.detach().numpy()

    assert whole.dtype == np.int8
    assert (whole.shape, scales.shape) == (vectors.shape, (len(vectors), 1))
    assert (np.abs(whole * scales - vectors) <= 0.5001 * scales).all()
    largest = np.abs(whole).max(axis=1)
    assert largest[1:].tolist() == [127] * (len(vectors) - 1)
    assert largest[0] == 0  # of what fills a text up, the vector is nothing


def test_weights_are_whole_numbers(plain: Path, quantized: Path) -> None:
    kinds = {
        path: [node.op_type for node in onnx.load(path).graph.node] for path in (plain, quantized)
    }

    assert "MatMulInteger" not in kinds[plain]
    assert kinds[quantized].count("MatMulInteger") == 12  # six layers of weights, twice


def test_attention_is_one_operator(quantized: Path) -> None:
    kinds = Counter(node.op_type for node in onnx.load(quantized).graph.node)

    assert kinds["Attention"] == 2
    assert kinds["Softmax"] == kinds["Transpose"] == 0


def test_the_largest_channels_of_layers_that_narrow_stay_in_floating_point(
    quantized: Path,
) -> None:
    graph = onnx.load(quantized).graph
    heights = {table.name: table.dims[0] for table in graph.initializer if table.dims}
    products = [node for node in graph.node if node.op_type == "MatMul"]

    assert [heights[node.input[1]] for node in products] == [2, 2]  # of two layers, two channels
