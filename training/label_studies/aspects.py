"""What kind of silent bug an issue reports, and how bad: scenario and impact, predicted.

For issues that look silent alone, trained on the study's silent bugs and on silver labels that
call an issue likely. With seven scenarios among 77 issues, believe the intervals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from sklearn.linear_model import LogisticRegression

from classifier.errors import InputError
from classifier.types import NormalizedIssue
from training.corpus import Corpus, Floats
from training.dataset import SCENARIOS, LabeledIssue
from training.families.tfidf_features import FittedText, TextSettings, fit_texts, transform_texts
from training.splits import Indices

Name = Literal["scenario", "impact"]

TEXTS = (
    TextSettings(column="title", analyzer="word pairs"),
    TextSettings(column="title", analyzer="characters", minimum_count=3, factor=0.7),
    TextSettings(column="prose", analyzer="words"),
    TextSettings(column="error", analyzer="words"),
)


HALF = 0.5


@dataclass(frozen=True, slots=True)
class Aspect:
    """What is predicted, and how; settings were chosen on folds of other seeds."""

    name: Name  # in classifier.types.Aspects
    measures: tuple[str, ...]  # of agreement.AGREEMENTS, those that mean something
    classes: tuple[str, ...]
    class_of: Callable[[LabeledIssue], str | None]
    is_ordered: bool  # predicted is then the median class, else the likeliest
    silver_weight: float  # of a silver row, against 1.0 of the study's
    inverse_regularization: float
    is_balanced: bool  # rare classes weigh as much as others

    def choose(self, probabilities: Floats) -> Indices:
        """Positions in the classes: (issues,), by how likely each class is, (issues, classes)."""
        if self.is_ordered:
            probabilities = (np.cumsum(probabilities, axis=1) >= HALF).astype(np.float64)
        chosen: Indices = np.argmax(probabilities, axis=1)
        return chosen


ASPECTS: Mapping[Name, Aspect] = MappingProxyType(
    {
        "scenario": Aspect(
            name="scenario",
            measures=("macro_f1", "accuracy"),
            classes=SCENARIOS,
            class_of=lambda label: label.scenario,
            is_ordered=False,
            silver_weight=0.3,
            inverse_regularization=3.0,
            is_balanced=True,
        ),
        "impact": Aspect(
            name="impact",
            measures=("quadratic_kappa", "accuracy", "macro_f1"),
            classes=("1", "2", "3", "4"),
            class_of=lambda label: None if label.impact is None else str(label.impact),
            is_ordered=True,
            silver_weight=1.0,
            inverse_regularization=20.0,
            is_balanced=True,
        ),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class AspectModel:
    """A fitted predictor of one aspect."""

    aspect: Aspect
    texts: Sequence[FittedText]
    regression: LogisticRegression

    def probabilities(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """How likely each class is, given that the issue is silent: (issues, classes)."""
        spread = np.zeros((len(issues), len(self.aspect.classes)))
        features = transform_texts(self.texts, issues)
        spread[:, self.regression.classes_] = self.regression.predict_proba(features)
        return spread

    def predict(self, issues: Sequence[NormalizedIssue]) -> Indices:
        """Positions in the aspect's classes: (issues,)."""
        return self.aspect.choose(self.probabilities(issues))


def fit_aspect(corpus: Corpus, rows: Indices, aspect: Aspect, *, seed: int) -> AspectModel:
    """Train on those of the rows whose class is known.

    Raises InputError unless they are of two classes or more.
    """
    classes = classes_of(corpus, aspect)
    rows = rows[classes[rows] >= 0]
    if len(np.unique(classes[rows])) < 2:  # noqa: PLR2004 - of one class, nothing is learned
        raise InputError(
            f"{len(rows)} issues that look silent have a class of "
            f"{', '.join(aspect.classes)}: fewer than two of these",
            hint="Give the labels of silent issues their scenario and impact.",
        )
    issues = [corpus.texts[row] for row in rows]
    texts, features = fit_texts(TEXTS, issues)
    is_silver = ~np.isnan(corpus.silver_scores[rows])
    regression = LogisticRegression(
        C=aspect.inverse_regularization,
        class_weight="balanced" if aspect.is_balanced else None,
        max_iter=1000,
        random_state=seed,
    )
    weights = np.where(is_silver, aspect.silver_weight, 1.0)
    return AspectModel(aspect, texts, regression.fit(features, classes[rows], weights))


def classes_of(corpus: Corpus, aspect: Aspect) -> Indices:
    """Each row's position in the aspect's classes, -1 where it is not known: (rows,)."""
    known = [aspect.class_of(label) for label in corpus.issues]
    return np.array([-1 if name is None else aspect.classes.index(name) for name in known], np.intp)
