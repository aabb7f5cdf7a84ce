"""The labelled issues of an experiment, normalized and grouped once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from classifier.errors import InputError
from classifier.normalize import normalize
from classifier.types import NormalizedIssue
from training.dataset import LabeledIssue, dataset_digest, labeled_issues, load_dataset
from training.duplicates import group_near_duplicates
from training.splits import Indices, extra_training_rows


@dataclass(frozen=True)
class Corpus:
    """Gold issues of the study and silver issues of the pool, each in a fixed order."""

    gold: Sequence[LabeledIssue]
    silver: Sequence[LabeledIssue]
    gold_texts: Sequence[NormalizedIssue]
    silver_texts: Sequence[NormalizedIssue]
    gold_groups: Indices  # near-duplicates share a number, across gold and silver
    silver_groups: Indices
    digest: str  # of the dataset it was made from

    @cached_property
    def is_silent(self) -> NDArray[np.bool_]:
        """The study's final label: (gold,)."""
        return np.array([label.is_silent for label in self.gold], dtype=bool)

    @cached_property
    def votes(self) -> NDArray[np.int64]:
        """How many of three reviewers suspected a silent bug: (gold,)."""
        return np.array([label.votes for label in self.gold], dtype=np.int64)

    @cached_property
    def opened_at(self) -> list[datetime]:
        """When the gold issues were opened."""
        return [_opened_at(label) for label in self.gold]

    def silver_without(self, tested: Indices) -> Indices:
        """Silver rows that repeat none of the tested gold rows."""
        return extra_training_rows(self.silver_groups.tolist(), self.gold_groups[tested].tolist())

    def silver_before(self, moment: datetime) -> Indices:
        """Silver rows that are known to have been opened before ``moment``."""
        opened_at = (label.issue.opened_at for label in self.silver)
        return np.flatnonzero([opened is not None and opened < moment for opened in opened_at])


def load_corpus(hydrated: Path, *, labels: Path | None = None) -> Corpus:
    """Read, normalize and group the hydrated issues."""
    dataset = load_dataset(hydrated, labels=labels)
    rows = labeled_issues(dataset)
    gold = [row for row in rows if row.origin == "study"]
    silver = [row for row in rows if row.origin == "silver"]
    texts = [
        normalize(label.issue)
        for label in tqdm([*gold, *silver], desc="normalizing", unit=" issues", disable=None)
    ]
    groups = np.array(group_near_duplicates([text.text for text in texts]), dtype=np.intp)
    count = len(gold)
    return Corpus(
        gold=gold,
        silver=silver,
        gold_texts=texts[:count],
        silver_texts=texts[count:],
        gold_groups=groups[:count],
        silver_groups=groups[count:],
        digest=dataset_digest(dataset),
    )


def _opened_at(label: LabeledIssue) -> datetime:
    if label.issue.opened_at is None:
        raise InputError(f"{label.issue.key} has no opening date", hint="Hydrate it again.")
    return label.issue.opened_at
