"""What the linear heads learn, and whether the graph that ships adds up the same."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from tokenizers import Tokenizer

from classifier.normalize import normalize
from classifier.scorers.features import FACTS, facts_of
from classifier.scorers.onnx import inputs_of, open_session
from classifier.scorers.reading import Reading
from classifier.types import Issue, IssueKey, NormalizedIssue
from tests.tiny_transformer import WORDS

pytest.importorskip("torch", reason="needs the extra transformer")

from training.families.transformer import TransformerSettings, fit
from training.families.transformer.graph import LinearHead, SoftmaxHead, join
from training.families.transformer.head import Features, fit_features, fit_head, fit_softmax
from training.families.transformer.model import TransformerModel

Floats = NDArray[np.float64]
Issues = Sequence[NormalizedIssue]
ERROR = "```\nTraceback (most recent call last):\nValueError: {} differ\n```"


def invented(count: int, seed: int) -> list[NormalizedIssue]:
    """Issues of random words, some without a title, a text or an error."""
    random = np.random.default_rng(seed)
    issues = []
    for number in range(count):
        title, body, error = (
            " ".join(random.choice(WORDS, random.integers(0, most))) for most in (6, 80, 4)
        )
        text = f"{body}.\n\n{ERROR.format(error)}" if number % 3 == 0 else body
        issues.append(normalize(Issue(IssueKey("octo/grad", number + 1), title, text)))
    return issues


KNOWN, ASKED = invented(30, seed=1), invented(20, seed=2)
ALTERNATING = np.array([0.0, 1.0] * 15)


@pytest.fixture(scope="module")
def model(tiny_base: Path, tiny_encoders: Path) -> TransformerModel:
    settings = TransformerSettings(base=str(tiny_base), encoders=tiny_encoders, minimum_count=1)
    (model,) = fit(settings, KNOWN, ALTERNATING[np.newaxis], np.ones(30), seed=3)
    return model


def see(model: TransformerModel, issues: Issues) -> tuple[list[Reading], Floats, Floats]:
    """Readings, embeddings and facts."""
    readings = model.reading.reader(Tokenizer.from_file(str(model.tokenizer))).read(issues)
    return readings, model.encoder.embed(readings), facts_of(issues)


def learn(model: TransformerModel, opinion: Floats, **factors: float) -> Features:
    settings = TransformerSettings.model_validate({"minimum_count": 2, **factors})
    return fit_features(settings, *see(model, KNOWN), opinion, vocabulary=model.reading.vocabulary)


def served(model: TransformerModel, head: LinearHead, issues: Issues) -> tuple[Floats, Floats]:
    """What the graph says: log-odds, (issues,), and those of facts, (issues, facts)."""
    session = open_session(join(model.encoder.graph, head, {}).SerializeToString())
    readings, _, facts = see(model, issues)
    answers = [
        session.run(
            ["log_odds", "fact_log_odds"],
            dict(inputs_of(reading, own, vocabulary=model.reading.vocabulary)),
        )
        for reading, own in zip(readings, facts.astype(np.float32), strict=True)
    ]
    log_odds, of_facts = zip(*answers, strict=True)
    return np.concatenate(log_odds), np.vstack(of_facts)


@pytest.mark.parametrize("has_opinion", [False, True])
@pytest.mark.parametrize("embedding_factor", [0.0, 0.3])
def test_the_graph_adds_up_what_the_head_does(
    model: TransformerModel, embedding_factor: float, *, has_opinion: bool
) -> None:
    random = np.random.default_rng(7)
    opinion = random.normal(size=32) if has_opinion else np.empty(0)
    features = learn(model, opinion, embedding_factor=embedding_factor)
    matrix = features.matrix(*see(model, ASKED))
    coefficients = random.normal(size=matrix.shape[1])

    log_odds, of_facts = served(model, features.head(coefficients, -1.5), ASKED)

    assert log_odds == pytest.approx(matrix @ coefficients - 1.5, abs=1e-3)
    facts = matrix[:, -len(FACTS) :] * coefficients[-len(FACTS) :]
    assert of_facts == pytest.approx(facts.toarray(), abs=1e-4)


def test_an_opinion_is_as_loud_as_it_was_told_to_be(model: TransformerModel) -> None:
    random = np.random.default_rng(7)
    _, embeddings, _ = see(model, KNOWN)

    for factor in (0.0, 0.5, 2.0):
        features = learn(model, 100.0 * random.normal(size=32), opinion_factor=factor)
        assert (embeddings @ features.opinion).std() == pytest.approx(factor)


def test_terms_of_too_few_issues_are_not_counted(model: TransformerModel) -> None:
    features = learn(model, np.empty(0))
    matrix = features.matrix(*see(model, KNOWN))[:, : features.terms.idf.size].toarray()

    counts = (matrix > 0).sum(axis=0)
    assert set(np.unique(counts)) - {0} >= {2}
    assert 1 not in counts
    for column, factor in zip(np.split(matrix, 3, axis=1), (0.7, 1.0, 1.0), strict=True):
        lengths = np.linalg.norm(column, axis=1)
        assert lengths[lengths > 0] == pytest.approx(factor)


def test_a_head_is_the_logistic_regression_of_its_features(model: TransformerModel) -> None:
    opinion = np.random.default_rng(7).normal(size=32)
    features = learn(model, opinion, embedding_factor=0.3, inverse_regularization=2.0)
    targets = ALTERNATING
    matrix = features.matrix(*see(model, KNOWN))
    weights = np.linspace(0.5, 2.0, 30)

    head = fit_head(features, matrix, targets, weights, seed=3)

    expected = LogisticRegression(C=2.0, max_iter=1000, random_state=3)
    expected.fit(matrix, targets, sample_weight=weights)
    asked = features.matrix(*see(model, ASKED))
    assert served(model, head, ASKED)[0] == pytest.approx(
        expected.decision_function(asked), abs=1e-3
    )


def probabilities(head: SoftmaxHead, embeddings: Floats) -> Floats:
    odds = np.exp(embeddings @ head.weights + head.intercepts)
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def classes_of(numbers: Sequence[int | None], count: int = 4) -> Floats:
    rows = np.full((len(numbers), count), np.nan)
    for row, number in enumerate(numbers):
        if number is not None:
            rows[row] = np.eye(count)[number]
    return rows


EMBEDDINGS = np.random.default_rng(3).normal(2.0, 3.0, size=(40, 5))
EMBEDDINGS[:, 4] = 1.0  # a number that never varies
WEIGHTS = np.linspace(0.3, 1.0, 40)


def learned(numbers: Sequence[int | None], count: int = 4) -> SoftmaxHead:
    return fit_softmax(
        EMBEDDINGS, classes_of(numbers, count), WEIGHTS, inverse_regularization=0.1, seed=1
    )


@pytest.mark.parametrize("numbers", [[None] * 40, [2] * 40, [None, 2] * 20])
def test_without_two_known_classes_all_are_equally_likely(numbers: Sequence[int | None]) -> None:
    assert probabilities(learned(numbers), EMBEDDINGS) == pytest.approx(0.25)


@pytest.mark.parametrize("seen", [(1, 3), (0, 1, 3), (0, 1, 2, 3)])
def test_classes_are_as_likely_as_a_regression_on_the_known_says(seen: tuple[int, ...]) -> None:
    numbers = [None if row % 5 == 0 else seen[row % len(seen)] for row in range(40)]
    is_known = np.array([number is not None for number in numbers])
    scaled = StandardScaler().fit_transform(EMBEDDINGS)
    expected = LogisticRegression(C=0.1, class_weight="balanced", max_iter=2000).fit(
        scaled[is_known],
        [number for number in numbers if number is not None],
        sample_weight=WEIGHTS[is_known],
    )

    shares = probabilities(learned(numbers), EMBEDDINGS)

    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert shares[:, seen] == pytest.approx(expected.predict_proba(scaled), abs=1e-4)


def test_a_class_that_no_issue_has_is_all_but_impossible() -> None:
    shares = probabilities(learned([0, 1] * 20, count=7), EMBEDDINGS)

    assert shares[:, 2:].max() < 1e-6
