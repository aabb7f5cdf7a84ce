"""From a part of the corpus to a fitted, calibrated model, and to a model directory."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from classifier.artifact import Manifest
from classifier.calibration import BetaCalibration
from classifier.errors import InputError
from classifier.metrics import average_precision
from training.calibrate import fit_calibration
from training.config import Experiment
from training.corpus import Booleans, Corpus, Floats
from training.families import FittedModel, ServableModel, find_family
from training.splits import Indices
from training.targets import training_part, used_beside, vote_factors

VOTE_FACTOR = "chosen_vote_factor"
"""The manifest's configuration says under this name which candidate the folds chose."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model and what inner folds chose for it."""

    model: FittedModel
    calibration: BetaCalibration
    vote_factor: float
    base_rate: float  # share of silent bugs among the rows that calibration was fitted on


def fit(
    corpus: Corpus, truth: Booleans, train: Indices, extra: Indices, experiment: Experiment
) -> Fitted:
    """Train on these rows; ``extra`` ones teach, and are neither calibrated nor chosen on.

    Folds inside ``train`` choose the vote factor by average precision and fit the calibrator;
    the model is then fitted to all rows.
    """
    extra = used_beside(corpus, extra, experiment.targets)
    factors = vote_factors(experiment.targets)
    raw = _out_of_fold(corpus, truth, train, extra, experiment, factors=factors)
    best = int(np.argmax([average_precision(truth[train], row) for row in raw]))
    chosen = factors[best : best + 1]
    (model,) = _fit_models(corpus, train, extra, experiment, chosen)
    return Fitted(
        model=model,
        calibration=fit_calibration(truth[train], raw[best]),
        vote_factor=factors[best],
        base_rate=float(truth[train].mean()),
    )


def fit_uncalibrated(
    corpus: Corpus, train: Indices, extra: Indices, experiment: Experiment
) -> FittedModel:
    """The same without a calibrator, and with the first vote factor."""
    extra = used_beside(corpus, extra, experiment.targets)
    (model,) = _fit_models(corpus, train, extra, experiment, vote_factors(experiment.targets)[:1])
    return model


def write_fitted(
    fitted: Fitted, corpus: Corpus, experiment: Experiment, directory: Path
) -> Manifest:
    """Write the weights into ``directory``.

    The manifest that is returned is not yet written: it comes last, when the directory holds all
    that it should. Raises InputError if nothing serves models of this family.
    """
    if not isinstance(fitted.model, ServableModel):
        raise InputError(
            f"Family {experiment.family!r} is for comparison: no scorer serves its models",
            hint="Release a family that has one, such as tfidf-lr.",
        )
    directory.mkdir(parents=True, exist_ok=True)
    fitted.model.write(directory)
    return Manifest(
        model_id=experiment.name,
        scorer=fitted.model.scorer,
        calibration=fitted.calibration,
        base_rate=fitted.base_rate,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        data_digest=corpus.digest,
        config=json.loads(experiment.model_dump_json()) | {VOTE_FACTOR: fitted.vote_factor},
        metrics={},
    )


def _out_of_fold(
    corpus: Corpus,
    truth: Booleans,
    train: Indices,
    extra: Indices,
    experiment: Experiment,
    *,
    factors: tuple[float, ...],
) -> Floats:
    """Raw probabilities of ``train`` by models that saw neither a row nor its like."""
    folder = StratifiedGroupKFold(
        experiment.evaluation.inner_folds, shuffle=True, random_state=experiment.seed
    )
    raw = np.empty((len(factors), len(train)))
    for kept, held_out in folder.split(train, truth[train], corpus.groups[train]):
        beside = corpus.apart(extra, train[held_out])
        texts = [corpus.texts[row] for row in train[held_out]]
        models = _fit_models(corpus, train[kept], beside, experiment, factors)
        raw[:, held_out] = [model.predict(texts) for model in models]
    return raw


def _fit_models(
    corpus: Corpus,
    train: Indices,
    extra: Indices,
    experiment: Experiment,
    factors: tuple[float, ...],
) -> Sequence[FittedModel]:
    """One model for each vote factor."""
    family, settings = find_family(experiment)
    rows = np.union1d(train, extra)
    part = training_part(corpus, rows, experiment.targets, factors, extra=extra)
    options = {"facets": part.facets} if family.learns_facets else {}
    # folds run side by side, and matrices this small only wait for a second thread of their own;
    # what is large enough for more asks for more
    with threadpool_limits(1):
        return family.fit(
            settings, part.texts, part.targets, part.weights, seed=experiment.seed, **options
        )
