"""How fast the hardware multiplies 8-bit matrices, and what of that the scorer's graph reaches.

The bare graph has the model's own products with its own weights, in the same types, and nothing
else: no scales, no attention, of each product one row to hand out. Its inputs have as many rows as
the scorer's texts have tokens.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

from benchmarks.graph_runs import in_parallel, one_by_one, seconds
from benchmarks.names import LIMIT, REACHED
from benchmarks.peers import CORES
from benchmarks.readings import inputs_for, lengths
from classifier.scorers.onnx import MODEL_FILE, Arrays, open_session

PRODUCT = "MatMulInteger"
AS_ALONE, SCALING, REST, BETWEEN = (
    "the products themselves, as fast as alone",
    "activations to whole numbers, products back, smoothing",
    "word vectors, mean, heads and the rest",
    "between operators",
)
OPERATORS: Mapping[str, frozenset[str]] = {
    SCALING: frozenset({"DynamicQuantizeMatMul", "MatMulIntegerToFloat", "MatMulInteger"})
    | frozenset({"DynamicQuantizeLinear", "Mul", "Cast"}),
    "attention: products and softmax": frozenset(
        {"MatMul", "FusedMatMul", "Softmax", "Transpose", "Reshape", "Add", "Attention"}
        | {"MultiHeadAttention"}
    ),
    "norms": frozenset({"SkipLayerNormalization", "LayerNormalization"}),
    "activation function": frozenset({"BiasGelu", "Gelu", "FastGelu", "Erf"}),
}
PROFILED_EVERY = 5  # issues, one in so many
GIGA = 1e9
MICROSECONDS = 1e6


def speeds(directory: Path, path: Path) -> dict[str, float]:
    """Whole-number operations a second, in billions, of multiplying weights."""
    model = onnx.load(directory / MODEL_FILE)
    inputs = inputs_for(directory, path)
    operations = _operations_a_token(model) * sum(lengths(inputs))
    bare = _bare(model, lengths(inputs))
    served = open_session(str(directory / MODEL_FILE)), inputs
    for session, warming in (bare, served):
        one_by_one(session, warming[: 2 * CORES])
    return {
        LIMIT: operations / seconds(lambda: in_parallel(*bare)) / GIGA,
        REACHED: operations / seconds(lambda: in_parallel(*served)) / GIGA,
    }


def work(directory: Path, path: Path) -> tuple[float, float]:
    """What there is to do for an issue on average: tokens, and billions of operations."""
    counts = lengths(inputs_for(directory, path))
    tokens = sum(counts) / len(counts)
    a_token = _operations_a_token(onnx.load(directory / MODEL_FILE))
    return tokens, a_token * tokens / GIGA


def spent(directory: Path, path: Path, scratch: Path) -> dict[str, float]:
    """Seconds of one thread that the graph's operators take, by what they are for."""
    inputs = inputs_for(directory, path)[::PROFILED_EVERY]
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_profiling = True
    options.profile_file_prefix = str(scratch / "operators")
    model = directory / MODEL_FILE
    session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    one_by_one(session, inputs)
    events = json.loads(Path(session.end_profiling()).read_bytes())
    bare, filled = _bare(onnx.load(model), lengths(inputs))
    one_by_one(bare, filled[:1])
    return _by_purpose(events, seconds(lambda: one_by_one(bare, filled)))


def matrices(model: onnx.ModelProto) -> list[NDArray[np.int8]]:
    """Weights that are multiplied as whole numbers, each (inputs, outputs)."""
    weights = {table.name: table for table in model.graph.initializer}
    return [
        numpy_helper.to_array(weights[node.input[1]])
        for node in model.graph.node
        if node.op_type == PRODUCT
    ]


def bare_graph(model: onnx.ModelProto) -> onnx.ModelProto:
    """The products of a model and nothing else; matrices of one height share an input."""
    nodes, tables, outputs = [], [], []
    found = matrices(model)
    for i, matrix in enumerate(found):
        height, width = matrix.shape
        zeros = np.zeros(width, matrix.dtype)
        tables += [
            numpy_helper.from_array(matrix, f"weights_{i}"),
            numpy_helper.from_array(zeros, f"zeros_{i}"),
        ]
        names = [_input(height), f"weights_{i}", "middle", f"zeros_{i}"]
        nodes.append(helper.make_node(PRODUCT, names, [f"product_{i}"]))
        # the last row alone leaves the graph: new memory for each product would take longer
        nodes.append(helper.make_node("Gather", [f"product_{i}", "last"], [f"row_{i}"], axis=1))
        outputs.append(_value(f"row_{i}", TensorProto.INT32, width, rows=1))
    heights = sorted({matrix.shape[0] for matrix in found})
    inputs = [_value(_input(height), TensorProto.UINT8, height) for height in heights]
    tables.append(numpy_helper.from_array(np.array(128, np.uint8), "middle"))
    tables.append(numpy_helper.from_array(np.array([-1]), "last"))
    graph = helper.make_graph(nodes, "products", inputs, outputs, tables)
    opset = helper.make_opsetid("", 21)
    return helper.make_model(graph, opset_imports=[opset], ir_version=model.ir_version)


def _bare(model: onnx.ModelProto, counts: Sequence[int]) -> tuple[InferenceSession, list[Arrays]]:
    """The bare graph and an input for each count of tokens."""
    heights = {matrix.shape[0] for matrix in matrices(model)}
    random = np.random.default_rng(0)
    of_count = {
        count: {
            _input(height): random.integers(0, 256, (1, count, height), dtype=np.uint8)
            for height in heights
        }
        for count in set(counts)
    }
    session = open_session(bare_graph(model).SerializeToString())
    return session, [of_count[count] for count in counts]


def _operations_a_token(model: onnx.ModelProto) -> int:
    """A multiplication and an addition for each weight."""
    return sum(2 * matrix.size for matrix in matrices(model))


def _by_purpose(events: Iterable[Mapping[str, Any]], alone: float) -> dict[str, float]:
    """``alone`` is what the products take by themselves; conversions are fused with them."""
    operators: Counter[str] = Counter()
    whole = 0.0
    for event in events:
        if event["cat"] == "Node" and event["name"].endswith("_kernel_time"):
            operators[event["args"]["op_name"]] += event["dur"]
        elif event["name"] == "model_run":
            whole += event["dur"]
    between = max(0.0, whole - sum(operators.values()))
    purposes = {
        purpose: sum(operators.pop(name, 0) for name in names) / MICROSECONDS
        for purpose, names in OPERATORS.items()
    }
    purposes[SCALING] = max(0.0, purposes[SCALING] - alone)
    rest = sum(operators.values()) / MICROSECONDS
    return {AS_ALONE: alone, **purposes, REST: rest, BETWEEN: between / MICROSECONDS}


def _input(height: int) -> str:
    return f"activations_{height}"


def _value(name: str, kind: int, width: int, rows: int | str = "tokens") -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, [1, rows, width])
