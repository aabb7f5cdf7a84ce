"""A fine-tuned transformer, with terms and facts beside what it read.

Training has two parts. A *stage* teaches the encoder how to read, on rows whose labels nobody is
measured by: silver labels, other repositories' titles. All folds with the same such rows share one
encoder. A *head* then weighs what the encoder makes of an issue, its terms and its facts against
each other, on gold and silver labels: a logistic regression, fitted in seconds. Fine-tuning on 62
gold positives a fold instead learns them by heart (training/LOG.md).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classifier.errors import MissingExtraError
from classifier.types import NormalizedIssue
from training.facets import Facets
from training.families.transformer.settings import TransformerSettings

if TYPE_CHECKING:
    from training.families.transformer.model import TransformerModel

__all__ = ["TransformerSettings", "fit"]

Floats = NDArray[np.float64]


def fit(
    settings: TransformerSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,
    facets: Facets | None = None,
) -> list["TransformerModel"]:
    """Fit one model to each row of ``targets``; the encoder is trained once for all.

    Without ``facets``, or where they name no row to teach by, the encoder stays as it was
    pretrained. Raises MissingExtraError without the extra ``transformer``.
    """
    try:
        from training.families.transformer import model  # noqa: PLC0415 - an extra, slow to load
    except ImportError as error:
        raise MissingExtraError("Training a transformer", extra="transformer") from error
    return model.fit(settings, texts, targets, weights, facets, seed=seed)
