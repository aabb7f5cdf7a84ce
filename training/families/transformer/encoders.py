"""Encoders that were trained once and are shared by all folds that would train the same."""

import json
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer
from tqdm import tqdm

from classifier.errors import InputError
from classifier.files import replace_file
from classifier.scorers.features import FACTS
from classifier.scorers.onnx import ReadingSettings, open_session, thread_count
from classifier.scorers.reading import Reading
from training.export import EMBEDDING, TOKENS, export_encoder
from training.families.embedding_cache import Vector, VectorCache
from training.families.plain_embeddings import base_digest
from training.families.transformer.base_model import TOKENIZER, find_base
from training.families.transformer.network import (
    Head,
    IssueNetwork,
    build_network,
    load_network,
    save_network,
)
from training.families.transformer.processor import has_bfloat16
from training.families.transformer.settings import TransformerSettings
from training.families.transformer.stage import examples, train
from training.provenance import library_versions

GRAPH = "encoder.onnx"
CHECKPOINTS = "checkpoints"
EMBEDDINGS = "embeddings.sqlite"
COMPLETE = "complete.json"
SAMPLES = 128
"""Texts that tell the export how large activations are."""
SILENT = "silent"
CODE = (
    Path(__file__),
    Path(__file__).parents[2] / "export.py",
    Path(__file__).with_name("last_layer.py"),
    Path(__file__).with_name("network.py"),
    Path(__file__).with_name("stage.py"),
)
LEARNED = {"base", "tokens", "layers", "pooled_every", "stage"}
"""What an encoder depends on beside its lesson: code, and settings."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a stage learns from; nothing if there are no rows."""

    tokens: Sequence[NDArray[np.int64]]
    targets: Mapping[str, Floats]  # head → (rows, classes)
    weights: Floats  # (rows,)
    head_weights: Mapping[str, float]

    @property
    def heads(self) -> dict[str, Head]:
        """The network's heads."""
        return {
            name: Head(rows.shape[1], self.head_weights[name])
            for name, rows in self.targets.items()
        }


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """A trained encoder as it ships, and what its stage thought of silent bugs."""

    directory: Path
    digest: str
    opinion: Floats  # (width,): log-odds of a silent bug per unit of embedding, without gold labels

    @property
    def graph(self) -> Path:
        """Its ONNX graph."""
        return self.directory / GRAPH

    def network(self) -> IssueNetwork:
        """The network in full precision, as it was trained; its heads were only the stage's."""
        return load_network(self.directory)

    def embed(self, readings: Sequence[Reading]) -> Floats:
        """Embeddings by the graph, one text at a time, each as in serving: (issues, width).

        They are kept beside it: every fold asks for the same ones.
        """
        kept = VectorCache(self.directory / EMBEDDINGS)
        tokens = {sha256(reading.tokens.tobytes()).digest(): reading.tokens for reading in readings}
        found = kept.get(list(tokens))
        if missing := [key for key in tokens if key not in found]:
            found |= self._compute({key: tokens[key] for key in missing})
            kept.put({key: found[key] for key in missing})
        keys = [sha256(reading.tokens.tobytes()).digest() for reading in readings]
        return np.array([found[key] for key in keys], dtype=np.float64)

    def _compute(self, tokens: Mapping[bytes, NDArray[np.int64]]) -> dict[bytes, Vector]:
        session = open_session(str(self.graph))

        def run(ids: NDArray[np.int64]) -> Vector:
            embedding: Vector = session.run([EMBEDDING], {TOKENS: ids[np.newaxis]})[0][0]
            return embedding

        with ThreadPoolExecutor(thread_count()) as pool:
            computed = pool.map(run, tokens.values())
            bar = tqdm(computed, desc="embedding", unit=" issues", total=len(tokens), disable=None)
            return dict(zip(tokens, bar, strict=True))


def reading_settings(settings: TransformerSettings) -> tuple[ReadingSettings, Path]:
    """How texts are cut for this base model, and its tokenizer's file."""
    path = find_base(settings.base) / TOKENIZER
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    marks = tokenizer.encode("").ids
    if len(marks) != len(("start", "end")):
        raise InputError(
            f"The tokenizer of {settings.base} puts {len(marks)} marks around a text, not 2",
            hint="Use a base model that marks start and end, as BERT does.",
        )
    start, end = marks
    facts = tuple(fact.name for fact in FACTS)
    vocabulary = max(tokenizer.get_vocab().values()) + 1
    return ReadingSettings(settings.tokens, start, end, vocabulary, facts), path


def trained_encoder(settings: TransformerSettings, lesson: Lesson, *, seed: int) -> Encoder:
    """The encoder of this lesson: kept from before, or trained now.

    An interrupted training goes on where it stopped.
    """
    digest = _digest(settings, lesson, seed)
    home = settings.encoders / digest
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "lock"):  # folds that run beside this one wait for what they share
        if not (home / COMPLETE).is_file():
            _train(settings, lesson, home, seed=seed)
    opinion = json.loads((home / COMPLETE).read_bytes())["opinion"]
    return Encoder(home, digest, np.array(opinion))


def _train(settings: TransformerSettings, lesson: Lesson, home: Path, *, seed: int) -> None:
    base = find_base(settings.base)
    network = build_network(
        base,
        lesson.heads,
        layers=settings.layers,
        tokens=settings.tokens,
        pooled_every=settings.pooled_every,
        dropout=settings.stage.dropout,
        seed=seed,
    )
    checkpoints = home / CHECKPOINTS
    if len(lesson.tokens):
        rows = examples(lesson.tokens, lesson.targets, lesson.weights)
        with threadpool_limits(thread_count()):
            train(network, rows, settings.stage, pad=_pad(network), seed=seed, at=checkpoints)
    save_network(network, home)
    export_encoder(network, _samples(lesson, network), home / GRAPH)
    content = {"opinion": _opinion(network) if len(lesson.tokens) else []}
    replace_file(home / COMPLETE, json.dumps(content).encode())
    shutil.rmtree(checkpoints, ignore_errors=True)


def _opinion(network: IssueNetwork) -> list[float]:
    """Weights of yes less those of no."""
    no, yes = network.heads[SILENT].weight.detach().double().numpy()
    difference: list[float] = (yes - no).tolist()
    return difference


def _samples(lesson: Lesson, network: IssueNetwork) -> Sequence[NDArray[np.int64]]:
    """Texts of all lengths; without any, random ones."""
    if not len(lesson.tokens):
        random = np.random.default_rng(0)
        size = network.encoder.config.vocab_size
        return [random.integers(0, size, size=64) for _ in range(SAMPLES)]
    by_length = sorted(lesson.tokens, key=len)
    return by_length[:: max(1, len(by_length) // SAMPLES)]


def _pad(network: IssueNetwork) -> int:
    pad: int = network.encoder.config.pad_token_id
    return pad


def _digest(settings: TransformerSettings, lesson: Lesson, seed: int) -> str:
    """SHA-256 of settings, the base model, lesson, code, libraries and device."""
    recipe = f"{settings.model_dump_json(include=LEARNED)} {base_digest(settings.base)}"
    digest = sha256(f"{recipe} {seed} {sorted(lesson.head_weights.items())}".encode())
    for path in CODE:
        digest.update(path.read_bytes())
    machine = torch.cuda.is_available(), has_bfloat16()
    digest.update(f"{library_versions()} {machine}".encode())
    for ids in lesson.tokens:
        digest.update(ids.tobytes() + b"\n")
    for name in sorted(lesson.targets):
        digest.update(name.encode() + lesson.targets[name].tobytes())
    digest.update(lesson.weights.tobytes())
    return digest.hexdigest()
