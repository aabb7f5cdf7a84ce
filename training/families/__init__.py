"""Model families: one file each with its settings and ``fit``, one line here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from classifier.errors import InputError
from classifier.types import NormalizedIssue
from training.config import Experiment, Settings, explain_validation
from training.families import tfidf


class FittedModel(Protocol):
    """What ``fit`` returns."""

    def predict(self, issues: Sequence[NormalizedIssue]) -> NDArray[np.float64]:
        """Raw probabilities: (issues,)."""


@runtime_checkable
class ServableModel(FittedModel, Protocol):
    """A model that can be released: it writes itself into a model directory."""

    @property
    def scorer(self) -> str:
        """The name in ``classifier.scorers.SCORERS`` that serves what ``write`` writes."""

    def write(self, directory: Path) -> None:
        """Write the weights into a model directory."""


@dataclass(frozen=True, slots=True)
class Family:
    """A way to fit models.

    ``fit(settings, texts, targets, weights, *, seed)`` fits one model to each row of targets,
    (candidates, issues), with weights (issues,).
    """

    settings: type[Settings]
    fit: Callable[..., Sequence[FittedModel]]


FAMILIES: Mapping[str, Family] = MappingProxyType({"tfidf": Family(tfidf.TfidfSettings, tfidf.fit)})


def find_family(experiment: Experiment) -> tuple[Family, Any]:
    """The experiment's family and its checked settings."""
    if experiment.family not in FAMILIES:
        raise InputError(
            f"No family {experiment.family!r}", hint=f"Available: {', '.join(FAMILIES)}."
        )
    family = FAMILIES[experiment.family]
    try:
        return family, family.settings.model_validate(experiment.model)
    except ValidationError as error:
        raise InputError(f"[model] of {experiment.name}: {explain_validation(error)}") from error
