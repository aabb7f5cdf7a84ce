"""Rows to fitted models, and models to the files that serve them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from scipy.special import logit
from tokenizers import Tokenizer

from classifier.calibration import IDENTITY, BetaCalibration, probability_of
from classifier.scorers.features import facts_of
from classifier.scorers.onnx import (
    MODEL_FILE,
    OnnxScorer,
    ReadingSettings,
    inputs_of,
    open_session,
    thread_count,
    write_reading,
)
from classifier.scorers.reading import Reader, Reading
from classifier.types import Aspects, NormalizedIssue
from training.dataset import SCENARIOS
from training.export import EMBEDDING, TOKENS
from training.facets import IMPACTS, Facets
from training.families.transformer.encoders import (
    SILENT,
    Encoder,
    Lesson,
    reading_settings,
    trained_encoder,
)
from training.families.transformer.graph import LinearHead, SoftmaxHead, heads_alone, join
from training.families.transformer.head import fit_features, fit_head, fit_softmax
from training.families.transformer.parity import check, compare, exact_embeddings
from training.families.transformer.settings import TransformerSettings
from training.families.transformer.terms import Terms

Floats = NDArray[np.float64]
Numbers = NDArray[np.float32]

LIKELY = 0.5
"""A teacher's score from here on: the issue's scenario and impact are then worth learning from."""
TEACHER_WEIGHT = 0.3
"""Of a teacher's scenario or impact, against 1 of the study's."""
ASPECT_REGULARIZATION = 0.01
KEPT = 65_536
"""Issues whose readings are kept in memory: every fold asks for the same ones."""


@dataclass(frozen=True, slots=True, eq=False)
class TransformerModel:
    """A fitted model: an encoder that others share, and heads of its own."""

    encoder: Encoder
    head: LinearHead
    softmaxes: Mapping[str, SoftmaxHead]
    reading: ReadingSettings
    tokenizer: Path
    scorer: str = "onnx"

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """Raw probabilities, as by the graph that ships: (issues,).

        The encoder's part of it is run once for all folds, the heads' for each.
        """
        seen = [_observe(self.reading, self.tokenizer, issue) for issue in issues]
        embeddings = self.encoder.embed([one for one, _ in seen]).astype(np.float32)
        heads = heads_alone(onnx.load(self.encoder.graph), self.head, self.softmaxes)
        session = open_session(heads.SerializeToString())
        log_odds = np.empty(len(seen))
        for row, (one, facts) in enumerate(seen):
            inputs = dict(inputs_of(one, facts, vocabulary=self.reading.vocabulary))
            del inputs[TOKENS]
            inputs[EMBEDDING] = embeddings[row : row + 1]
            (log_odds[row],) = session.run(["log_odds"], inputs)[0]
        return probability_of(log_odds)

    def aspects(self, issues: Sequence[NormalizedIssue]) -> list[Aspects]:
        """Scenario and impact, given that each is a silent bug, by the graph that ships."""
        return [score.aspects for score in self._scorer().score(issues) if score.aspects]

    def write(self, directory: Path) -> None:
        """Write graph, tokenizer and how to read into a model directory."""
        onnx.save(self._graph(), directory / MODEL_FILE)
        write_reading(directory, self.reading, self.tokenizer)

    def check(
        self,
        issues: Sequence[NormalizedIssue],
        is_silent: NDArray[np.bool_],
        calibration: BetaCalibration,
    ) -> str:
        """Compare the graph with the network in full precision; the sentence says how they differ.

        Raises InputError if they differ by more than ``parity`` allows.
        """
        seen = [_observe(self.reading, self.tokenizer, issue) for issue in issues]
        readings = [one for one, _ in seen]
        facts = np.array([own for _, own in seen], dtype=np.float64)
        exact = self.head.log_odds(
            exact_embeddings(self.encoder.network(), readings),
            Terms(self.head.idf).features(readings),
            facts,
        )
        served = np.array([score.probability for score in self._scorer().score(issues)])
        parity = compare(exact, logit(served), is_silent, calibration)
        check(parity)
        return parity.sentence

    def _scorer(self) -> OnnxScorer:
        session = open_session(self._graph().SerializeToString())
        reader = _reader(self.reading, self.tokenizer)
        return OnnxScorer(session, reader, self.reading, IDENTITY, threads=thread_count())

    def _graph(self) -> onnx.ModelProto:
        return join(self.encoder.graph, self.head, self.softmaxes)


def fit(
    settings: TransformerSettings,
    texts: Sequence[NormalizedIssue],
    targets: Floats,
    weights: Floats,
    facets: Facets | None,
    *,
    seed: int,
) -> list[TransformerModel]:
    """See ``training.families.transformer.fit``."""
    reading, tokenizer = reading_settings(settings)
    seen = [_observe(reading, tokenizer, issue) for issue in texts]
    lesson = _lesson(settings, [one for one, _ in seen], facets)
    encoder = trained_encoder(settings, lesson, seed=seed)
    rows = np.arange(len(texts)) if facets is None else np.flatnonzero(facets.is_judged)
    judged = [seen[row][0] for row in rows]
    facts = np.array([seen[row][1] for row in rows], dtype=np.float64)
    embeddings = encoder.embed(judged)
    features = fit_features(
        settings, judged, embeddings, facts, encoder.opinion, vocabulary=reading.vocabulary
    )
    matrix = features.matrix(judged, embeddings, facts)
    softmaxes = _softmaxes(embeddings, facets, rows, seed=seed)
    return [
        TransformerModel(
            encoder,
            fit_head(features, matrix, row[rows], weights[rows], seed=seed),
            softmaxes,
            reading,
            tokenizer,
        )
        for row in targets
    ]


@lru_cache(KEPT)
def _observe(
    reading: ReadingSettings, tokenizer: Path, issue: NormalizedIssue
) -> tuple[Reading, Numbers]:
    """What is read of an issue, and its facts."""
    (one,) = _reader(reading, tokenizer).read([issue])
    return one, facts_of([issue])[0].astype(np.float32)


@cache
def _reader(reading: ReadingSettings, tokenizer: Path) -> Reader:
    return reading.reader(Tokenizer.from_file(str(tokenizer)))


def _lesson(
    settings: TransformerSettings, readings: Sequence[Reading], facets: Facets | None
) -> Lesson:
    """What the stage learns from; whatever votes count, it is the same."""
    head_weights = {
        SILENT: 1.0,
        "kind": settings.kind_weight,
        "scenario": settings.scenario_weight,
        "impact": settings.impact_weight,
    }
    if facets is None or not facets.is_taught.any():
        return Lesson([], {SILENT: np.empty((0, 2))}, np.empty(0), head_weights)
    taught = np.flatnonzero(facets.is_taught)
    silent = facets.likelihoods[taught]
    has_opinion = ~np.isnan(facets.opinions[taught])
    return Lesson(
        tokens=[readings[row].tokens for row in taught.tolist()],
        targets={
            SILENT: np.stack([1.0 - silent, silent], axis=1),
            "kind": facets.kinds[taught],
            "scenario": facets.scenarios[taught],
            "impact": facets.impacts[taught],
        },
        weights=np.where(has_opinion, 1.0, settings.judged_weight),
        head_weights=head_weights,
    )


def _softmaxes(
    embeddings: Floats, facets: Facets | None, rows: NDArray[np.intp], *, seed: int
) -> dict[str, SoftmaxHead]:
    """Scenario and impact, learned from silent bugs and from what a teacher calls likely."""
    unknown = np.full((len(rows), 1), np.nan)
    classes = {
        "scenario": facets.scenarios[rows] if facets else np.repeat(unknown, len(SCENARIOS), 1),
        "impact": facets.impacts[rows] if facets else np.repeat(unknown, len(IMPACTS), 1),
    }
    weights = np.ones(len(rows))
    if facets is not None:
        is_unlikely = facets.likelihoods[rows] < LIKELY
        classes = {
            name: np.where(is_unlikely[:, None], np.nan, own) for name, own in classes.items()
        }
        weights = np.where(np.isnan(facets.opinions[rows]), 1.0, TEACHER_WEIGHT)
    return {
        name: fit_softmax(
            embeddings, own, weights, inverse_regularization=ASPECT_REGULARIZATION, seed=seed
        )
        for name, own in classes.items()
    }
