"""Frozen embeddings of plain texts, by any base model: for tasks with a few hundred texts.

As in ``sentence_encoder``, texts are read one by one in full precision, so that an embedding
depends on its text alone. A text is padded to a multiple of 16 tokens, or every length would cost
the compilation of kernels of its own; padding is the same whatever the other texts are.
"""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from classifier.errors import InputError, MissingExtraError
from training.families.embedding_cache import Vector, VectorCache

Floats = NDArray[np.float64]

WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")
"""Patterns of weight files, which large models have several of; the first that finds any counts."""
CHARACTERS_A_TOKEN = 12
"""Far more than English has, so that a hostile text is cut before it is cut into tokens."""
TEXTS_A_WRITE = 32
"""An interrupted run loses no more than these."""


def embed_plain(base: str, texts: Sequence[str], *, tokens: int, kept: Path) -> Floats:
    """Embeddings of length 1 of the texts' first ``tokens`` tokens: (texts, width).

    ``base`` is a base model as ``find_base`` knows it; embeddings are kept in the file ``kept``.
    Raises MissingExtraError without the extra ``transformer``, InputError without the base model.
    """
    start = f"{weights_digest(base)} {tokens}\n".encode()
    keys = [sha256(start + text.encode(errors="surrogatepass")).digest() for text in texts]
    cached = VectorCache(kept)
    found = cached.get(keys)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
    if missing:
        encode = _encoder(base, tokens)
        fresh: dict[bytes, Vector] = {}
        for at, (key, text) in enumerate(
            tqdm(missing.items(), desc="embedding", unit=" texts", disable=None), start=1
        ):
            found[key] = fresh[key] = encode(text)
            if at % TEXTS_A_WRITE == 0 or at == len(missing):
                cached.put(fresh)
                fresh = {}
    return np.array([found[key] for key in keys], dtype=np.float64)


@cache
def weights_digest(base: str) -> str:
    """SHA-256 of a base model's weights: what a model that was fitted on them needs again."""
    directory = _home(base)
    for pattern in WEIGHTS:
        if paths := sorted(directory.glob(pattern)):
            return _digest_of(paths)
    raise InputError(
        f"Base model {base} has no weights", hint=f"Its directory needs {' or '.join(WEIGHTS)}."
    )


@cache
def base_digest(base: str) -> str:
    """SHA-256 of a base model's configuration and weights. Raises errors as ``embed_plain``."""
    configuration = (_home(base) / "config.json").read_bytes()
    return sha256(configuration + weights_digest(base).encode()).hexdigest()


def _digest_of(paths: Sequence[Path]) -> str:
    """SHA-256 of the files' bytes, one after another; large ones are never whole in memory."""
    digest = sha256()
    for path in paths:
        with path.open("rb") as file:
            file_digest(file, lambda: digest)
    return digest.hexdigest()


@cache
def _encoder(base: str, tokens: int) -> Callable[[str], Vector]:
    """A function from a text to its embedding, (width,), of length 1."""
    directory = _home(base)
    try:
        import torch  # noqa: PLC0415 - an extra, and slow to load
        from tokenizers import Tokenizer  # noqa: PLC0415

        from training.families.transformer.network import build_network  # noqa: PLC0415
        from training.families.transformer.stage import pad_tokens  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Embedding texts", extra="transformer") from error
    network = build_network(directory, {}, layers=None, dropout=0.0, seed=0).eval()
    pad: int = network.encoder.config.pad_token_id
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(tokens)

    def encode(text: str) -> Vector:
        ids = tokenizer.encode(text[: tokens * CHARACTERS_A_TOKEN]).ids
        with torch.inference_mode():
            mean = network.embed(**pad_tokens([ids], pad))[0]
            vector: Vector = torch.nn.functional.normalize(mean, dim=0).numpy()
        return vector

    return encode


def _home(base: str) -> Path:
    try:
        from training.families.transformer.base_model import find_base  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("A base model", extra="transformer") from error
    return find_base(base)
