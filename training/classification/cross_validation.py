"""Repeated, stratified cross-validation within each group; near-duplicates stay together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from classifier.metrics import Estimate
from classifier.normalize import normalize
from training.classification.measure import Rows, difference, measure_task
from training.classification.model import fit_group
from training.classification.settings import MeasurementSettings, TaskExperiment
from training.classification.table import Issues
from training.classification.texts import Texts
from training.duplicates import group_near_duplicates
from training.splits import Indices, Split, repeated_class_splits

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidated:
    """What an experiment's models say of issues that they were not trained on."""

    experiment: TaskExperiment
    probabilities: Floats  # (repeats, issues, classes)
    rows: Rows  # group or mean → label or mean → F1

    @property
    def predicted(self) -> Indices:
        """The likeliest classes: (repeats, issues)."""
        found: Indices = self.probabilities.argmax(axis=2)
        return found


def splits_of(issues: Issues, labels: Sequence[str], settings: MeasurementSettings) -> list[Split]:
    """Splits of every group, as positions in all issues."""
    texts = [normalize(issue).text for issue in issues.issues]
    alike = np.array(group_near_duplicates(texts), dtype=np.intp)
    names = np.array(labels, dtype=np.str_)[issues.classes]
    splits = []
    for group in np.unique(issues.groups):
        rows = np.flatnonzero(issues.groups == group)
        splits += [
            Split(f"{group} {one.name}".strip(), rows[one.train], rows[one.test], one.repeat)
            for one in repeated_class_splits(
                names[rows].tolist(),
                alike[rows].tolist(),
                folds=settings.folds,
                repeats=settings.repeats,
                seed=settings.fold_seed,
            )
        ]
    return splits


def cross_validate(
    experiment: TaskExperiment, issues: Issues, splits: Sequence[Split], *, title: str
) -> CrossValidated:
    """Train and test on every split."""
    texts = Texts(issues.issues, experiment.model)
    settings, labels = experiment.evaluation, experiment.task.labels
    found = np.full((settings.repeats, len(issues.issues), len(labels)), np.nan)
    for split in tqdm(splits, desc=title, unit=" folds", disable=None):
        model = fit_group(experiment, texts, issues.classes, split.train, split.name)
        found[split.repeat, split.test] = model.probabilities(texts, split.test)
    rows = measure_task(
        issues.classes,
        found.argmax(axis=2),
        issues.groups,
        labels,
        resamples=settings.resamples,
        seed=settings.fold_seed,
    )
    return CrossValidated(experiment, found, rows)


def compare_with(ours: CrossValidated, theirs: CrossValidated, issues: Issues) -> Estimate:
    """Mean F1 of ours less theirs, paired."""
    settings = ours.experiment.evaluation
    return difference(
        issues.classes,
        ours.predicted,
        theirs.predicted,
        issues.groups,
        len(ours.experiment.task.labels),
        resamples=settings.resamples,
        seed=settings.fold_seed,
    )
