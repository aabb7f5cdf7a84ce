"""Serving formats: how a model directory's weights become scores.

To add one, write a module with ``load(directory, manifest) -> Scorer`` and a line in ``SCORERS``.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from classifier.artifact import Manifest
from classifier.errors import ArtifactError
from classifier.types import Evidence, NormalizedIssue, Score

SCORERS: Mapping[str, str] = MappingProxyType(
    {"linear": "classifier.scorers.linear", "onnx": "classifier.scorers.onnx"}
)
"""Name in the manifest → module, imported only when a model asks for it."""


class Scorer(Protocol):
    """A loaded model."""

    @property
    def has_aspects(self) -> bool:
        """Whether it tells scenario and impact: all of its scores have aspects, or none has."""

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        """Score issues, in their order; one issue's score does not depend on the others."""

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        """What the issue's structure says for and against, in words, such as "no traceback"."""


def load_scorer(directory: Path, manifest: Manifest) -> Scorer:
    """Load the weights of a verified model directory.

    Raises ArtifactError if this version has no such scorer or the weights do not load, and
    MissingExtraError if the scorer's packages are not installed.
    """
    if manifest.scorer not in SCORERS:
        raise ArtifactError(
            f"Model {manifest.model_id} needs scorer {manifest.scorer!r}",
            hint=f"This version has: {', '.join(SCORERS)}. A newer silentrank may have it.",
        )
    module = import_module(SCORERS[manifest.scorer])
    return cast("Scorer", module.load(directory, manifest))
