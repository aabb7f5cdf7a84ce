"""Nearest neighbours among frozen sentence embeddings: an issue is what its likes were."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from classifier.types import NormalizedIssue
from training.families.embeddings import EmbeddingSettings, embed

Floats = NDArray[np.float64]

DIGITS = 9
"""Similarities are rounded to these: beyond, they depend on what else is compared."""


class KnnSettings(EmbeddingSettings):
    """Which texts are embedded, and how many neighbours speak how loudly."""

    neighbours: int = Field(default=50, ge=1)
    exponent: float = Field(default=4.0, ge=0.0)
    """A neighbour counts by its cosine similarity raised to this; at 0 all count alike."""


@dataclass(frozen=True, slots=True, eq=False)
class KnnModel:
    """Bench only: it is its training issues, which are not ours to ship."""

    settings: KnnSettings
    embeddings: Floats  # (rows, WIDTH)
    targets: Floats  # (rows,)
    weights: Floats  # (rows,)

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """Mean target of the nearest, by similarity and weight: (issues,). Ties go by row."""
        similarities = np.round(embed(self.settings, issues) @ self.embeddings.T, DIGITS)
        nearest = np.argsort(-similarities, axis=1, kind="stable")[:, : self.settings.neighbours]
        near = np.take_along_axis(similarities, nearest, axis=1).clip(min=10.0**-DIGITS)
        counts = near**self.settings.exponent * self.weights[nearest]  # (issues, neighbours)
        means: Floats = (counts * self.targets[nearest]).sum(axis=1) / counts.sum(axis=1)
        return means


def fit(
    settings: KnnSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    *,
    seed: int,  # noqa: ARG001 - nothing is drawn
) -> list[KnnModel]:
    """One model for each row of ``targets``; the texts are embedded once for all."""
    embeddings = embed(settings, texts)
    return [KnnModel(settings, embeddings, row, weights) for row in targets]
