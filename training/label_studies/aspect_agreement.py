"""How well scenario and impact are predicted, out of fold, beside the commonest class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sklearn.model_selection import GroupKFold

from classifier.errors import InputError
from classifier.metrics import Estimate
from training.config import EvaluationSettings, Experiment
from training.corpus import Corpus
from training.experiments import Bench
from training.label_studies.agreement import measure_agreement
from training.label_studies.aspects import ASPECTS, Aspect, Name, classes_of, fit_aspect
from training.protocols import LIKELY_SILVER
from training.results import cell
from training.splits import Indices

Tested = Literal["gold", "silver"]
TITLES: Mapping[str, str] = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "quadratic_kappa": "quadratic kappa",
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """A predictor of one aspect and the commonest class of its training part, measured."""

    aspect: Name
    tested_on: Tested
    issues: int
    model: Mapping[str, Estimate]
    baseline: Mapping[str, Estimate]


def measure_aspects(bench: Bench, experiment: Experiment) -> list[Agreement]:
    """Cross-validate the predictors on silent bugs and on silver labels that are likely ones.

    Everything but the tested issues and their near-duplicates is trained on. Raises InputError
    if fewer issues than folds have a class.
    """
    corpus = bench.corpus
    silver = corpus.of("silver")
    silver = silver[corpus.silver_scores[silver] >= LIKELY_SILVER]
    rows: dict[Tested, Indices] = {"gold": corpus.gold[corpus.is_silent[corpus.gold]]}
    if silver.size:
        rows["silver"] = silver
    known = np.union1d(rows["gold"], silver)
    return [
        _measure(
            corpus,
            experiment,
            name=name,
            tested_on=tested_on,
            known=known,
            rows=rows[tested_on],
        )
        for name in ASPECTS
        for tested_on in rows
    ]


def predict_out_of_fold(
    corpus: Corpus,
    aspect: Aspect,
    known: Indices,
    tested: Indices,
    settings: EvaluationSettings,
    *,
    seed: int,
) -> tuple[Indices, Indices]:
    """Classes by models that saw neither an issue nor its like, and by the commonest class.

    Both have shape (repeats, tested).
    """
    classes, groups = classes_of(corpus, aspect), corpus.groups[tested]
    _check_enough(groups, aspect, settings)
    shape = settings.repeats, len(tested)
    predicted, commonest = np.empty(shape, dtype=np.intp), np.empty(shape, dtype=np.intp)
    for repeat in range(settings.repeats):
        folder = GroupKFold(settings.folds, shuffle=True, random_state=settings.fold_seed + repeat)
        for _, held_out in folder.split(tested, groups=groups):
            train = corpus.apart(known, tested[held_out])
            model = fit_aspect(corpus, train, aspect, seed=seed)
            texts = [corpus.texts[row] for row in tested[held_out]]
            predicted[repeat, held_out] = model.predict(texts)
            own = np.intersect1d(train, tested)
            commonest[repeat, held_out] = np.bincount(classes[own]).argmax()
    return predicted, commonest


def render(agreements: Sequence[Agreement]) -> str:
    """A markdown table, a row an aspect, source and measure."""
    headings = ["predicted", "tested on", "issues", "measure", "model", "commonest class"]
    lines = [headings, ["---"] * len(headings)]
    for found in agreements:
        lines += [
            [
                found.aspect,
                found.tested_on,
                str(found.issues),
                TITLES[measure],
                cell(found.model[measure]),
                cell(found.baseline[measure]),
            ]
            for measure in ASPECTS[found.aspect].measures
        ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _check_enough(groups: Indices, aspect: Aspect, settings: EvaluationSettings) -> None:
    if (count := np.unique(groups).size) < settings.folds:
        raise InputError(
            f"{count} groups of silent issues with a class of {', '.join(aspect.classes)} are too "
            f"few for {settings.folds} folds",
            hint="Give more silent issues their scenario and impact, or lower folds.",
        )


def _measure(
    corpus: Corpus,
    experiment: Experiment,
    *,
    name: Name,
    tested_on: Tested,
    known: Indices,
    rows: Indices,
) -> Agreement:
    aspect, settings = ASPECTS[name], experiment.evaluation
    classes = classes_of(corpus, aspect)
    tested = rows[classes[rows] >= 0]
    both = predict_out_of_fold(corpus, aspect, known, tested, settings, seed=experiment.seed)
    model, baseline = (
        measure_agreement(
            classes[tested],
            predicted,
            classes=len(aspect.classes),
            resamples=settings.resamples,
            seed=settings.fold_seed,
        )
        for predicted in both
    )
    return Agreement(name, tested_on, len(tested), model, baseline)
