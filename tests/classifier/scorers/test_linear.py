import dataclasses
import json
import math
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from classifier.artifact import Manifest
from classifier.calibration import IDENTITY, BetaCalibration
from classifier.errors import ArtifactError
from classifier.normalize import normalize
from classifier.scorers import load_scorer
from classifier.scorers.features import FACTS, facts_of, texts_of
from classifier.scorers.linear import (
    ANALYZERS,
    NUMBERS_FILE,
    TEXTS_FILE,
    LinearScorer,
    LinearWeights,
    TextBlock,
    load,
    write,
)
from classifier.types import Issue, IssueKey, NormalizedIssue

WORDS, CHARACTERS = ANALYZERS["word pairs"], ANALYZERS["characters"]
BODIES = (
    "The loss ignores the weights. I expected 2.0 but got 1.0, no error is shown.",
    "It crashes.\n\n```\nTraceback (most recent call last):\nValueError: shapes differ\n```\n",
    "",
    "How do I install this? Voilà, naïve café; 損失が間違っている 🙂",
    "```python\nprint(model(x) == model(x))\nassert allclose(a, b)\n```\nResults differ.",
)
TITLES = ("Metric is wrong", "Crash in fit", "Question", "Wrong gradient?", "fit() fails")


def normalized(title: str, body: str, number: int = 1) -> NormalizedIssue:
    return normalize(Issue(IssueKey("octo/demo", number), title, body))


ISSUES = [
    normalized(title, body, number)
    for number, (title, body) in enumerate(
        [(title, body) for title in TITLES for body in BODIES], start=1
    )
]
IS_SILENT = np.array(["rror" not in issue.text for issue in ISSUES])


def fit_both() -> tuple[LinearWeights, Callable[[Sequence[NormalizedIssue]], Any]]:
    """The same model as our weights and as scikit-learn's own objects."""
    blocks = [("title", WORDS), ("title", CHARACTERS), ("prose", WORDS)]
    vectorizers = [TfidfVectorizer(**settings) for _, settings in blocks]
    texts = texts_of(ISSUES)
    parts = [v.fit_transform(texts[c]) for v, (c, _) in zip(vectorizers, blocks, strict=True)]
    scaler = StandardScaler().fit(facts_of(ISSUES))
    features = sparse.hstack([*parts, scaler.transform(facts_of(ISSUES))]).tocsr()
    regression = LogisticRegression(C=3.0, max_iter=1000).fit(features, IS_SILENT)

    def predict(issues: Sequence[NormalizedIssue]) -> Any:  # noqa: ANN401 - scikit-learn's own
        given = texts_of(issues)
        columns = [v.transform(given[c]) for v, (c, _) in zip(vectorizers, blocks, strict=True)]
        rows = sparse.hstack([*columns, scaler.transform(facts_of(issues))]).tocsr()
        return regression.predict_proba(rows)[:, 1]

    sizes = [len(v.vocabulary_) for v in vectorizers]
    *term_weights, fact_weights = np.split(regression.coef_[0], np.cumsum(sizes))
    weights = LinearWeights(
        texts=tuple(
            TextBlock(column, settings, tuple(v.get_feature_names_out()), v.idf_, part)
            for (column, settings), v, part in zip(blocks, vectorizers, term_weights, strict=True)
        ),
        fact_names=tuple(fact.name for fact in FACTS),
        fact_mean=scaler.mean_,
        fact_scale=scaler.scale_,
        fact_weights=fact_weights,
        intercept=float(regression.intercept_[0]),
    )
    return weights, predict


WEIGHTS, PREDICT = fit_both()


