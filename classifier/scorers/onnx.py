"""Serves a transformer with onnxruntime, a tokenizer and NumPy alone.

Every issue is scored by itself, as many at a time as there are threads. So nothing is padded and
a score never depends on its neighbours, which in a batch it would: the largest activation of a
batch sets the scale of all its whole numbers. On a CPU batches are no faster (training/LOG.md).
"""

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classifier.artifact import RESTORE, Manifest
from classifier.calibration import BetaCalibration, probability_of
from classifier.errors import ArtifactError, InputError
from classifier.scorers.features import FACTS, facts_of
from classifier.scorers.reading import TERM_COLUMNS, Reader, Reading
from classifier.types import Aspects, Evidence, NormalizedIssue, Scenario, Score

# Read once, when it is imported: from 1.29 on it reports on its users unless told not to.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
from onnxruntime import InferenceSession, SessionOptions

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
READING_FILE = "reading.json"
THREADS = "SILENTRANK_THREADS"
"""An environment variable: how many issues are scored at a time; by default one a core."""
OUTPUTS = ("log_odds", "fact_log_odds", "facts_above_mean", "scenario", "impact")
IMPACTS = 4
SLOW_FUSIONS = ("SkipLayerNormFusion", "BiasGeluFusion")
"""What onnxruntime would join into operators that take longer than their parts: a norm with a sum
seven times as long, an activation with a bias half as long again (training/LOG.md)."""
EXACT_SUMS = "session.x64quantprecision"
"""Where a processor has neither VNNI nor AMX, onnxruntime would add products of 8 bits in 16 bits,
which may overflow: a probability then differed by up to .025 from other processors'. So it is told
not to, which takes a tenth more time there, and none elsewhere."""
LEAST_BUDGET = 4  # tokens: three marks and a word

Floats = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """How issues were cut into tokens when the model was trained."""

    budget: int  # tokens
    start: int  # id of the mark before the first token
    end: int  # id of the mark after the title, and after the last token
    vocabulary: int  # ids are below it
    facts: tuple[str, ...]  # names of FACTS

    def reader(self, tokenizer: Tokenizer) -> Reader:
        """Cut as then."""
        return Reader(tokenizer, budget=self.budget, start=self.start, end=self.end)


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """What the graph says of one issue."""

    log_odds: float  # before calibration
    fact_log_odds: Floats  # (facts,)
    facts_above_mean: Floats  # (facts,), against the issues that it was trained on
    aspects: Aspects


class OnnxScorer:
    """Runs the graph."""

    has_aspects = True

    def __init__(
        self,
        session: InferenceSession,
        reader: Reader,
        settings: ReadingSettings,
        calibration: BetaCalibration,
        *,
        threads: int,
    ) -> None:
        """Score ``threads`` issues at a time; the session itself should use one thread."""
        self._session = session
        self._reader = reader
        self._settings = settings
        self._calibration = calibration
        self._threads = threads

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        """Calibrated scores, in the order of the issues."""
        raw = self._run(issues)
        own = probability_of(np.array([one.log_odds for one in raw], dtype=np.float64))
        return [
            Score(issue.key, probability, one.aspects)
            for issue, probability, one in zip(
                issues, self._calibration.calibrate(own).tolist(), raw, strict=True
            )
        ]

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        """What each fact adds to the calibrated log-odds, against the average issue.

        A fact is told as present where there is more of it than on average.
        """
        (raw,) = self._run([issue])
        probability = float(probability_of(np.array([raw.log_odds]))[0])
        added = raw.fact_log_odds * self._calibration.slope(probability)
        return [
            Evidence(fact.present if above > 0.0 else fact.absent, float(weight), is_quote=False)
            for fact, above, weight in zip(FACTS, raw.facts_above_mean, added, strict=True)
        ]

    def _run(self, issues: Sequence[NormalizedIssue]) -> list[Raw]:
        if not issues:
            return []
        if len(issues) == 1:
            return [self._answer(issues[0])]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda at: self._answer(issues[at]), range(len(issues))))

    def _answer(self, issue: NormalizedIssue) -> Raw:
        """All that one issue takes: while it is read, the graph is at another."""
        (facts,), (reading,) = facts_of([issue]).astype(np.float32), self._reader.read([issue])
        inputs = inputs_of(reading, facts, vocabulary=self._settings.vocabulary)
        log_odds, facts, above, scenario, impact = self._session.run(OUTPUTS, dict(inputs))
        return Raw(
            float(log_odds[0]),
            facts[0].astype(np.float64),
            above[0].astype(np.float64),
            Aspects(tuple(scenario[0].tolist()), tuple(impact[0].tolist())),
        )


