"""Where ``rank`` spends its time: its steps one by one, in one process.

The same functions in the same batches as ``classifier.pipeline`` calls, with a clock between.
"""

import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from benchmarks.readings import reader_of, refuse
from classifier.normalize import normalize
from classifier.pipeline import ISSUES_A_BATCH, Model, load
from classifier.ranking import rank
from classifier.scorers.features import facts_of, texts_of
from classifier.sources import read_issues
from classifier.types import NormalizedIssue, RankedIssue, Ranking
from classifier.writers import writer

READ, NORMALIZE, ORDER = "reading", "normalizing", "ordering and writing"
FACTS, TOKENS, GRAPH = "facts", "tokens and terms", "graph"
TEXTS, TERMS = "texts", "terms and weights"
STAGES: Mapping[str, Sequence[str]] = {  # scorer → its stages
    "linear": (READ, NORMALIZE, FACTS, TEXTS, TERMS, ORDER),
    "onnx": (READ, NORMALIZE, FACTS, TOKENS, GRAPH, ORDER),
}

Read = Callable[[Sequence[NormalizedIssue]], object]


def seconds(path: Path, model_name: str | None, directory: Path) -> dict[str, float]:
    """Time each stage of ranking a file with the model of a directory, loaded before."""
    model = load(model_name)
    stages = STAGES[model.manifest.scorer]
    *_, cut_stage, score_stage, _ = stages
    cut = _cut(model, directory)
    spent = dict.fromkeys(stages, 0.0)

    @contextmanager
    def clock(stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent[stage] += time.perf_counter() - start

    entries: list[RankedIssue] = []
    issues = read_issues([str(path)], refuse)
    while True:
        with clock(READ):
            batch = list(islice(issues, ISSUES_A_BATCH))
        if not batch:
            break
        with clock(NORMALIZE):
            normalized = [normalize(issue) for issue in batch]
        with clock(FACTS):
            facts_of(normalized)
        with clock(cut_stage):
            cut(normalized)
        with clock(score_stage):
            scores = model.scorer.score(normalized)
        entries += [
            RankedIssue(0, issue.key, issue.title, issue.url, score.probability)
            for issue, score in zip(batch, scores, strict=True)
        ]
    spent[score_stage] -= spent[FACTS] + spent[cut_stage]  # the scorer had to make them, too
    with clock(ORDER):
        writer("jsonl")(Ranking(model.model_id, rank(entries)), io.StringIO(), with_evidence=False)
    return spent


def reading_stages() -> set[str]:
    """From an issue as it was written to what the model computes with."""
    return {NORMALIZE, FACTS, TEXTS, TOKENS}


def _cut(model: Model, directory: Path) -> Read:
    """What the scorer cuts an issue into, apart from facts."""
    return reader_of(directory).read if model.manifest.scorer == "onnx" else texts_of
