"""What one would run without silentrank: the same encoder in other libraries, each a process.

``python -m benchmarks.peers NAME FOLDER ISSUES TOKENS`` scores a file of issues and prints a
probability a line. FOLDER is what ``benchmarks.prepare`` wrote. Every peer reads title and body as
they were written, up to as many tokens as the model under test, in batches sorted by length.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

CORES = 2
BATCH = 32  # issues; 16 and 64 were no faster for any peer
CLASSIFIER, SENTENCES, GRAPH = "classifier", "sentences", "encoder.onnx"
TOKENIZER, WEIGHTS = "tokenizer.json", "weights.json"

Scores = Sequence[float]
Score = Callable[[Path, list[str], int], Scores]


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to run the encoder."""

    name: str  # as the table shows it
    needs: tuple[str, ...]  # modules
    score: Score

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that are not installed here."""
        return tuple(module for module in self.needs if find_spec(module) is None)


def main() -> None:
    """Score a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("issues", type=Path)
    parser.add_argument("tokens", type=int)
    options = parser.parse_args()
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    with options.issues.open(encoding="utf-8") as file:
        texts = [f"{row['title']}\n\n{row['body']}" for row in map(json.loads, file)]
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    scores = PEERS[options.name].score(options.folder, [texts[i] for i in order], options.tokens)
    of_text = dict(zip(order, scores, strict=True))
    for i in range(len(texts)):
        print(of_text[i])  # noqa: T201 - the result


def _torch_float32(folder: Path, texts: list[str], tokens: int) -> Scores:
    return _pipeline(folder, texts, tokens, "float32")


def _torch_bfloat16(folder: Path, texts: list[str], tokens: int) -> Scores:
    from training.families.transformer.processor import has_bfloat16  # noqa: PLC0415 - needs torch

    if not has_bfloat16():
        sys.exit("the processor does not multiply numbers of 16 bits")
    return _pipeline(folder, texts, tokens, "bfloat16")


def _pipeline(folder: Path, texts: list[str], tokens: int, dtype: str) -> Scores:
    import torch  # noqa: PLC0415 - each peer loads its own libraries alone
    from transformers import pipeline  # noqa: PLC0415

    torch.set_num_threads(CORES)
    classify = pipeline(
        "text-classification",
        model=str(folder / CLASSIFIER),
        dtype=getattr(torch, dtype),
        device="cpu",
    )
    answers = classify(texts, batch_size=BATCH, truncation=True, max_length=tokens)
    return [answer["score"] for answer in answers]


def _sentences(folder: Path, texts: list[str], _: int) -> Scores:
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    torch.set_num_threads(CORES)
    encoder = SentenceTransformer(str(folder / SENTENCES), device="cpu")
    embeddings = encoder.encode(texts, batch_size=BATCH, show_progress_bar=False)
    model = LogisticRegression()
    model.classes_, model.coef_, model.intercept_ = _head(folder)
    scores: list[float] = model.predict_proba(embeddings)[:, 1].tolist()
    return scores


def _onnx_float32(folder: Path, texts: list[str], tokens: int) -> Scores:
    import numpy as np  # noqa: PLC0415
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    options = SessionOptions()
    options.intra_op_num_threads = CORES
    session = InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(tokens)
    tokenizer.enable_padding()
    _, (weights,), (intercept,) = _head(folder)
    scores: list[float] = []
    for start in range(0, len(texts), BATCH):
        cut = tokenizer.encode_batch(texts[start : start + BATCH])
        ids, mask = ([getattr(one, of) for one in cut] for of in ("ids", "attention_mask"))
        inputs = {"input_ids": np.array(ids), "attention_mask": np.array(mask)}
        (embeddings,) = session.run(None, inputs)
        scores += (1.0 / (1.0 + np.exp(-embeddings @ weights - intercept))).tolist()
    return scores


def _head(folder: Path):  # type: ignore[no-untyped-def] # noqa: ANN202 - arrays, whose types are NumPy's
    """Classes, weights (1, width) and intercept (1,) of a logistic regression."""
    import numpy as np  # noqa: PLC0415

    weights = np.array([json.loads((folder / WEIGHTS).read_bytes())])
    return np.array([0, 1]), weights, np.zeros(1)


_TORCH = ("torch", "transformers")
PEERS: Mapping[str, Peer] = {
    "torch-fp32": Peer("transformers pipeline, torch fp32", _TORCH, _torch_float32),
    "torch-bf16": Peer("transformers pipeline, torch bf16", _TORCH, _torch_bfloat16),
    "sentences": Peer(
        "sentence-transformers and logistic regression",
        (*_TORCH, "sentence_transformers", "sklearn"),
        _sentences,
    ),
    "onnx-fp32": Peer(
        "onnxruntime, fp32", (*_TORCH, "onnx", "onnxscript", "onnxruntime"), _onnx_float32
    ),
}
REFERENCE = "torch-fp32"


if __name__ == "__main__":
    main()
