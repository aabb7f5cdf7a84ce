"""Issues a second: through the triage page's API, and by the scorer alone in the same batches."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.web_load import checked, client_for
from benchmarks.web_names import sent
from classifier.normalize import normalize
from classifier.pipeline import load
from classifier.types import Issue, IssueKey

ISSUES_A_REQUEST = 25  # few enough that a slow machine has them scored before the API gives up
CLIENTS = 3  # so that one request waits while one is scored and one is on its way

Batch = Sequence[dict[str, str]]


def by_api(url: str, count: int) -> float:
    """Have some clients share ``count`` issues. Raises RuntimeError if some are not scored."""
    with client_for(url) as http, ThreadPoolExecutor(CLIENTS) as pool:

        def score(batch: Batch) -> None:
            checked("/api/score", http.post("/api/score", json={"issues": batch}))

        score(sent(1))
        start = time.perf_counter()
        for _ in pool.map(score, _batches(count)):
            pass
        return count / (time.perf_counter() - start)


def alone(model_name: str | None, count: int) -> float:
    """Normalize and score them in this process, with the model loaded before."""
    model = load(model_name)
    batches = [
        [Issue(IssueKey(), one["title"], one["body"]) for one in batch] for batch in _batches(count)
    ]
    model.scorer.score([normalize(batches[0][0])])
    start = time.perf_counter()
    for batch in batches:
        model.scorer.score([normalize(issue) for issue in batch])
    return count / (time.perf_counter() - start)


def _batches(count: int) -> list[Batch]:
    issues = sent(count)
    return [issues[at : at + ISSUES_A_REQUEST] for at in range(0, count, ISSUES_A_REQUEST)]
