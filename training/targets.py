"""How labels become soft targets and weights.

The study counts an issue as silent if its bug was reproduced and fixed. An issue that reviewers
suspected and did not confirm is closer to a silent bug than one that nobody did, so its target
is its share of votes times a factor, which is chosen on inner folds. Silver labels are a weak
teacher: their score is the target, at a weight of their own, in training parts only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.types import NormalizedIssue
from training.config import TargetSettings
from training.corpus import Corpus, Floats
from training.splits import Indices

REVIEWERS = 3


@dataclass(frozen=True, slots=True)
class TrainingPart:
    """Rows to train on: texts, and what each is taken to be under each vote factor."""

    texts: Sequence[NormalizedIssue]  # (rows,)
    targets: Floats  # (factors, rows), 0 not silent to 1 silent
    weights: Floats  # (rows,), 1 for what people judged


def vote_factors(settings: TargetSettings) -> tuple[float, ...]:
    """The candidates; votes count nothing where they are not used."""
    return settings.vote_factors if settings.use_votes else (0.0,)


def used_beside(corpus: Corpus, extra: Indices, settings: TargetSettings) -> Indices:
    """Those of the extra rows that the settings learn from."""
    return extra if settings.use_silver else extra[np.isnan(corpus.silver_scores[extra])]


def training_part(
    corpus: Corpus,
    rows: Indices,
    settings: TargetSettings,
    factors: Sequence[float],
) -> TrainingPart:
    """The rows with their targets and weights."""
    is_silver = ~np.isnan(corpus.silver_scores[rows])
    opinions = corpus.silver_scores[rows] ** settings.silver_exponent
    suspicion = corpus.votes[rows] / REVIEWERS
    return TrainingPart(
        texts=[corpus.texts[row] for row in rows],
        targets=np.array(
            [
                np.where(
                    is_silver,
                    opinions,
                    np.where(corpus.is_silent[rows], 1.0, suspicion * factor),
                )
                for factor in factors
            ]
        ),
        weights=np.where(is_silver, settings.silver_weight, 1.0),
    )
