"""Says the same of every issue: how many are silent. Whatever learns must beat it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.types import NormalizedIssue
from training.config import Settings

Floats = NDArray[np.float64]


class MajoritySettings(Settings):
    """There is nothing to set."""


@dataclass(frozen=True, slots=True)
class MajorityModel:
    """Bench only: it ranks nothing."""

    share: float  # of silent bugs in training, by target and weight: 0 to 1

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """The share, for each issue: (issues,)."""
        return np.full(len(issues), self.share)


def fit(
    settings: MajoritySettings,  # noqa: ARG001 - a family's signature
    texts: Sequence[NormalizedIssue],  # noqa: ARG001
    targets: Floats,
    weights: Floats,
    *,
    seed: int,  # noqa: ARG001
) -> list[MajorityModel]:
    """Fit one model to each row of ``targets``."""
    return [MajorityModel(float(np.average(row, weights=weights))) for row in targets]
