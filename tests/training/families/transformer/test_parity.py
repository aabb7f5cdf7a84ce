import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier.calibration import IDENTITY
from classifier.errors import InputError
from training.families import ConvertedModel

if TYPE_CHECKING:
    from tests.training.families.conftest import Lesson, Tools

parity = pytest.importorskip(
    "training.families.transformer.parity", reason="needs the extra transformer"
)
torch = pytest.importorskip("torch")
save_network = pytest.importorskip("training.families.transformer.network").save_network
module = pytest.importorskip("training.families.transformer.model")
SAME = parity.Parity(500, difference=0.0, correlation=1.0, precision=0.5, served_precision=0.5)
TRUTH = np.arange(40) % 4 == 0


def test_a_graph_that_says_the_same_passes_and_is_told_in_a_sentence() -> None:
    odds = np.linspace(-3.0, 3.0, 40)
    found = parity.compare(odds, odds, TRUTH, IDENTITY)

    parity.check(found)
    assert found.difference == 0.0
    assert found.correlation == pytest.approx(1.0)
    assert found.sentence.startswith("On 40 texts")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"difference": 0.021}, "a probability differs by 0.0210, allowed 0.02"),
        ({"correlation": 0.9989}, "Spearman's correlation is 0.99890, needed 0.999"),
        ({"served_precision": 0.494}, "average precision differs by 0.0060, allowed 0.005"),
        ({"served_precision": 0.506}, "average precision differs by 0.0060, allowed 0.005"),
    ],
)
def test_each_bound_refuses_by_itself(change: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        parity.check(replace(SAME, **change))


def test_at_the_bounds_a_graph_passes() -> None:
    parity.check(replace(SAME, difference=0.02, correlation=0.999, served_precision=0.4951))


def test_differences_are_of_calibrated_probabilities() -> None:
    odds = np.append(np.linspace(-30.0, -20.0, 39), 0.0)
    served = odds + np.log(3.0)  # the last from even odds to three to one

    assert parity.compare(odds, served, TRUTH, IDENTITY).difference == pytest.approx(0.25)


def test_a_model_compares_itself_with_the_network_that_was_trained(
    lesson: "Lesson", tools: "Tools"
) -> None:
    model = tools.fit("transformer", lesson)[0]
    is_silent = np.arange(len(lesson.asked)) % 3 == 0

    assert isinstance(model, ConvertedModel)
    assert f"On {len(lesson.asked)} texts" in model.check(lesson.asked, is_silent, IDENTITY)


def test_a_graph_of_another_network_is_not_released(
    lesson: "Lesson", tools: "Tools", tmp_path: Path
) -> None:
    model, other = (tools.fit("transformer", lesson, seed=seed)[0] for seed in (3, 4))
    assert isinstance(model, module.TransformerModel)
    assert isinstance(other, module.TransformerModel)
    mixed = tmp_path / "mixed"
    shutil.copytree(model.encoder.directory, mixed)
    network = other.encoder.network()
    with torch.no_grad():
        network.encoder.embeddings.word_embeddings.weight.mul_(-1.0)
    save_network(network, mixed)
    loud = replace(model.head, embedding=np.linspace(-1.0, 1.0, len(model.head.embedding)))
    wrong = replace(model, encoder=replace(model.encoder, directory=mixed), head=loud)
    is_silent = np.arange(len(lesson.asked)) % 3 == 0

    with pytest.raises(InputError, match="The exported model is not the trained one, on 12 texts"):
        wrong.check(lesson.asked, is_silent, IDENTITY)
