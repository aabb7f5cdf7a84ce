"""The labelled issues of an experiment, normalized and grouped once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from classifier.normalize import normalize
from classifier.types import NormalizedIssue
from training.dataset import LabeledIssue, Origin, digest_of, labeled_issues, load_dataset
from training.duplicates import group_near_duplicates
from training.splits import Indices

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]
Moments = NDArray[np.datetime64]  # UTC, to the second; NaT where unknown
View = Literal["whole", "title"]


@dataclass(frozen=True)
class Corpus:
    """Issues of all origins in a fixed order; positions in it are what splits are made of."""

    issues: Sequence[LabeledIssue]
    texts: Sequence[NormalizedIssue]
    groups: Indices  # near-duplicates share a number, whatever their origin
    digest: str  # of the labelled issues, distilled ones aside
    distilled_digest: str = ""  # of these
    view: View = "whole"  # how much of each issue may be read

    @cached_property
    def gold(self) -> Indices:
        """Rows that evaluation is about: your own where there are any, else the study's."""
        own = self.of("own")
        return own if own.size else self.of("study")

    @cached_property
    def is_silent(self) -> Booleans:
        """People's verdict: (rows,); False where there is none, see ``is_judged``."""
        return np.array([bool(label.is_silent) for label in self.issues], dtype=bool)

    @cached_property
    def is_judged(self) -> Booleans:
        """Whether people judged a row at all: (rows,)."""
        return np.array([label.is_silent is not None for label in self.issues], dtype=bool)

    @cached_property
    def votes(self) -> NDArray[np.int64]:
        """How many of three reviewers suspected a silent bug: (rows,), 0 where nobody voted."""
        return np.array([label.votes or 0 for label in self.issues], dtype=np.int64)

    @cached_property
    def silver_scores(self) -> Floats:
        """A teacher's opinion: (rows,), 0 to 1, NaN outside silver and distilled labels."""
        return np.array([_score(label) for label in self.issues], dtype=np.float64)

    @cached_property
    def opened_at(self) -> Moments:
        """When the issues were opened: (rows,)."""
        return np.array([_utc(label.issue.opened_at) for label in self.issues], "datetime64[s]")

    @cached_property
    def repos(self) -> NDArray[np.str_]:
        """The issues' repositories: (rows,)."""
        return np.array([label.issue.key.repo for label in self.issues], dtype=np.str_)

    @cached_property
    def origins(self) -> NDArray[np.str_]:
        """Where the labels come from: (rows,)."""
        return np.array([label.origin for label in self.issues], dtype=np.str_)

    def of(self, origin: Origin) -> Indices:
        """The rows of one origin."""
        return np.flatnonzero(self.origins == origin)

    def apart(self, rows: Indices, tested: Indices) -> Indices:
        """Those of the rows that nearly repeat none of the tested ones."""
        return rows[~np.isin(self.groups[rows], self.groups[tested])]

    def before(self, rows: Indices, moment: np.datetime64) -> Indices:
        """Those of the rows that are known to have been opened before ``moment``."""
        return rows[self.opened_at[rows] < moment]

    def titles(self) -> "Corpus":
        """The same issues as if nothing but their titles were known."""
        labels = _without_distilled(self.issues)
        issues = [replace(label, issue=replace(label.issue, body="")) for label in labels]
        return _corpus(issues, view="title")


def load_corpus(
    hydrated: Path,
    *,
    labels: Path | None = None,
    own: Sequence[LabeledIssue] = (),
    with_distilled: bool = False,
) -> Corpus:
    """Read, normalize and group the hydrated issues, and your own before them.

    With issues of your own, those of the study may be missing. Issues with a distilled label, if
    they are asked for, come last, and only where they nearly repeat no other issue.
    """
    dataset = load_dataset(
        hydrated, labels=labels, is_study_needed=not own, with_distilled=with_distilled
    )
    return _corpus([*own, *labeled_issues(dataset)], view="whole")


def _corpus(issues: Sequence[LabeledIssue], *, view: View) -> Corpus:
    texts = [
        normalize(label.issue)
        for label in tqdm(issues, desc="normalizing", unit=" issues", disable=None)
    ]
    keys = [text.key if text.key.repo and text.key.number else None for text in texts]
    groups = np.array(group_near_duplicates([text.text for text in texts], keys), dtype=np.intp)
    judged = _without_distilled(issues)
    _, first = np.unique(groups, return_index=True)
    distilled = first[first >= len(judged)]
    rows = np.concatenate([np.arange(len(judged)), distilled])
    return Corpus(
        issues=[issues[row] for row in rows],
        texts=[texts[row] for row in rows],
        groups=groups[rows],
        digest=digest_of(judged),
        distilled_digest=digest_of(issues[row] for row in distilled),
        view=view,
    )


def _without_distilled(issues: Sequence[LabeledIssue]) -> list[LabeledIssue]:
    return [label for label in issues if label.origin != "distilled"]


def _score(label: LabeledIssue) -> float:
    return float("nan") if label.silver_score is None else label.silver_score / 100


def _utc(moment: datetime | None) -> np.datetime64:
    return np.datetime64("NaT") if moment is None else np.datetime64(int(moment.timestamp()), "s")
