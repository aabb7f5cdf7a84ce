"""Products of whole numbers add up to the same on every processor."""

import numpy as np
import pytest

from classifier.scorers.onnx import open_session

onnx = pytest.importorskip("onnx", reason="needs the extra transformer")

GRAPH = """
<ir_version: 8, opset_import: ["" : 17]>
products (float[rows, 64] states, int8[64, 16] weights) => (float[rows, 16] sums)
{
    whole, scale, zero = DynamicQuantizeLinear(states)
    products = MatMulInteger(whole, weights, zero)
    floats = Cast<to = 1>(products)
    sums = Mul(floats, scale)
}
"""


def test_large_products_do_not_overflow() -> None:
    model = onnx.parser.parse_model(GRAPH)
    weights = np.full((64, 16), 127, dtype=np.int8)
    del model.graph.input[1]  # a constant, then, as a model's weights are
    model.graph.initializer.append(onnx.numpy_helper.from_array(weights, "weights"))
    states = np.full((4, 64), 1.0, dtype=np.float32)

    (sums,) = open_session(model.SerializeToString()).run(None, {"states": states})

    assert sums == pytest.approx(np.full((4, 16), 64 * 127.0), rel=1e-3)
