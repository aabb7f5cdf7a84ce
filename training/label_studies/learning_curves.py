"""What more labels would buy: the same folds, trained on growing parts of the labels.

Judged issues (gold) grow beside all silver labels, silver labels beside all judged ones. Parts
are nested, stratified and never cut a group of near-duplicates; what is tested stays the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from classifier.errors import InputError
from classifier.metrics import Estimate, draw_resamples, measure_resamples
from training.config import Experiment
from training.corpus import Booleans, Corpus, Floats
from training.evaluate import Evaluation, run_folds, summarize
from training.experiments import Bench
from training.label_studies.power_law import FEWEST_POINTS, expected_gain
from training.protocols import LIKELY_SILVER, Part, cross_validation
from training.splits import Indices, Split

Labels = Literal["gold", "silver"]

GOLD_SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
SILVER_SHARES = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0)
SHARES: Mapping[Labels, Sequence[float]] = {"gold": GOLD_SHARES, "silver": SILVER_SHARES}
MEASURED = ("average_precision", "roc_auc")
MORE = 500
"""Labels whose worth is asked for."""


@dataclass(frozen=True, slots=True)
class Point:
    """Models trained on one share of the labels."""

    share: float
    count: float  # labels that a fold trains on, mean over folds
    measures: Mapping[str, Estimate]  # those of MEASURED
    behind: Mapping[str, Estimate]  # what all labels reach more than these, on the same issues


@dataclass(frozen=True, slots=True)
class Curve:
    """Measures by number of labels of one kind, all of the other kind beside them."""

    labels: Labels
    beside: float  # labels of the other kind that a fold trains on, mean over folds
    experiment: str
    points: Sequence[Point]  # rising; the last is all labels
    gains: Mapping[str, Estimate]  # by the power law, from ``more`` labels beyond the last point
    more: int


def learning_curves(bench: Bench, experiment: Experiment, *, more: int = MORE) -> list[Curve]:
    """Measure both curves on the folds of cross-validation.

    Without silver labels, there is no curve of them. Raises InputError if too few shares of the
    labels are enough to train on.
    """
    has_silver = experiment.targets.use_silver and bench.corpus.of("silver").size > 0
    kinds: list[Labels] = ["gold", "silver"] if has_silver else ["gold"]
    return [_curve(bench, experiment, labels, more) for labels in kinds]


def subset(
    corpus: Corpus, rows: Indices, is_likely: Booleans, *, share: float, seed: int
) -> Indices:
    """A share of the rows' groups, of the likely ones and of the others apart.

    ``is_likely`` has shape (rows of the corpus,); a group with a likely row is likely. For one
    seed, a smaller share is a part of a larger one.
    """
    kept = []
    likely_groups = np.unique(corpus.groups[rows[is_likely[rows]]])
    for groups in (likely_groups, np.setdiff1d(corpus.groups[rows], likely_groups)):
        order = np.random.default_rng(seed).permutation(groups)
        kept.append(order[: round(share * len(order))])
    return rows[np.isin(corpus.groups[rows], np.concatenate(kept))]


def _curve(bench: Bench, experiment: Experiment, labels: Labels, more: int) -> Curve:
    (whole,) = cross_validation(bench.corpus, experiment.evaluation)
    parts = {share: _reduced(whole, labels, share) for share in SHARES[labels]}
    parts = {s: part for s, part in parts.items() if _is_enough(part, experiment)}
    if sum(share > 0 for share in parts) < FEWEST_POINTS:
        raise InputError(
            f"{whole.corpus.is_silent[whole.corpus.gold].sum()} silent bugs are too few: only "
            f"{len(parts)} shares of the labels can be trained on",
            hint="Label more issues, or lower inner_folds.",
        )
    title = f"{experiment.name} by {labels} labels"
    folds = run_folds(list(parts.values()), experiment, bench.store, title=title, jobs=bench.jobs)
    evaluation = summarize(list(parts.values()), experiment, "cv", folds)
    counts = np.array([_mean_count(part, labels) for part in parts.values()])
    points, gains = _put_together(evaluation, list(parts), counts, more)
    return Curve(
        labels, _count_beside(whole, labels, experiment), experiment.name, points, gains, more
    )


def _count_beside(whole: Part, labels: Labels, experiment: Experiment) -> float:
    if labels == "silver":
        return _mean_count(whole, "gold")
    return _mean_count(whole, "silver") if experiment.targets.use_silver else 0.0


def _reduced(whole: Part, labels: Labels, share: float) -> Part:
    reduce = REDUCE[labels]
    splits = [reduce(whole.corpus, split, share, seed) for seed, split in enumerate(whole.splits)]
    return replace(whole, name=f"{labels} {share:.0%}", splits=splits, also={})


def _less_gold(corpus: Corpus, split: Split, share: float, seed: int) -> Split:
    train = subset(corpus, split.train, corpus.is_silent, share=share, seed=seed)
    return replace(split, train=train)


def _less_silver(corpus: Corpus, split: Split, share: float, seed: int) -> Split:
    is_likely = np.nan_to_num(corpus.silver_scores) >= LIKELY_SILVER
    silver = _silver_of(corpus, split)
    kept = subset(corpus, silver, is_likely, share=share, seed=seed)
    return replace(split, extra=np.union1d(np.setdiff1d(split.extra, silver), kept))


REDUCE: Mapping[Labels, Callable[[Corpus, Split, float, int], Split]] = {
    "gold": _less_gold,
    "silver": _less_silver,
}


def _silver_of(corpus: Corpus, split: Split) -> Indices:
    return np.intersect1d(split.extra, corpus.of("silver"))


def _mean_count(part: Part, labels: Labels) -> float:
    rows = [
        split.train if labels == "gold" else _silver_of(part.corpus, split) for split in part.splits
    ]
    return float(np.mean([len(of_split) for of_split in rows]))


def _is_enough(part: Part, experiment: Experiment) -> bool:
    """Whether every fold has both classes in each of its inner folds."""
    groups, truth = part.corpus.groups, part.truth
    counts = [
        np.unique(groups[split.train[truth[split.train] == is_silent]]).size
        for split in part.splits
        for is_silent in (True, False)
    ]
    return min(counts) >= experiment.evaluation.inner_folds


def _put_together(
    evaluation: Evaluation, shares: Sequence[float], counts: Floats, more: int
) -> tuple[list[Point], dict[str, Estimate]]:
    draws = _draws(evaluation)
    points = _points(evaluation, draws, shares, counts)
    at = np.flatnonzero(counts)
    gains = {
        name: expected_gain(
            counts[at],
            np.array([points[i].measures[name].value for i in at]),
            draws[name][:, at],
            more=more,
        )
        for name in MEASURED
    }
    return points, gains


def _points(
    evaluation: Evaluation, draws: Mapping[str, Floats], shares: Sequence[float], counts: Floats
) -> list[Point]:
    rows = [evaluation.rows[part.part] for part in evaluation.parts]
    return [
        Point(
            share,
            float(counts[i]),
            {name: rows[i][name] for name in MEASURED},
            {
                name: _behind(rows[i][name], rows[-1][name], draws[name][:, [i, -1]])
                for name in MEASURED
            },
        )
        for i, share in enumerate(shares)
    ]


def _draws(evaluation: Evaluation) -> dict[str, Floats]:
    """Each measure of the same resamples of the tested issues: (resamples, points)."""
    settings = evaluation.experiment.evaluation
    truth = evaluation.parts[0].truth
    blocks = [
        [measure_resamples(truth, part.probabilities, counts) for part in evaluation.parts]
        for counts in draw_resamples(truth, resamples=settings.resamples, seed=settings.fold_seed)
    ]
    return {
        name: np.concatenate([np.column_stack([of[name] for of in block]) for block in blocks])
        for name in MEASURED
    }


def _behind(own: Estimate, last: Estimate, draws: Floats) -> Estimate:
    low, high = np.quantile(draws[:, 1] - draws[:, 0], [0.025, 0.975])
    return Estimate(last.value - own.value, float(low), float(high))