def manifest(calibration: BetaCalibration = IDENTITY) -> Manifest:
    return Manifest(
        model_id="both",
        scorer="linear",
        calibration=calibration,
        created_at="2026-01-02T03:04:05+00:00",
        data_digest="0" * 64,
        config={},
        metrics={},
        files=dict.fromkeys([TEXTS_FILE, NUMBERS_FILE], "0" * 64),
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write(tmp_path, WEIGHTS)
    return tmp_path


def probabilities(directory: Path, issues: Sequence[NormalizedIssue]) -> list[float]:
    return [score.probability for score in load(directory, manifest()).score(issues)]


def log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_what_is_written_scores_as_scikit_learn_does(directory: Path) -> None:
    assert probabilities(directory, ISSUES) == pytest.approx(PREDICT(ISSUES), abs=1e-9)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(), body=st.text())
def test_any_text_scores_as_scikit_learn_does(directory: Path, title: str, body: str) -> None:
    issue = normalized(f"wrong {title}", f"{body} crash")

    assert probabilities(directory, [issue]) == pytest.approx(PREDICT([issue]), abs=1e-9)


@cache
def score_alone(issue: NormalizedIssue) -> float:
    return LinearScorer(WEIGHTS, IDENTITY).score([issue])[0].probability


@given(order=st.permutations(ISSUES), count=st.integers(1, len(ISSUES)))
def test_a_score_does_not_depend_on_the_issues_around_it(
    order: list[NormalizedIssue], count: int
) -> None:
    together = LinearScorer(WEIGHTS, IDENTITY).score(order[:count])

    assert [score.key for score in together] == [issue.key for issue in order[:count]]
    assert [score.probability for score in together] == pytest.approx(
        [score_alone(issue) for issue in order[:count]], abs=1e-12
    )


def test_no_issues_have_no_scores() -> None:
    assert LinearScorer(WEIGHTS, IDENTITY).score([]) == []


@pytest.mark.parametrize("issue", ISSUES[:5])
def test_facts_and_texts_add_up_to_the_log_odds(issue: NormalizedIssue) -> None:
    scorer = LinearScorer(WEIGHTS, IDENTITY)
    nothing = np.zeros(len(FACTS))
    texts = LinearScorer(replace(WEIGHTS, fact_weights=nothing), IDENTITY)

    total = log_odds(scorer.score([issue])[0].probability)

    of_texts = log_odds(texts.score([issue])[0].probability)
    of_facts = sum(evidence.weight for evidence in scorer.facts(issue))
    assert total == pytest.approx(of_texts + of_facts, abs=1e-9)


def test_facts_are_told_in_the_words_that_hold() -> None:
    scorer = LinearScorer(WEIGHTS, IDENTITY)
    silent, loud = (
        {evidence.text for evidence in scorer.facts(normalized("Metric is wrong", body))}
        for body in BODIES[:2]
    )

    assert "no error or traceback" in silent
    assert "an error or traceback" in loud
    assert len(silent) == len(loud) == len(FACTS)


def test_facts_weigh_what_calibration_makes_of_them() -> None:
    calibration = BetaCalibration(2.0, 2.0, 0.3)
    raw = LinearScorer(WEIGHTS, IDENTITY).facts(ISSUES[0])
    calibrated = LinearScorer(WEIGHTS, calibration).facts(ISSUES[0])

    assert [c.weight for c in calibrated] == pytest.approx([2 * r.weight for r in raw])


def without_facts() -> LinearWeights:
    none = np.empty(0)
    return replace(WEIGHTS, fact_names=(), fact_mean=none, fact_scale=none, fact_weights=none)


def test_a_model_without_facts_tells_none(tmp_path: Path) -> None:
    write(tmp_path, without_facts())
    scorer = load(tmp_path, manifest())

    assert scorer.facts(ISSUES[0]) == []
    assert 0 < scorer.score(ISSUES[:1])[0].probability < 1


def test_scores_are_calibrated_by_the_manifest(directory: Path) -> None:
    calibration = BetaCalibration(0.5, 1.5, -1.0)
    expected = calibration.calibrate(np.array(probabilities(directory, ISSUES)))

    scores = load_scorer(directory, manifest(calibration)).score(ISSUES)

    assert [score.probability for score in scores] == pytest.approx(expected)


