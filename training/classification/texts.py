"""What a task's models may see of issues, as text and numbers that depend on no other issue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError
from classifier.normalize import normalize
from classifier.normalize.characters import clean, clip
from classifier.types import Issue, NormalizedIssue
from training.classification.settings import EmbeddingSettings, ModelSettings
from training.families.plain_embeddings import embed_plain
from training.families.tfidf_features import measured_facts
from training.splits import Indices

Floats = NDArray[np.float64]

BODY_CHARACTERS = 20_000
"""What is read of a raw body at most: the rest is logs."""
DAYS_A_YEAR = 365.2425
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Texts:
    """Issues and what is read of them; embeddings and facts are computed when first asked for."""

    issues: Sequence[Issue]
    settings: ModelSettings

    @cached_property
    def normalized(self) -> list[NormalizedIssue]:
        """The issues in segments."""
        return [normalize(issue) for issue in self.issues]

    @cached_property
    def columns(self) -> Mapping[str, list[str]]:
        """``title`` and ``body`` as the settings want them: (issues,) each."""
        if self.settings.text == "raw":
            return {
                "title": [clean(clip(issue.title, BODY_CHARACTERS)) for issue in self.issues],
                "body": [clean(clip(issue.body, BODY_CHARACTERS)) for issue in self.issues],
            }
        segments = [issue.segments for issue in self.normalized]
        return {
            "title": [title.text for title, *_ in segments],
            "body": ["\n".join(segment.text for segment in rest) for _, *rest in segments],
        }

    @cached_property
    def embeddings(self) -> dict[EmbeddingSettings, Floats]:
        """Embeddings of title and body, of length 1: (issues, width) each."""
        pairs = zip(self.columns["title"], self.columns["body"], strict=True)
        whole = [f"{title}\n{body}" for title, body in pairs]
        return {
            one: embed_plain(one.base, whole, tokens=one.tokens, kept=self.settings.cache)
            for one in self.settings.embeddings
        }

    @cached_property
    def facts(self) -> Floats:
        """The facts that the linear family knows: (issues, facts)."""
        return measured_facts(self.normalized)

    @cached_property
    def dates(self) -> Floats:
        """Opening dates in years: (issues,). Raises InputError if one is not known."""
        for row, issue in enumerate(self.issues, start=1):
            if issue.opened_at is None:
                raise InputError(
                    f"Row {row} has no opening date, which the model reads",
                    hint="Give a column opened_at or created_at, or train with date_factor = 0.",
                )
        seconds = [issue.opened_at.timestamp() for issue in self.issues if issue.opened_at]
        return np.array(seconds, dtype=np.float64) / (SECONDS_A_DAY * DAYS_A_YEAR)

    def columns_of(self, column: str, rows: Indices) -> list[str]:
        """Some issues' text."""
        return [self.columns[column][row] for row in rows]
