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
from training.facets import Facets, facets_of
from training.splits import Indices

REVIEWERS = 3


@dataclass(frozen=True, slots=True)
class TrainingPart:
    """Rows to train on: texts, and what each is taken to be under each vote factor."""

    texts: Sequence[NormalizedIssue]  # (rows,)
    targets: Floats  # (factors, rows), 0 not silent to 1 silent
    weights: Floats  # (rows,), 1 for what people judged
    facets: Facets  # what else is known of the rows


def vote_factors(settings: TargetSettings) -> tuple[float, ...]:
    """The candidates; votes count nothing where they are not used."""
    return settings.vote_factors if settings.use_votes else (0.0,)


def used_beside(corpus: Corpus, extra: Indices, settings: TargetSettings) -> Indices:
    """Those of the extra rows that the settings learn from."""
    origins = {
        "silver": settings.use_silver,
        "pytorch_title": settings.use_titles,
        "distilled": settings.use_distilled,
    }
    unused = [origin for origin, is_used in origins.items() if not is_used]
    return extra[~np.isin(corpus.origins[extra], unused)]


def training_part(
    corpus: Corpus,
    rows: Indices,
    settings: TargetSettings,
    factors: Sequence[float],
    *,
    extra: Indices,
) -> TrainingPart:
    """The rows with their targets and weights; ``extra`` are those that nobody is measured by.

    Titles alone teach a network to read at once: even where they are what is measured by, each
    inner fold can afford to train on its own. Titles and distilled labels beside other issues
    teach it to read and no more.
    """
    is_distilled = corpus.origins[rows] == "distilled"
    is_title = corpus.origins[rows] == "pytorch_title"
    is_extra = np.isin(rows, extra)
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
        facets=facets_of(
            [corpus.issues[row] for row in rows],
            is_taught=is_extra | is_title,
            is_judged=~(is_distilled | is_extra & is_title),
        ),
    )