def test_numbers_too_large_for_an_exponential_still_give_probabilities() -> None:
    scorer = LinearScorer(replace(WEIGHTS, intercept=-1e6), BetaCalibration(900.0, 1.0, 0.0))

    assert scorer.score(ISSUES[:1])[0].probability == 0.0


def test_weights_that_the_manifest_does_not_vouch_for_are_refused(directory: Path) -> None:
    with pytest.raises(ArtifactError, match=r"vouches for no numbers\.npz and no texts\.json"):
        load(directory, dataclasses.replace(manifest(), files={}))


def test_the_weights_are_numbers_and_nothing_pickled(directory: Path) -> None:
    with zipfile.ZipFile(directory / NUMBERS_FILE) as archive:
        for name in archive.namelist():
            with archive.open(name) as file:
                assert np.load(file, allow_pickle=False).dtype == np.float64
    assert {path.name for path in directory.iterdir()} == {NUMBERS_FILE, TEXTS_FILE}


def test_writing_twice_gives_the_same_bytes(directory: Path, tmp_path_factory: Any) -> None:  # noqa: ANN401 - pytest's
    again = tmp_path_factory.mktemp("again")
    write(again, WEIGHTS)

    for name in (NUMBERS_FILE, TEXTS_FILE):
        assert (again / name).read_bytes() == (directory / name).read_bytes()


def pickled(directory: Path) -> None:
    np.savez(directory / NUMBERS_FILE, intercept=np.array([{}], dtype=object))


def with_texts(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        content = json.loads((directory / TEXTS_FILE).read_text(encoding="utf-8"))
        change(content)
        (directory / TEXTS_FILE).write_text(json.dumps(content), encoding="utf-8")

    return damage


def with_weights(**changes: Any) -> Callable[[Path], None]:  # noqa: ANN401 - any field
    return lambda directory: write(directory, replace(WEIGHTS, **changes))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "facts of another version": (with_texts(lambda c: c["facts"].reverse()), "not this version's"),
    "fewer facts": (with_texts(lambda c: c["facts"].pop()), "not this version's"),
    "a text we do not know": (with_texts(lambda c: c["texts"][0].update(column="x")), "no text"),
    "a term too few": (with_texts(lambda c: c["texts"][0]["terms"].pop()), "damaged"),
    "a term twice": (
        with_texts(lambda c: c["texts"][0]["terms"].__setitem__(0, c["texts"][0]["terms"][1])),
        "Duplicate term",
    ),
    "settings we do not know": (
        with_texts(lambda c: c["texts"][0]["settings"].update(surprise=1)),
        "surprise",
    ),
    "settings that would open files": (
        with_texts(lambda c: c["texts"][0]["settings"].update(input="filename")),
        "known: words, word pairs, characters",
    ),
    "no texts": (with_texts(lambda c: c.pop("texts")), "texts"),
    "a text too many": (with_texts(lambda c: c["texts"].append(c["texts"][0])), "idf_3"),
    "a weight too few": (with_weights(fact_weights=np.zeros(3)), r"\(3,\) numbers"),
    "no number": (with_weights(intercept=math.nan), "not all finite"),
    "an infinite number": (
        with_weights(fact_scale=np.full(len(FACTS), math.inf)),
        "not all finite",
    ),
    "something pickled": (pickled, "damaged"),
    "no archive": (lambda d: (d / NUMBERS_FILE).write_bytes(b"PK\x03\x04 and no more"), "damaged"),
    "no numbers": (lambda d: (d / NUMBERS_FILE).write_bytes(b""), "damaged"),
    "numbers missing": (lambda d: (d / NUMBERS_FILE).unlink(), "damaged"),
    "no JSON": (lambda d: (d / TEXTS_FILE).write_text("["), "damaged"),
    "another JSON": (lambda d: (d / TEXTS_FILE).write_text("[]"), "damaged"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES)
def test_weights_that_do_not_fit_are_refused(
    directory: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(directory)

    with pytest.raises(ArtifactError, match=message) as refused:
        load(directory, manifest())

    assert len(str(refused.value).splitlines()) == 1
    assert refused.value.hint
