"""A small model of each kind: one in memory, one on disk with real weights."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from skops.io import dump

from classifier.artifact import Manifest, write_manifest
from classifier.calibration import BetaCalibration
from classifier.normalize import normalize
from classifier.pipeline import Model
from classifier.scorers.features import extract
from classifier.scorers.linear import WEIGHTS
from classifier.types import Evidence, Issue, IssueKey, NormalizedIssue, Score

LESSONS = {
    "metric is wrong, no error is shown": 1,
    "weights silently ignored, result differs from what is expected": 1,
    "loss is wrong after loading the model": 1,
    "crash with a segmentation fault on import": 0,
    "how to install this with pip": 0,
    "ValueError is raised when fitting": 0,
}


class WordScorer:
    """Scores an issue by its words: "wrong" speaks for a silent bug, "crash" against."""

    def __init__(self) -> None:
        self.read_count = 0

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        self.read_count += len(issues)
        return [Score(issue.key, _probability(issue.text.lower())) for issue in issues]

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        return [] if "error" in issue.text.lower() else [Evidence("no error", 0.4, is_quote=False)]


def _probability(text: str) -> float:
    return 1 / (1 + 2.0 ** (text.count("crash") - text.count("wrong")))


@pytest.fixture
def word_scorer() -> WordScorer:
    return WordScorer()


@pytest.fixture
def word_model(word_scorer: WordScorer) -> Model:
    return Model(_manifest("words"), word_scorer)


@pytest.fixture(scope="session")
def model_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model directory as training writes it, of the six lessons above."""
    directory = tmp_path_factory.mktemp("models") / "lessons"
    directory.mkdir()
    texts = ColumnTransformer([("title", TfidfVectorizer(), 0), ("prose", TfidfVectorizer(), 1)])
    pipeline = Pipeline([("features", texts), ("classifier", LogisticRegression(C=100))])
    lessons = [Issue(IssueKey("octo/demo", 1), text, f"It says: {text}") for text in LESSONS]
    pipeline.fit(extract([normalize(lesson) for lesson in lessons]), np.array([*LESSONS.values()]))
    dump(pipeline, directory / WEIGHTS)
    write_manifest(directory, _manifest("lessons"))
    return directory


def _manifest(model_id: str) -> Manifest:
    return Manifest(
        model_id=model_id,
        scorer="linear",
        calibration=BetaCalibration(1.0, 1.0, 0.0),
        created_at="2026-01-02T03:04:05+00:00",
        data_digest="0" * 64,
        config={},
        metrics={},
    )
