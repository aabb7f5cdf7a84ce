"""What the embedding families see: one frozen sentence embedding of each issue, title first."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from tqdm import tqdm

from classifier.scorers.features import texts_of
from classifier.types import NormalizedIssue
from training.config import Settings
from training.families.embedding_cache import VectorCache
from training.families.sentence_encoder import ENCODING, Vector, load_encoder

Floats = NDArray[np.float64]

TEXTS_A_WRITE = 32
"""An interrupted run loses no more than these."""


class EmbeddingSettings(Settings):
    """Which texts are embedded, and where embeddings are kept."""

    columns: tuple[Literal["title", "prose", "error", "code"], ...] = Field(
        default=("title", "prose", "error"), min_length=1, strict=False
    )
    """One after another; the encoder reads no more than the first 256 tokens."""
    cache: Path = Field(default=Path("runs/embeddings.sqlite"), strict=False)
    """Embeddings of earlier folds and runs; relative to the working directory."""


def embed(settings: EmbeddingSettings, issues: Sequence[NormalizedIssue]) -> Floats:
    """Embeddings of length 1: (issues, WIDTH).

    Raises MissingExtraError if one is not in the cache and no encoder is installed.
    """
    columns = texts_of(issues)
    texts = [
        "\n".join(filter(None, parts))
        for parts in zip(*(columns[name] for name in settings.columns), strict=True)
    ]
    keys = [hashlib.sha256(f"{ENCODING}\n{text}".encode()).digest() for text in texts]
    cache = VectorCache(settings.cache)
    found = cache.get(keys)
    if missing := {key: text for key, text in zip(keys, texts, strict=True) if key not in found}:
        _encode(missing, cache)
        found |= cache.get(list(missing))
    return np.array([found[key] for key in keys], dtype=np.float64)


def _encode(texts: Mapping[bytes, str], cache: VectorCache) -> None:
    """Fill the cache, except for what another process fills meanwhile."""
    encode = load_encoder()
    # each process in an order of its own, or all would compute the same at the same time
    keys = list(texts)
    order = [keys[i] for i in np.random.default_rng(os.getpid()).permutation(len(keys))]
    with tqdm(desc="embedding", unit=" texts", total=len(order), disable=None) as bar:
        for start in range(0, len(order), TEXTS_A_WRITE):
            some = order[start : start + TEXTS_A_WRITE]
            known = cache.get(some)
            vectors: dict[bytes, Vector] = {}
            for key in some:
                if key not in known:
                    vectors[key] = encode(texts[key])
                bar.update()
            cache.put(vectors)
