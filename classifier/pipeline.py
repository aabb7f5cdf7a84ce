"""From issues to a ranking: the one path that all doors take."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from pathlib import Path

from classifier.artifact import Manifest, find_model, verify
from classifier.explain import explain as explain_issue
from classifier.normalize import normalize
from classifier.ranking import check_limits, order, rank
from classifier.scorers import Scorer, load_scorer
from classifier.types import Issue, IssueKey, NormalizedIssue, RankedIssue, Ranking

ISSUES_A_BATCH = 128  # bodies in memory at once; more made scoring no faster

# An entry with what the model read of it; None once that has been explained and let go.
Candidate = tuple[RankedIssue, NormalizedIssue | None]


@dataclass(frozen=True, slots=True)
class Model:
    """A verified model directory, ready to score."""

    manifest: Manifest
    scorer: Scorer

    @property
    def model_id(self) -> str:
        """The name that rankings carry."""
        return self.manifest.model_id


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a ranking has come."""

    scored_count: int = 0
    repeated_count: int = 0  # issues given before, not scored again


def load(model: str | Path | None = None) -> Model:
    """Load a model by name or directory; the active one by default.

    Raises ArtifactError if it is missing, altered or built for another normalizer.
    """
    directory = find_model(None if model is None else str(model))
    manifest = verify(directory)
    return Model(manifest, load_scorer(directory, manifest))


def rank_issues(
    issues: Iterable[Issue],
    model: Model,
    *,
    top: int | None = None,
    min_probability: float = 0.0,
    explain: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> Ranking:
    """Score issues as they come and order them; see ``classifier.ranking.rank`` for ties.

    Bodies are let go batch by batch, so memory grows with titles alone, and with ``top`` only
    with the keys that tell whether an issue was given before: its first coming counts. Issues
    without repository or number are never taken for one another.
    """
    check_limits(top=top, min_probability=min_probability)
    kept: list[RankedIssue] = []
    progress = Progress()
    for batch, repeated_count in _batches(issues):
        fresh = _likely(batch, model.scorer, min_probability)
        if top is not None:
            fresh = _best(top, kept, fresh)
            kept = []
        kept += [_explained(*pair, model.scorer) if explain else pair[0] for pair in fresh]
        progress = Progress(progress.scored_count + len(batch), repeated_count)
        if on_progress:
            on_progress(progress)
    entries = rank(kept, top=top, min_probability=min_probability)
    return Ranking(model.model_id, entries)


def _batches(issues: Iterable[Issue]) -> Iterator[tuple[list[Issue], int]]:
    """Yield issues never given before, a batch at a time, with the count of repeats so far."""
    seen: set[IssueKey] = set()
    repeated_count = 0
    batch: list[Issue] = []
    for issue in issues:
        if issue.key in seen:
            repeated_count += 1
            continue
        if issue.key.repo and issue.key.number:
            seen.add(issue.key)
        batch.append(issue)
        if len(batch) == ISSUES_A_BATCH:
            yield batch, repeated_count
            batch = []
    yield batch, repeated_count


def _likely(batch: Sequence[Issue], scorer: Scorer, min_probability: float) -> list[Candidate]:
    normalized = [normalize(issue) for issue in batch]
    scores = scorer.score(normalized) if batch else []
    return [
        (RankedIssue(0, issue.key, issue.title, issue.url, score.probability), what_was_read)
        for issue, what_was_read, score in zip(batch, normalized, scores, strict=True)
        if score.probability >= min_probability
    ]


def _best(top: int, kept: Iterable[RankedIssue], fresh: Iterable[Candidate]) -> list[Candidate]:
    """Return the top of what was kept so far and what is new."""
    pool = [*((entry, None) for entry in kept), *fresh]
    return nsmallest(top, pool, key=lambda pair: order(pair[0]))


def _explained(entry: RankedIssue, issue: NormalizedIssue | None, scorer: Scorer) -> RankedIssue:
    return replace(entry, evidence=explain_issue(issue, scorer)) if issue else entry
