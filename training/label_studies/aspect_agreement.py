"""How well scenario and impact are predicted, out of fold, beside the commonest class."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from sklearn.model_selection import GroupKFold

from classifier.errors import InputError
from classifier.metrics import Estimate
from classifier.types import NormalizedIssue
from training.config import EvaluationSettings, Experiment
from training.corpus import Corpus
from training.experiments import Bench
from training.families import TellingModel, find_family
from training.fit import fit_uncalibrated
from training.label_studies.agreement import measure_agreement
from training.label_studies.aspects import ASPECTS, Aspect, Name, classes_of, fit_aspect
from training.protocols import LIKELY_SILVER, beside
from training.results import cell
from training.splits import Indices

Tested = Literal["gold", "silver"]
Predict = Callable[[Sequence[NormalizedIssue]], Indices]  # (issues,) positions in the classes
Fit = Callable[[Aspect, Indices], Predict]
"""An aspect, and rows that nothing may be learned from, to a predictor."""
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

    Everything but the tested issues and their near-duplicates is trained on. What the experiment's
    model tells by itself is measured on silent bugs alone: silver labels taught its encoder. Raises
    InputError if fewer issues than folds have a class.
    """
    corpus = bench.corpus
    family, _ = find_family(experiment)
    fit = partial(_own_heads, corpus, experiment) if family.learns_facets else None
    silver = corpus.of("silver")
    silver = silver[corpus.silver_scores[silver] >= LIKELY_SILVER]
    rows: dict[Tested, Indices] = {"gold": corpus.gold[corpus.is_silent[corpus.gold]]}
    if silver.size and not fit:
        rows["silver"] = silver
    known = np.union1d(rows["gold"], silver)
    return [
        _measure(
            corpus,
            experiment,
            aspect,
            tested_on=tested_on,
            rows=rows[tested_on],
            fit=fit or partial(regression, corpus, known, experiment.seed),
        )
        for aspect in ASPECTS.values()
        for tested_on in rows
    ]


def predict_out_of_fold(
    corpus: Corpus, aspect: Aspect, tested: Indices, settings: EvaluationSettings, fit: Fit
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
            predict = fit(aspect, tested[held_out])
            texts = [corpus.texts[row] for row in tested[held_out]]
            predicted[repeat, held_out] = predict(texts)
            own = corpus.apart(tested, tested[held_out])
            commonest[repeat, held_out] = np.bincount(classes[own]).argmax()
    return predicted, commonest


def regression(
    corpus: Corpus, known: Indices, seed: int, aspect: Aspect, tested: Indices
) -> Predict:
    """Fit a regression over terms to the known rows that nearly repeat none of the tested."""
    return fit_aspect(corpus, corpus.apart(known, tested), aspect, seed=seed).predict


def _own_heads(corpus: Corpus, experiment: Experiment, aspect: Aspect, tested: Indices) -> Predict:
    train, extra = (corpus.apart(rows, tested) for rows in (corpus.gold, beside(corpus)))
    model = fit_uncalibrated(corpus, train, extra, experiment)
    if not isinstance(model, TellingModel):
        raise TypeError(f"{experiment.family} learns aspects and tells none")

    def predict(issues: Sequence[NormalizedIssue]) -> Indices:
        told = [getattr(aspects, aspect.name) for aspects in model.aspects(issues)]
        return aspect.choose(np.array(told))

    return predict


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
    aspect: Aspect,
    *,
    tested_on: Tested,
    rows: Indices,
    fit: Fit,
) -> Agreement:
    settings = experiment.evaluation
    classes = classes_of(corpus, aspect)
    tested = rows[classes[rows] >= 0]
    both = predict_out_of_fold(corpus, aspect, tested, settings, fit)
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
    return Agreement(aspect.name, tested_on, len(tested), model, baseline)
