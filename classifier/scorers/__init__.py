"""Serving formats: how a model directory's weights become scores.

To add one, write a module with ``load(directory, manifest) -> Scorer`` and a line in ``SCORERS``.
"""

from collections.abc import Sequence
from typing import Protocol

from classifier.types import Evidence, NormalizedIssue, Score


class Scorer(Protocol):
    """A loaded model."""

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        """Score issues, in their order; one issue's score does not depend on the others."""

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        """What the issue's structure says for and against, in words, such as "no traceback"."""
