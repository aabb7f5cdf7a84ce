"""From a trained PyTorch encoder to the ONNX graph that ships, in whole numbers of 8 bits.

Each weight matrix is quantized by output channel, each activation when it comes, by one scale for
all of a text. A few channels of an encoder's activations are many times larger than the others
and would use up that scale, so they are first made smaller and their weights larger by as much
(SmoothQuant: Xiao et al., ICML 2023). Of what comes out of an activation function, two channels
stay so large at the first token that they are multiplied apart, in floating point (LLM.int8:
Dettmers et al., NeurIPS 2022). Word vectors get a scale each.

Attention is one operator, and nothing is masked: texts are read one at a time.
"""

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import AttentionInterface

SMOOTHING = 0.8
"""How much of the range goes from activations to weights; .8 lost least of .5, .7, .8, .9 and 1
on a fine-tuned encoder (training/LOG.md)."""
APART = 2
"""Channels of a layer that narrows which are multiplied apart: none gives twice the noise, more
than two no less (training/LOG.md)."""
LEAST = 1e-4  # of a channel's range: a channel that is always 0 has no scale
MOST_TOKENS = 512
MOST_ISSUES = 4096
OPSET = 23  # the first with attention as one operator
UNMASKED = "unmasked"
TOKENS = "input_ids"
"""The graph's input: (issues, tokens), all of one length."""
EMBEDDING = "pooled_embedding"
"""The graph's output: (issues, width)."""

Tokens = NDArray[np.int64]


def export_encoder(network: nn.Module, samples: Sequence[Tokens], path: Path) -> None:
    """Write ``network.embed`` as an ONNX graph in whole numbers.

    ``samples`` are texts whose activations say which channels are large. The network is altered:
    the same function, in other numbers.
    """
    network.eval()
    _smooth(network, samples)
    with tempfile.TemporaryDirectory() as scratch, _quietly():
        plain, small = (Path(scratch) / f"{name}.onnx" for name in ("plain", "q8"))
        write_plain(network, plain)
        quantize_dynamic(
            plain,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            nodes_to_exclude=_apart(onnx.load(plain)),
            extra_options={"MatMulConstBOnly": True},
        )
        graph = onnx.load(small)
        _quantize_word_vectors(graph)
        onnx.save(graph, path)


