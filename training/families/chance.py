"""The family ``random``: a number drawn for each issue. Whatever learns must beat it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.types import IssueKey, NormalizedIssue
from training.config import Settings

Floats = NDArray[np.float64]

BITS = 53  # as many as a float holds exactly


class RandomSettings(Settings):
    """There is nothing to set."""


@dataclass(frozen=True, slots=True)
class RandomModel:
    """Bench only: it knows nothing."""

    seed: int

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """A number from 0 to 1 for each key, whatever the text and the other issues: (issues,)."""
        return np.array([self._draw(issue.key) for issue in issues])

    def _draw(self, key: IssueKey) -> float:
        digest = hashlib.sha256(f"{self.seed} {key.repo}#{key.number}".encode()).digest()
        return (int.from_bytes(digest[:8]) >> (64 - BITS)) / 2.0**BITS


def fit(
    settings: RandomSettings,  # noqa: ARG001 - a family's signature
    texts: Sequence[NormalizedIssue],  # noqa: ARG001
    targets: Floats,
    weights: Floats,  # noqa: ARG001
    *,
    seed: int,
) -> list[RandomModel]:
    """One model for each row of ``targets``, all alike."""
    return [RandomModel(seed) for _ in targets]
