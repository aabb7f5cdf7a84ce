from pathlib import Path

import numpy as np
import pytest

from benchmarks.issues import write_issues

onnx = pytest.importorskip("onnx")

from benchmarks.products import PRODUCT, bare_graph, matrices, spent  # noqa: E402 - after the skip
from classifier.scorers.onnx import MODEL_FILE, open_session  # noqa: E402


@pytest.fixture(scope="module")
def issues_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("issues") / "issues.jsonl"
    write_issues(path, 12)
    return path


def test_the_bare_graph_is_the_products_of_the_model_and_nothing_else(tiny_model: Path) -> None:
    model = onnx.load(tiny_model / MODEL_FILE)
    bare = bare_graph(model)
    session = open_session(bare.SerializeToString())
    random = np.random.default_rng(0)
    given = {
        own.name: random.integers(0, 256, (1, 5, own.shape[2]), dtype=np.uint8)
        for own in session.get_inputs()
    }
    products = session.run(None, given)

    assert {node.op_type for node in bare.graph.node} == {PRODUCT, "Gather"}
    assert len(products) == len(matrices(model)) == 12  # two layers of six
    for product, matrix in zip(products, matrices(model), strict=True):
        activations = given[f"activations_{matrix.shape[0]}"].astype(np.int32) - 128
        assert np.array_equal(product[0, 0], activations[0, -1] @ matrix.astype(np.int32))


def test_all_time_of_the_graph_is_spent_on_something(
    tiny_model: Path, issues_file: Path, tmp_path: Path
) -> None:
    seconds = spent(tiny_model, issues_file, tmp_path)

    assert min(seconds.values()) >= 0
    assert {"norms", "activation function"} <= set(seconds)
    assert 0 < sum(seconds.values()) < 10
