"""How labels become soft targets and weights.

The study counts an issue as silent if its bug was reproduced and fixed. An issue that reviewers
suspected and did not confirm is closer to a silent bug than one that nobody did, so its target
is its share of votes times a factor, which is chosen on inner folds. Silver labels are a weak
teacher: their score is the target, at a weight of their own, in training parts only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.types import NormalizedIssue
from training.config import TargetSettings
from training.corpus import Corpus
from training.splits import Indices

Floats = NDArray[np.float64]
REVIEWERS = 3


@dataclass(frozen=True, slots=True)
class TrainingPart:
    """Rows to train on: texts, and what each is taken to be under each vote factor."""

    texts: Sequence[NormalizedIssue]  # (rows,)
    targets: Floats  # (factors, rows), 0 not silent to 1 silent
    weights: Floats  # (rows,), 1 for a gold row


def vote_factors(settings: TargetSettings) -> tuple[float, ...]:
    """The candidates; votes count nothing where they are not used."""
    return settings.vote_factors if settings.use_votes else (0.0,)


def training_part(
    corpus: Corpus,
    gold: Indices,
    silver: Indices,
    settings: TargetSettings,
    factors: Sequence[float],
) -> TrainingPart:
    """Gold rows and, where the settings use them, silver rows."""
    if not settings.use_silver:
        silver = silver[:0]
    suspicion = corpus.votes[gold] / REVIEWERS
    scores = np.array([corpus.silver[i].silver_score for i in silver], dtype=np.float64) / 100
    scores **= settings.silver_exponent
    return TrainingPart(
        texts=[*(corpus.gold_texts[i] for i in gold), *(corpus.silver_texts[i] for i in silver)],
        targets=np.array(
            [
                [*np.where(corpus.is_silent[gold], 1.0, suspicion * factor), *scores]
                for factor in factors
            ]
        ),
        weights=np.concatenate([np.ones(len(gold)), np.full(len(silver), settings.silver_weight)]),
    )
