"""One softmax regression for each group of issues."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from classifier.errors import InputError
from training.classification.features import Features, fit_features
from training.classification.settings import ModelSettings, TaskExperiment
from training.classification.table import ALL, Issues
from training.classification.texts import Texts
from training.splits import Indices

Floats = NDArray[np.float64]

NEVER = -30.0
"""Log-odds of a class that no issue to train on has."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupModel:
    """Log-odds of the classes, linear in the features."""

    features: Features
    weights: Floats  # (features, classes)
    intercepts: Floats  # (classes,)

    def probabilities(self, texts: Texts, rows: Indices) -> Floats:
        """Probabilities of the classes: (rows, classes)."""
        log_odds = self.features.matrix(texts, rows) @ self.weights + self.intercepts
        found: Floats = softmax(log_odds, axis=1)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class TaskModel:
    """A model for each group, by the group's name."""

    groups: Mapping[str, GroupModel]

    def probabilities(self, issues: Issues, settings: ModelSettings) -> Floats:
        """Probabilities of the classes: (issues, classes).

        Raises InputError if there is no model for one of the groups.
        """
        for row, group in enumerate(issues.groups, start=1):
            if group not in self.groups:
                raise InputError(
                    f"Row {row} is of {str(group)!r}, which no model was trained for",
                    hint=f"There are models for {', '.join(self.groups)}.",
                )
        texts = Texts(issues.issues, settings)
        classes = next(iter(self.groups.values())).intercepts.size
        found = np.empty((len(issues.issues), classes))
        for name, model in self.groups.items():
            rows = np.flatnonzero(issues.groups == name)
            if rows.size:
                found[rows] = model.probabilities(texts, rows)
        return found


def fit_task(experiment: TaskExperiment, issues: Issues) -> TaskModel:
    """Fit a model to each group's issues."""
    texts = Texts(issues.issues, experiment.model)
    return TaskModel(
        {
            str(name): fit_group(
                experiment, texts, issues.classes, np.flatnonzero(issues.groups == name), str(name)
            )
            for name in np.unique(issues.groups)
        }
    )


def fit_group(
    experiment: TaskExperiment, texts: Texts, classes: Indices, rows: Indices, name: str = ALL
) -> GroupModel:
    """Fit one model to some issues. Raises InputError if they are all of one class."""
    settings = experiment.model
    features = fit_features(settings, texts, rows)
    seen = np.unique(classes[rows])
    if len(seen) == 1:
        raise InputError(
            f"All {len(rows)} issues{f' of {name}' if name else ''} to train on are "
            f"{experiment.task.labels[seen[0]]!r}",
            hint="A model needs to see two classes at least.",
        )
    regression = LogisticRegression(
        C=settings.inverse_regularization, max_iter=3000, random_state=experiment.seed
    ).fit(features.matrix(texts, rows), classes[rows])
    return _model(features, regression, seen, len(experiment.task.labels))


def _model(
    features: Features, regression: LogisticRegression, seen: Indices, count: int
) -> GroupModel:
    own, start = regression.coef_.T, regression.intercept_
    if len(seen) == 2:  # noqa: PLR2004 - then the regression tells of the second class alone
        own, start = np.hstack([np.zeros_like(own), own]), np.array([0.0, start[0]])
    weights, intercepts = np.zeros((len(own), count)), np.full(count, NEVER)
    weights[:, seen], intercepts[seen] = own, start
    return GroupModel(features, weights, intercepts)
