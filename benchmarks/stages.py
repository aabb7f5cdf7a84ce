"""Where ``rank`` spends its time: its steps one by one, in one process.

The same functions in the same batches as ``classifier.pipeline`` calls, with a clock between.
"""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from classifier.normalize import normalize
from classifier.pipeline import ISSUES_A_BATCH, load
from classifier.ranking import rank
from classifier.scorers.features import facts_of, texts_of
from classifier.sources import Skipped, read_issues
from classifier.types import RankedIssue, Ranking
from classifier.writers import writer

READ, NORMALIZE, FEATURES, SCORE, ORDER = STAGES = (
    "reading",
    "normalizing",
    "features: texts and facts",
    "scoring: terms and weights",
    "ordering and writing",
)


def seconds(path: Path, model_name: str | None) -> dict[str, float]:
    """Time each stage of ranking a file, the model loaded before."""
    model = load(model_name)
    spent = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def clock(stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent[stage] += time.perf_counter() - start

    entries: list[RankedIssue] = []
    issues = read_issues([str(path)], _refuse)
    while True:
        with clock(READ):
            batch = list(islice(issues, ISSUES_A_BATCH))
        if not batch:
            break
        with clock(NORMALIZE):
            normalized = [normalize(issue) for issue in batch]
        with clock(FEATURES):
            texts_of(normalized)
            facts_of(normalized)
        with clock(SCORE):
            scores = model.scorer.score(normalized)
        entries += [
            RankedIssue(0, issue.key, issue.title, issue.url, score.probability)
            for issue, score in zip(batch, scores, strict=True)
        ]
    spent[SCORE] -= spent[FEATURES]  # the scorer had to make them, too
    with clock(ORDER):
        writer("jsonl")(Ranking(model.model_id, rank(entries)), io.StringIO(), with_evidence=False)
    return spent


def _refuse(skipped: Skipped) -> None:
    raise ValueError(f"{skipped.place}: {skipped.reason}")