def inputs_of(reading: Reading, facts: NDArray[np.float32], *, vocabulary: int) -> Arrays:
    """The graph's inputs for one issue: one row each.

    Term ids of a later column come after all of an earlier one's; what fills a row up to the
    longest column has the value 0.
    """
    most = max(1, *map(len, reading.terms))
    ids = np.zeros((1, len(TERM_COLUMNS), most), np.int64)
    values = np.zeros(ids.shape, np.float32)
    for at, (terms, counts) in enumerate(zip(reading.terms, reading.counts, strict=True)):
        ids[0, at, : len(terms)] = terms + at * vocabulary
        values[0, at, : len(counts)] = 1.0 + np.log(counts)
    return {
        "input_ids": reading.tokens[np.newaxis],
        "term_ids": ids,
        "term_values": values,
        "facts": facts[np.newaxis],
    }


def open_session(model: str | bytes) -> InferenceSession:
    """A graph, from a file's path or its bytes, that uses one thread each time it is run."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry(EXACT_SUMS, "1")
    options.log_severity_level = 3  # errors; warnings are of the exporter's business
    providers = ["CPUExecutionProvider"]
    return InferenceSession(model, options, providers, disabled_optimizers=SLOW_FUSIONS)


def thread_count() -> int:
    """As ``THREADS`` says, else one a core. Raises InputError if it says no number above 0."""
    said = os.environ.get(THREADS)
    if said is None:
        return _core_count()
    if not said.isdecimal() or int(said) == 0:
        raise InputError(f"{THREADS} is {said!r}", hint="Give a number of threads, such as 2.")
    return int(said)


def _core_count() -> int:
    """Cores that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def write_reading(directory: Path, settings: ReadingSettings, tokenizer: Path) -> None:
    """Write how issues are read into a model directory, beside the graph."""
    content = {name: getattr(settings, name) for name in ReadingSettings.__slots__}
    (directory / READING_FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (directory / TOKENIZER_FILE).write_bytes(tokenizer.read_bytes())


def load(directory: Path, manifest: Manifest) -> OnnxScorer:
    """Load the graph of a verified model directory. Raises ArtifactError if it is damaged."""
    needed = {MODEL_FILE, TOKENIZER_FILE, READING_FILE}
    if unvouched := needed - set(manifest.files):
        raise ArtifactError(
            f"The manifest of {directory} vouches for no {' and no '.join(sorted(unvouched))}",
            hint=RESTORE,
        )
    threads = thread_count()
    try:
        settings = _read_settings(directory)
        tokenizer = _read_tokenizer(directory, settings)
        session = open_session(str(directory / MODEL_FILE))
        _check(session, settings)
        reader = settings.reader(tokenizer)
        scorer = OnnxScorer(session, reader, settings, manifest.calibration, threads=threads)
    except Exception as error:  # the runtime and the tokenizer raise it as it is
        raise ArtifactError(f"The model in {directory} is damaged: {error}", hint=RESTORE) from (
            error
        )
    return scorer


def _read_settings(directory: Path) -> ReadingSettings:
    content = json.loads((directory / READING_FILE).read_bytes())
    settings = ReadingSettings(**{**content, "facts": tuple(content["facts"])})
    if settings.facts != tuple(fact.name for fact in FACTS):
        raise ValueError(f"facts {settings.facts} are not this version's")
    if settings.budget < LEAST_BUDGET:
        raise ValueError(f"budget {settings.budget} is below {LEAST_BUDGET}")
    return settings


def _read_tokenizer(directory: Path, settings: ReadingSettings) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
    if max(tokenizer.get_vocab().values()) >= settings.vocabulary:
        raise ValueError(f"{TOKENIZER_FILE} has words with ids from {settings.vocabulary} on")
    return tokenizer


def _check(session: InferenceSession, settings: ReadingSettings) -> None:
    """Raise an error unless the graph answers, and in the shapes that are served.

    It is asked about a text of the last word there is, once in each column.
    """
    last = np.array([settings.vocabulary - 1])
    columns = (last,) * len(TERM_COLUMNS), (np.ones_like(last),) * len(TERM_COLUMNS)
    text = Reading(np.array([settings.start, *last, settings.end]), *columns)
    facts = np.zeros(len(FACTS), np.float32)
    inputs = inputs_of(text, facts, vocabulary=settings.vocabulary)
    answers = session.run(OUTPUTS, dict(inputs))
    shapes = [answer.shape for answer in answers]
    facts_each = (1, len(FACTS))
    if shapes != [(1,), facts_each, facts_each, (1, len(Scenario)), (1, IMPACTS)]:
        raise ValueError(f"the graph answers in shapes {shapes}")
    if not all(np.isfinite(answer).all() for answer in answers):
        raise ValueError("the graph's answers are not all finite")
