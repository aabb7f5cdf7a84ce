"""A small model of each kind: in memory one that knows scenarios and one that does not, on disk
one with real weights and the one that knows scenarios."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from classifier.artifact import Manifest, write_manifest
from classifier.calibration import BetaCalibration
from classifier.pipeline import Model
from classifier.scorers.linear import ANALYZERS, LinearWeights, TextBlock, write
from classifier.types import Aspects, Evidence, NormalizedIssue, Scenario, Score

LESSONS = {"crash": -3.0, "silently": 3.0, "wrong": 3.0}  # log-odds that a word adds


class WordScorer:
    """Scores an issue by its words: "wrong" speaks for a silent bug, "crash" against."""

    has_aspects = False

    def __init__(self) -> None:
        self.read_count = 0

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        self.read_count += len(issues)
        return [Score(issue.key, _probability(issue.text.lower())) for issue in issues]

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        return [] if "error" in issue.text.lower() else [Evidence("no error", 0.4, is_quote=False)]


class AspectScorer(WordScorer):
    """Knows the scenario, too, by its name in the text, and that "severe" is severe."""

    has_aspects = True

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        scores = zip(super().score(issues), issues, strict=True)
        return [replace(score, aspects=_aspects(issue.text.lower())) for score, issue in scores]


def _aspects(text: str) -> Aspects:
    scenario = np.array([1 + 13 * text.count(name) for name in Scenario])
    impact = np.array([1, 1, 1, 1 + 12 * text.count("severe")])
    return Aspects(
        scenario=tuple((scenario / scenario.sum()).tolist()),
        impact=tuple((impact / impact.sum()).tolist()),
    )


def _probability(text: str) -> float:
    return 1 / (1 + 2.0 ** (text.count("crash") - text.count("wrong")))


@pytest.fixture
def word_scorer() -> WordScorer:
    return WordScorer()


@pytest.fixture
def word_model(word_scorer: WordScorer) -> Model:
    return Model(_manifest("words"), word_scorer)


@pytest.fixture
def aspect_model() -> Model:
    return Model(_manifest("aspects"), AspectScorer())


@pytest.fixture
def aspect_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of the model that knows scenarios, served by a scorer of this test alone."""
    serving = SimpleNamespace(load=lambda _directory, _manifest: AspectScorer())
    monkeypatch.setitem(sys.modules, "serves_aspects", serving)
    monkeypatch.setattr("classifier.scorers.SCORERS", {"aspects": "serves_aspects"})
    directory = tmp_path / "aspects"
    directory.mkdir()
    write_manifest(directory, replace(_manifest("aspects"), scorer="aspects"))
    return directory


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
