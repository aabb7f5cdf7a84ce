"""Model families: one file each with its settings and ``fit``, one line here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from classifier.calibration import BetaCalibration
from classifier.errors import InputError
from classifier.types import Aspects, NormalizedIssue
from training.config import Experiment, Settings, explain_validation
from training.families import (
    chance,
    embedding_lr,
    keyword_rules,
    knn,
    majority,
    tfidf_gbm,
    tfidf_lr,
    tfidf_nb,
    tfidf_svm,
    transformer,
)
from training.families.plain_embeddings import base_digest


class FittedModel(Protocol):
    """What ``fit`` returns."""

    def predict(self, issues: Sequence[NormalizedIssue]) -> NDArray[np.float64]:
        """Raw probabilities, 0 to 1: (issues,). One issue's does not depend on the others."""


@runtime_checkable
class TellingModel(FittedModel, Protocol):
    """A model that also says what kind of silent bug an issue reports, and how bad."""

    def aspects(self, issues: Sequence[NormalizedIssue]) -> list[Aspects]:
        """Scenario and impact, given that each is a silent bug."""


@runtime_checkable
class ServableModel(FittedModel, Protocol):
    """A model that can be released: it writes itself into a model directory."""

    @property
    def scorer(self) -> str:
        """The name in ``classifier.scorers.SCORERS`` that serves what ``write`` writes."""

    def write(self, directory: Path) -> None:
        """Write the weights into a model directory."""


@runtime_checkable
class ConvertedModel(ServableModel, Protocol):
    """A model that is served by other numbers than it was trained in."""

    def check(
        self,
        issues: Sequence[NormalizedIssue],
        is_silent: NDArray[np.bool_],
        calibration: BetaCalibration,
    ) -> str:
        """Say how what is served differs, in a sentence for the card; InputError if too much."""


@dataclass(frozen=True, slots=True)
class Family:
    """A way to fit models.

    ``fit(settings, texts, targets, weights, *, seed)`` fits one model to each row of targets,
    (candidates, issues), 0 to 1, with weights (issues,), above 0. Equal arguments give equal
    models. With ``learns_facets`` it also takes ``facets``, what labels tell beside silent or not.
    ``reads`` is a digest of what settings name and do not hold.
    """

    settings: type[Settings]
    fit: Callable[..., Sequence[FittedModel]]
    learns_facets: bool = False
    reads: Callable[[Any], str] = lambda _: ""


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "majority": Family(majority.MajoritySettings, majority.fit),
        "random": Family(chance.RandomSettings, chance.fit),
        "keyword": Family(keyword_rules.KeywordSettings, keyword_rules.fit),
        "tfidf-lr": Family(tfidf_lr.TfidfLrSettings, tfidf_lr.fit),
        "tfidf-svm": Family(tfidf_svm.TfidfSvmSettings, tfidf_svm.fit),
        "tfidf-nb": Family(tfidf_nb.TfidfNbSettings, tfidf_nb.fit),
        "tfidf-gbm": Family(tfidf_gbm.TfidfGbmSettings, tfidf_gbm.fit),
        "embedding-lr": Family(embedding_lr.EmbeddingLrSettings, embedding_lr.fit),
        "knn": Family(knn.KnnSettings, knn.fit),
        "transformer": Family(
            transformer.TransformerSettings,
            transformer.fit,
            learns_facets=True,
            reads=lambda settings: base_digest(settings.base),
        ),
    }
)


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


def read_digest(experiment: Experiment) -> str:
    """SHA-256 of what the experiment's family reads beside settings and rows; "" for most."""
    family, settings = find_family(experiment)
    return family.reads(settings)