def write_plain(network: nn.Module, path: Path) -> None:
    """Write ``network.embed`` as an ONNX graph in floating point."""
    _attend_by_one_operator(network.encoder)
    issues = torch.export.Dim("issues", min=1, max=MOST_ISSUES)
    tokens = torch.export.Dim("tokens", min=2, max=MOST_TOKENS)
    with _quietly():
        torch.onnx.export(
            _Embedder(network).eval(),
            (torch.full((2, 16), 5),),
            str(path),
            input_names=[TOKENS],
            output_names=[EMBEDDING],
            dynamic_shapes=({0: issues, 1: tokens},),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


@contextmanager
def _quietly() -> Iterator[None]:
    """Without warnings: of what is to come, of torchvision, of a preparation for pictures."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


class _Embedder(nn.Module):  # type: ignore[misc] # torch has no types here
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor) -> Tensor:
        embedding: Tensor = self.network.embed(input_ids)
        return embedding


def _attend_by_one_operator(encoder: nn.Module) -> None:
    """Let models that can, all but those with attention of their own, attend by ``_unmasked``."""
    AttentionInterface.register(UNMASKED, _unmasked)
    encoder.set_attn_implementation(UNMASKED)


def _unmasked(
    _: nn.Module,
    query: Tensor,  # (issues, heads, tokens, width of a head), as are key and value
    key: Tensor,
    value: Tensor,
    __: Tensor | None,
    scaling: float | None = None,
    **___: Any,  # noqa: ANN401 - what transformers passes to every kind
) -> tuple[Tensor, None]:
    heads = query.shape[1]
    flat = (states.transpose(1, 2).flatten(2) for states in (query, key, value))
    attended = torch.onnx.ops.attention(
        *flat, q_num_heads=heads, kv_num_heads=heads, scale=scaling
    )[0]
    return attended.unflatten(2, (heads, -1)), None


class _SmoothLinear(nn.Module):  # type: ignore[misc] # torch has no types here
    """A linear layer whose input channels are divided, and whose weights are multiplied."""

    def __init__(self, linear: nn.Linear, scales: Tensor) -> None:
        """``scales`` are (inputs,); a channel whose scale is infinite counts for nothing."""
        super().__init__()
        self.shrink = nn.Parameter(1.0 / scales)
        self.linear = nn.Linear(linear.in_features, linear.out_features)
        self.linear.weight.data = linear.weight.data * scales.where(scales.isfinite(), 0.0)
        self.linear.bias.data = linear.bias.data

    def forward(self, states: Tensor) -> Tensor:
        smoothed: Tensor = self.linear(states * self.shrink)
        return smoothed


class _PartedLinear(nn.Module):  # type: ignore[misc] # torch has no types here
    """Such a layer, but for some channels, which are neither divided nor made whole numbers."""

    def __init__(self, linear: nn.Linear, scales: Tensor, channels: Tensor) -> None:
        super().__init__()
        self.channels = channels
        self.others = _SmoothLinear(linear, scales.index_fill(0, channels, torch.inf))
        self.apart = nn.Parameter(linear.weight.data[:, channels].T.clone())

    def forward(self, states: Tensor) -> Tensor:
        apart = states.index_select(-1, self.channels) @ self.apart
        summed: Tensor = self.others(states) + apart
        return summed


def _apart(model: onnx.ModelProto) -> list[str]:
    """Names of the products of a parted layer's few channels."""
    heights = {table.name: table.dims[0] for table in model.graph.initializer if table.dims}
    products = [node for node in model.graph.node if node.op_type == "MatMul"]
    return [node.name for node in products if heights.get(node.input[1]) == APART]


def _smooth(network: nn.Module, samples: Sequence[Tokens]) -> None:
    encoder = network.encoder
    linears = {name: m for name, m in encoder.named_modules() if isinstance(m, nn.Linear)}
    ranges = _ranges(network, linears, samples)
    for name, linear in linears.items():
        weights = linear.weight.data.abs().amax(dim=0).clamp_min(LEAST)
        scales = ranges[name].clamp_min(LEAST) ** SMOOTHING / weights ** (1.0 - SMOOTHING)
        smooth = (
            _PartedLinear(linear, scales, (ranges[name] / scales).topk(APART).indices)
            if linear.in_features > linear.out_features
            else _SmoothLinear(linear, scales)
        )
        parent, _, own = name.rpartition(".")
        setattr(encoder.get_submodule(parent), own, smooth)


def _ranges(
    network: nn.Module, linears: Mapping[str, nn.Linear], samples: Sequence[Tokens]
) -> dict[str, Tensor]:
    """The largest absolute input of each layer's channels, over all samples."""
    ranges = {name: torch.zeros(linear.in_features) for name, linear in linears.items()}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor], Tensor], None]:
        def note(_: nn.Module, inputs: tuple[Tensor], __: Tensor) -> None:
            largest = inputs[0].detach().abs().amax(dim=(0, 1))
            ranges[name] = torch.maximum(ranges[name], largest)

        return note

    hooks = [linear.register_forward_hook(watch(name)) for name, linear in linears.items()]
    with torch.inference_mode():
        for tokens in samples:
            network.embed(torch.as_tensor(tokens)[None])
    for hook in hooks:
        hook.remove()
    return ranges


def _quantize_word_vectors(model: onnx.ModelProto) -> None:
    """Store the largest table that is looked up as whole numbers with a scale for each row."""
    graph = model.graph
    tables = {table.name: table for table in graph.initializer}
    lookups = [node for node in graph.node if node.op_type == "Gather" and node.input[0] in tables]
    lookup = max(lookups, key=lambda node: np.prod(tables[node.input[0]].dims))
    table = tables[lookup.input[0]]
    vectors = numpy_helper.to_array(table)  # (vocabulary, width)
    scales = np.abs(vectors).max(axis=1, keepdims=True).clip(LEAST) / np.iinfo(np.int8).max
    whole = np.rint(vectors / scales).astype(np.int8)
    name, ids, result = table.name, lookup.input[1], lookup.output[0]
    graph.initializer.remove(table)
    graph.initializer.extend(
        [
            numpy_helper.from_array(whole, f"{name}_whole"),
            numpy_helper.from_array(scales.astype(np.float32), f"{name}_scales"),
        ]
    )
    nodes = [
        helper.make_node("Gather", [f"{name}_whole", ids], [f"{result}_whole"]),
        helper.make_node("Gather", [f"{name}_scales", ids], [f"{result}_scale"]),
        helper.make_node("Cast", [f"{result}_whole"], [f"{result}_cast"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{result}_cast", f"{result}_scale"], [result]),
    ]
    at = list(graph.node).index(lookup)
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*rest[:at], *nodes, *rest[at + 1 :]])
