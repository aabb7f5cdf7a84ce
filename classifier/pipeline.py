"""From issues to a ranking: the one path that all doors take."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from pathlib import Path
from typing import overload

import numpy as np

from classifier.artifact import Manifest, find_model, verify
from classifier.errors import InputError
from classifier.explain import explain as explain_issue
from classifier.missing import missing_facts
from classifier.normalize import normalize
from classifier.profile import Profile
from classifier.ranking import check_limits, order, rank
from classifier.scorers import Scorer, load_scorer
from classifier.severity import outlook_of
from classifier.types import Issue, IssueKey, NormalizedIssue, RankBy, RankedIssue, Ranking

ISSUES_A_BATCH = 128  # bodies in memory at once; more made scoring no faster


class Normalized(Sequence[NormalizedIssue]):
    """Issues as models see them, each made when it is first asked for.

    So a scorer that asks from several threads has one normalized while another is scored.
    """

    def __init__(self, issues: Sequence[Issue]) -> None:
        """Ask for them by their places in ``issues``."""
        self._issues = issues
        self._made: dict[int, NormalizedIssue] = {}

    def __len__(self) -> int:
        """As many as there are issues."""
        return len(self._issues)

    @overload
    def __getitem__(self, at: int) -> NormalizedIssue: ...
    @overload
    def __getitem__(self, at: slice) -> list[NormalizedIssue]: ...
    def __getitem__(self, at: int | slice) -> NormalizedIssue | list[NormalizedIssue]:
        """One, or several, from the first on or from the last back."""
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        place = range(len(self))[at]
        if place not in self._made:
            self._made[place] = normalize(self._issues[place])
        return self._made[place]


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
    by: RankBy = "probability",
    top: int | None = None,
    min_probability: float | None = None,
    profile: Profile | None = None,
    explain: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> Ranking:
    """Score issues as they come and order them; see ``classifier.ranking.rank`` for ties.

    Bodies are let go batch by batch, so memory grows with titles alone, and with ``top`` only
    with the keys that tell whether an issue was given before: its first coming counts. Issues
    without repository or number are never taken for one another.

    Under a ``profile``, probabilities are those of its repository, ``min_probability`` is its
    threshold unless given, and what is missing of issues near the threshold is named. The order
    by probability is the same.

    Raises InputError, before it reads an issue, if the profile is of another model, or if it
    shall rank by priority and the model knows no scenarios.
    """
    least = min_probability
    if least is None:
        least = profile.threshold if profile else 0.0
    check_limits(by=by, top=top, min_probability=least)
    check_fit(profile, model.model_id)
    _check_order(by, model)
    kept: list[RankedIssue] = []
    progress = Progress()
    for batch, repeated_count in _batches(issues):
        fresh = _likely(batch, model.scorer, profile, least, by)
        if top is not None:
            fresh = _best(top, kept, fresh, by)
            kept = []
        kept += [_explained(*pair, model.scorer) if explain else pair[0] for pair in fresh]
        progress = Progress(progress.scored_count + len(batch), repeated_count)
        if on_progress:
            on_progress(progress)
    entries = rank(kept, by=by, top=top)
    if profile and by == "probability":
        entries = _as_seen_under(profile, entries)
    threshold = profile.threshold if profile else None
    has_outlooks = model.scorer.has_aspects
    return Ranking(model.model_id, entries, threshold, by=by, has_outlooks=has_outlooks)


def check_fit(profile: Profile | None, model_id: str) -> None:
    """Raise InputError if a profile is of another model."""
    if profile is not None and profile.model_id != model_id:
        raise InputError(
            f"The profile is of model {profile.model_id}, not of {model_id}",
            hint="Run `silentrank calibrate` again with this model, or name the other by --model.",
        )


def _check_order(by: RankBy, model: Model) -> None:
    if by == "priority" and not model.scorer.has_aspects:
        raise InputError(
            f"Model {model.model_id} knows no scenarios, which a priority is made of",
            hint="Rank by probability, or name a model that knows them by --model.",
        )


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


def _likely(
    batch: Sequence[Issue], scorer: Scorer, profile: Profile | None, least: float, by: RankBy
) -> list[Candidate]:
    """Issues from ``least`` on, as seen under the profile.

    To be ranked by probability they have the model's own: see ``_as_seen_under``. A priority is
    that of the probability which is shown, so by priority they have that one.
    """
    normalized = Normalized(batch)
    scores = scorer.score(normalized) if batch else []
    own = [score.probability for score in scores]
    seen = profile.shifted(np.array(own)).tolist() if profile else own
    candidates: list[Candidate] = []
    for issue, read, score, as_seen in zip(batch, normalized, scores, seen, strict=True):
        if as_seen >= least:
            probability = score.probability if by == "probability" else as_seen
            missing = missing_facts(read) if profile and profile.is_near(as_seen) else ()
            outlook = outlook_of(score.aspects) if score.aspects else None
            about = (issue.key, issue.title, issue.url, probability)
            candidates.append((RankedIssue(0, *about, missing=missing, outlook=outlook), read))
    return candidates


def _as_seen_under(profile: Profile, entries: Sequence[RankedIssue]) -> tuple[RankedIssue, ...]:
    """Shift what is ranked already: rounding could make ties, which would change the order."""
    seen = profile.shifted(np.array([entry.probability for entry in entries])).tolist()
    return tuple(
        replace(entry, probability=probability)
        for entry, probability in zip(entries, seen, strict=True)
    )


def _best(
    top: int, kept: Iterable[RankedIssue], fresh: Iterable[Candidate], by: RankBy
) -> list[Candidate]:
    """Return the top of what was kept so far and what is new."""
    pool = [*((entry, None) for entry in kept), *fresh]
    return nsmallest(top, pool, key=lambda pair: order(pair[0], by=by))


def _explained(entry: RankedIssue, issue: NormalizedIssue | None, scorer: Scorer) -> RankedIssue:
    return replace(entry, evidence=explain_issue(issue, scorer)) if issue else entry
