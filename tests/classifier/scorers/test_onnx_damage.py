"""A model directory that does not fit is refused in one plain sentence, never scored with."""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from classifier import load
from classifier.artifact import verify, write_manifest
from classifier.errors import ArtifactError
from classifier.scorers import load_scorer

from .conftest import manifest

if TYPE_CHECKING:
    import onnx

    from training.families.transformer.model import TransformerModel

FILES = ("model.onnx", "reading.json", "tokenizer.json")
Damage = Callable[[Path], object]


@pytest.fixture
def directory(onnx_directory: Path, tmp_path: Path) -> Path:
    """A copy that may be altered."""
    return shutil.copytree(onnx_directory, tmp_path / "tiny")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_altered_or_lost_is_refused(directory: Path, name: str) -> None:
    path = directory / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ArtifactError, match=f"{name} does not match its checksum") as refused:
        load(directory)
    assert refused.value.hint

    path.unlink()
    with pytest.raises(ArtifactError, match=f"{name} is missing") as refused:
        load(directory)
    assert refused.value.hint


def test_files_that_the_manifest_does_not_vouch_for_are_refused(directory: Path) -> None:
    match = r"vouches for no model\.onnx and no reading\.json and no tokenizer\.json"
    with pytest.raises(ArtifactError, match=match) as refused:
        load_scorer(directory, replace(verify(directory), files={}))

    assert refused.value.hint


def with_reading(**changes: Any) -> Damage:  # noqa: ANN401 - any JSON
    def damage(directory: Path) -> None:
        content = json.loads((directory / "reading.json").read_bytes()) | changes
        (directory / "reading.json").write_text(json.dumps(content))

    return damage


def with_facts(change: Callable[[list[str]], object]) -> Damage:
    def damage(directory: Path) -> None:
        content = json.loads((directory / "reading.json").read_bytes())
        change(content["facts"])
        (directory / "reading.json").write_text(json.dumps(content))

    return damage


def without_reading(name: str) -> Damage:
    def damage(directory: Path) -> None:
        content = json.loads((directory / "reading.json").read_bytes())
        del content[name]
        (directory / "reading.json").write_text(json.dumps(content))

    return damage


def with_words(*words: str) -> Damage:
    """As if the tokenizer were another model's."""

    def damage(directory: Path) -> None:
        content = json.loads((directory / "tokenizer.json").read_bytes())
        vocabulary = content["model"]["vocab"]
        content["model"]["vocab"] |= {
            word: number for number, word in enumerate(words, len(vocabulary))
        }
        (directory / "tokenizer.json").write_text(json.dumps(content))

    return damage


def with_graph(change: Callable[["onnx.GraphProto"], object]) -> Damage:
    def damage(directory: Path) -> None:
        import onnx  # noqa: PLC0415 - an extra's

        model = onnx.load(directory / "model.onnx")
        change(model.graph)
        onnx.save(model, directory / "model.onnx")

    return damage


def write(name: str, content: bytes) -> Damage:
    return lambda directory: (directory / name).write_bytes(content)


def halve(directory: Path) -> None:
    path = directory / "model.onnx"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def rename_input(graph: "onnx.GraphProto") -> None:
    for node in graph.node:
        node.input[:] = ["words" if name == "term_ids" else name for name in node.input]
    for given in graph.input:
        given.name = "words" if given.name == "term_ids" else given.name


def keep_three_facts(graph: "onnx.GraphProto") -> None:
    from onnx import numpy_helper  # noqa: PLC0415 - an extra's

    for numbers in graph.initializer:
        if numbers.name in {"fact_means", "fact_weights"}:
            numbers.CopyFrom(numpy_helper.from_array(np.ones(3, np.float32), numbers.name))


def forget_terms(graph: "onnx.GraphProto") -> None:
    from onnx import numpy_helper  # noqa: PLC0415 - an extra's

    for numbers in graph.initializer:
        if numbers.name in {"term_rarity", "term_weights"}:
            numbers.CopyFrom(numpy_helper.from_array(np.ones(5, np.float16), numbers.name))


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a graph that is none": (write("model.onnx", b"garbage"), "damaged"),
    "an empty graph": (write("model.onnx", b""), "damaged"),
    "half a graph": (halve, "damaged"),
    "no graph": (lambda d: (d / "model.onnx").unlink(), "damaged"),
    "a graph without impact": (with_graph(lambda g: g.output.pop()), "impact"),
    "a graph that is asked otherwise": (with_graph(rename_input), "term_ids|words"),
    "a graph of three facts": (with_graph(keep_three_facts), "shapes|damaged"),
    "a graph of five terms": (with_graph(forget_terms), "damaged"),
    "a tokenizer that is no JSON": (write("tokenizer.json", b"["), "damaged"),
    "a tokenizer that is another JSON": (write("tokenizer.json", b"{}"), "damaged"),
    "no tokenizer": (lambda d: (d / "tokenizer.json").unlink(), "damaged"),
    "a tokenizer with a word too many": (with_words("epsilon"), "words"),
    "a vocabulary too large": (with_reading(vocabulary=10_000), "damaged"),
    "a vocabulary too small": (with_reading(vocabulary=7), "words"),
    "a start that is no token": (with_reading(start=99_999), "damaged"),
    "a budget that is no number": (with_reading(budget="many"), "damaged"),
    "a budget for nothing": (with_reading(budget=2), "budget"),
    "a setting that we do not know": (with_reading(surprise=1), "surprise"),
    "no budget": (without_reading("budget"), "budget"),
    "facts of another version": (with_facts(lambda facts: facts.reverse()), "not this version's"),
    "fewer facts": (with_facts(lambda facts: facts.pop()), "not this version's"),
    "facts that we do not know": (with_facts(lambda f: f.append("luck")), "not this version's"),
    "settings that are no JSON": (write("reading.json", b"{"), "damaged"),
    "settings that are another JSON": (write("reading.json", b"[]"), "damaged"),
    "no settings": (lambda d: (d / "reading.json").unlink(), "damaged"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES)
def test_what_does_not_fit_is_refused(directory: Path, damage: Damage, message: str) -> None:
    vouched = verify(directory)
    damage(directory)

    with pytest.raises(ArtifactError, match=message) as refused:
        load_scorer(directory, vouched)

    assert len(str(refused.value).splitlines()) == 1
    assert refused.value.hint


@pytest.mark.parametrize("name", ["scenario", "impact"])
def test_heads_of_other_shapes_are_refused(
    onnx_model: "TransformerModel", tmp_path: Path, name: str
) -> None:
    head = onnx_model.softmaxes[name]
    fewer = replace(head, weights=head.weights[:, 1:], intercepts=head.intercepts[1:])
    replace(onnx_model, softmaxes={**onnx_model.softmaxes, name: fewer}).write(tmp_path)

    with pytest.raises(ArtifactError, match="the graph") as refused:
        load_scorer(tmp_path, write_manifest(tmp_path, manifest()))

    assert refused.value.hint


@pytest.mark.parametrize(
    "broken", [{"intercept": math.nan}, {"facts": np.full(26, math.inf)}], ids=["nan", "infinite"]
)
def test_numbers_that_are_none_are_refused(
    onnx_model: "TransformerModel", tmp_path: Path, broken: dict[str, Any]
) -> None:
    replace(onnx_model, head=replace(onnx_model.head, **broken)).write(tmp_path)

    with pytest.raises(ArtifactError, match="not all finite"):
        load_scorer(tmp_path, write_manifest(tmp_path, manifest()))
