"""A small model of each kind: one in memory, one on disk with real weights."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from classifier.artifact import Manifest, write_manifest
from classifier.calibration import BetaCalibration
from classifier.pipeline import Model
from classifier.scorers.linear import ANALYZERS, LinearWeights, TextBlock, write
from classifier.types import Evidence, NormalizedIssue, Score

LESSONS = {"crash": -3.0, "silently": 3.0, "wrong": 3.0}  # log-odds that a word adds


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
    """A model directory as training writes it, that knows three words in title and prose."""
    directory = tmp_path_factory.mktemp("models") / "lessons"
    directory.mkdir()
    texts = (
        TextBlock(
            column=column,
            settings=ANALYZERS["words"],
            terms=tuple(LESSONS),
            idf=np.ones(len(LESSONS)),
            weights=np.array([*LESSONS.values()]),
        )
        for column in ("title", "prose")
    )
    nothing = np.zeros(0)
    write(directory, LinearWeights(tuple(texts), (), nothing, nothing, nothing, intercept=-0.5))
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
