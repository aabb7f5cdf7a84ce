"""Soft targets for what learns from classes alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifier.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Rows of features with a class and a weight each."""

    features: Any  # (rows, features), dense or sparse as they were given
    is_silent: NDArray[np.bool_]  # (rows,)
    weights: Floats  # (rows,), above 0


def as_classes(features: Any, targets: Floats, weights: Floats) -> Classes:  # noqa: ANN401 - dense or sparse
    """A soft target is the row twice: as silent at its target's weight, as not at the rest's.

    Targets are 0 to 1, weights above 0. Raises InputError if all that remains is one class.
    """
    classes = np.repeat([True, False], len(targets))
    shares = np.concatenate([weights * targets, weights * (1.0 - targets)])
    counts = shares > 0.0
    for is_silent, name in ((True, "silent"), (False, "other")):
        if not counts[classes == is_silent].any():
            raise InputError(
                f"None of the {len(targets)} issues to train on is {name}",
                hint="A model needs to see both kinds: label more issues.",
            )
    stack = sparse.vstack if sparse.issparse(features) else np.vstack
    return Classes(stack([features, features])[counts], classes[counts], shares[counts])
