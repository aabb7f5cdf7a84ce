"""From a part of the corpus to a model directory."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from classifier.artifact import Manifest
from classifier.calibration import BetaCalibration
from classifier.metrics import average_precision
from training.calibrate import fit_calibration
from training.config import Experiment
from training.corpus import Corpus
from training.families import find_family
from training.splits import Indices
from training.targets import Floats, training_part, vote_factors

VOTE_FACTOR = "chosen_vote_factor"
"""The manifest's configuration says under this name which candidate the folds chose."""


def fit_artifact(
    corpus: Corpus, gold: Indices, silver: Indices, experiment: Experiment, directory: Path
) -> Manifest:
    """Train on these rows and write the weights into ``directory``.

    Folds inside the rows choose the vote factor by average precision and fit the calibrator;
    the model that is written is then fitted to all of them. The manifest that is returned is
    not yet written: it comes last, when the directory holds all that it should.
    """
    factor, calibration = _choose(corpus, gold, silver, experiment)
    family, settings = find_family(experiment)
    part = training_part(corpus, gold, silver, experiment.targets, [factor])
    (model,) = family.fit(settings, part.texts, part.targets, part.weights, seed=experiment.seed)
    directory.mkdir(parents=True, exist_ok=True)
    model.write(directory)
    return Manifest(
        model_id=experiment.name,
        scorer=model.scorer,
        calibration=calibration,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        data_digest=corpus.digest,
        config=json.loads(experiment.model_dump_json()) | {VOTE_FACTOR: factor},
        metrics={},
    )


def _choose(
    corpus: Corpus, gold: Indices, silver: Indices, experiment: Experiment
) -> tuple[float, BetaCalibration]:
    factors = vote_factors(experiment.targets)
    raw = _out_of_fold(corpus, gold, silver, experiment, factors)
    is_silent = corpus.is_silent[gold]
    best = int(np.argmax([average_precision(is_silent, row) for row in raw]))
    return factors[best], fit_calibration(is_silent, raw[best])


def _out_of_fold(
    corpus: Corpus,
    gold: Indices,
    silver: Indices,
    experiment: Experiment,
    factors: tuple[float, ...],
) -> Floats:
    """Raw probabilities of the gold rows by models that saw neither them nor their like."""
    family, settings = find_family(experiment)
    folder = StratifiedGroupKFold(
        experiment.evaluation.inner_folds, shuffle=True, random_state=experiment.seed
    )
    raw = np.empty((len(factors), len(gold)))
    for train, test in folder.split(gold, corpus.is_silent[gold], corpus.gold_groups[gold]):
        apart = np.intersect1d(silver, corpus.silver_without(gold[test]))
        part = training_part(corpus, gold[train], apart, experiment.targets, factors)
        models = family.fit(settings, part.texts, part.targets, part.weights, seed=experiment.seed)
        raw[:, test] = [
            model.predict([corpus.gold_texts[i] for i in gold[test]]) for model in models
        ]
    return raw
