"""What the encoder read, terms and facts, joined in one ONNX graph: the model that ships.

Log-odds = embedding · weights + TF-IDF of the terms · weights + facts · weights + intercept. The
encoder is in whole numbers; what is added here is in floating point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import compose, numpy_helper, parser
from scipy import sparse

from training.export import EMBEDDING

Floats = NDArray[np.float64]

GRAPH = """
<ir_version: {ir_version}, opset_import: ["" : {opset}]>
heads (
    float[issues, width] {embedding}, int64[issues, columns, terms] term_ids,
    float[issues, columns, terms] term_values, float[issues, facts] facts
) => ({outputs}) {{
    read = MatMul({embedding}, embedding_weights)
    rarity_half = Gather(term_rarity, term_ids)
    rarity = Cast <to = 1> (rarity_half)
    weighted = Mul(rarity, term_values)
    squares = Mul(weighted, weighted)
    lengths_squared = ReduceSum(squares, last_axis)
    lengths = Sqrt(lengths_squared)
    lengths_above_zero = Max(lengths, least_length)
    unit = Div(weighted, lengths_above_zero)
    weights_half = Gather(term_weights, term_ids)
    weights = Cast <to = 1> (weights_half)
    shares = Mul(unit, weights)
    counted = ReduceSum <keepdims = 0> (shares, both_axes)
    facts_above_mean = Sub(facts, fact_means)
    fact_log_odds = Mul(facts_above_mean, fact_weights)
    told = ReduceSum <keepdims = 0> (fact_log_odds, last_axis)
    log_odds = Sum(read, counted, told, intercept)
{softmaxes}
}}
"""
SOFTMAX = """
    {name}_products = MatMul({embedding}, {name}_weights)
    {name}_logits = Add({name}_products, {name}_intercepts)
    {name} = Softmax <axis = -1> ({name}_logits)
"""
LEAST_LENGTH = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class LinearHead:
    """Log-odds of a silent bug, linear in embedding, terms and facts."""

    embedding: Floats  # (width,)
    terms: Floats  # (columns, vocabulary), per unit of TF-IDF
    idf: Floats  # (columns, vocabulary), 0 for terms that are not counted
    facts: Floats  # (facts,), per unit of the fact less its mean
    fact_means: Floats  # (facts,)
    intercept: float

    def log_odds(self, embeddings: Floats, terms: sparse.csr_array, facts: Floats) -> Floats:
        """The same sums in full precision; terms are TF-IDF, (issues, columns x vocabulary)."""
        read = embeddings @ self.embedding
        counted = terms @ self.terms.ravel()
        told = (facts - self.fact_means) @ self.facts
        summed: Floats = read + counted + told + self.intercept
        return summed


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxHead:
    """Log-odds of classes, linear in the embedding."""

    weights: Floats  # (width, classes)
    intercepts: Floats  # (classes,)


def join(encoder: Path, head: LinearHead, softmaxes: Mapping[str, SoftmaxHead]) -> onnx.ModelProto:
    """The encoder's graph with the heads on it.

    It has the inputs that ``classifier.scorers.onnx`` gives, and as outputs ``log_odds``,
    (issues,), ``fact_log_odds`` and ``facts_above_mean``, (issues, facts), and each softmax,
    (issues, classes).
    """
    reads = onnx.load(encoder)
    heads = heads_alone(reads, head, softmaxes)
    model = compose.merge_models(reads, heads, io_map=[(EMBEDDING, EMBEDDING)])
    _forget_making(model)
    onnx.checker.check_model(model)
    return model


def heads_alone(
    reads: onnx.ModelProto, head: LinearHead, softmaxes: Mapping[str, SoftmaxHead]
) -> onnx.ModelProto:
    """The heads without the encoder that ``reads``: the embedding, (issues, width), is an input."""
    heads = parser.parse_model(_source(reads, list(softmaxes)))
    heads.graph.initializer.extend(
        numpy_helper.from_array(np.asarray(value), name)
        for name, value in _numbers(head, softmaxes).items()
    )
    return heads


def _forget_making(model: onnx.ModelProto) -> None:
    """PyTorch notes for each node which lines of code it came from, on whose machine."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def _source(reads: onnx.ModelProto, softmaxes: Sequence[str]) -> str:
    outputs = ["float[issues] log_odds"]
    outputs += [f"float[issues, facts] {name}" for name in ("fact_log_odds", "facts_above_mean")]
    outputs += [f"float[issues, {name}_classes] {name}" for name in softmaxes]
    return GRAPH.format(
        ir_version=reads.ir_version,
        opset=next(entry.version for entry in reads.opset_import if not entry.domain),
        embedding=EMBEDDING,
        outputs=", ".join(outputs),
        softmaxes="".join(SOFTMAX.format(name=name, embedding=EMBEDDING) for name in softmaxes),
    )


def _numbers(
    head: LinearHead, softmaxes: Mapping[str, SoftmaxHead]
) -> dict[str, NDArray[np.generic]]:
    numbers: dict[str, NDArray[np.generic]] = {
        "embedding_weights": head.embedding.astype(np.float32),
        "term_rarity": head.idf.ravel().astype(np.float16),
        "term_weights": head.terms.ravel().astype(np.float16),
        "fact_means": head.fact_means.astype(np.float32),
        "fact_weights": head.facts.astype(np.float32),
        "intercept": np.array([head.intercept], np.float32),
        "least_length": np.array([LEAST_LENGTH], np.float32),
        "last_axis": np.array([-1]),
        "both_axes": np.array([1, 2]),
    }
    for name, softmax in softmaxes.items():
        numbers[f"{name}_weights"] = softmax.weights.astype(np.float32)
        numbers[f"{name}_intercepts"] = softmax.intercepts.astype(np.float32)
    return numbers
