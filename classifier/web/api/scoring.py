"""Scores and rankings of issues that programs send; nothing of them is kept."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request

from classifier.errors import InputError
from classifier.missing import missing_facts
from classifier.profile import Profile
from classifier.ranking import rank
from classifier.types import Issue, RankedIssue, Ranking
from classifier.web.api.description import MAYBE_TOKEN, problems
from classifier.web.api.shapes import RankedOut, RankIn, RankingOut, ScoreBody, ScoreOut, ScoresOut
from classifier.web.scoring import Scored
from classifier.writers.json_lines import row_of

router = APIRouter(tags=["scoring"])
SECONDS_TO_SCORE = 20.0


@router.post(
    "/api/score",
    summary="Score one issue, or up to 100",
    responses=problems(403, 422, 503),
    response_model_exclude_unset=True,
    openapi_extra=MAYBE_TOKEN,
)
def score(sent: ScoreBody, request: Request) -> ScoresOut:
    """Tell how likely issues report silent bugs, in the order in which they were sent.

    The answer to one is a list of one.
    """
    ranking = _ranking(request, sent.issues())
    issues = [ScoreOut(**_row(entry, ranking)) for entry in ranking.entries]
    return ScoresOut(model=ranking.model_id, issues=issues)


@router.post(
    "/api/rank",
    summary="Rank up to 100 issues",
    responses=problems(403, 422, 503),
    response_model_exclude_unset=True,
    openapi_extra=MAYBE_TOKEN,
)
def rank_sent(sent: RankIn, request: Request) -> RankingOut:
    """Put issues in the order in which to read them, as ``silentrank rank`` does."""
    ranking = _ranking(request, [one.issue() for one in sent.issues])
    if sent.by == "priority" and not ranking.has_outlooks:
        raise InputError(
            f"Model {ranking.model_id} knows no scenarios, which a priority is made of",
            hint="Rank by probability, or start the server with a model that knows them.",
        )
    entries = rank(ranking.entries, by=sent.by, top=sent.top, min_probability=sent.min_probability)
    issues = [RankedOut(rank=entry.rank, **_row(entry, ranking)) for entry in entries]
    return RankingOut(model=ranking.model_id, by=sent.by, issues=issues)


def _ranking(request: Request, sent: Sequence[Issue]) -> Ranking:
    """Score what was sent, in its order, as a ranking without ranks."""
    state = request.app.state
    profile: Profile | None = state.settings.profile
    model = state.scoring.model(SECONDS_TO_SCORE)
    scored = state.scoring.score(sent, SECONDS_TO_SCORE)
    state.metrics.scored.inc(len(scored))
    seen = state.settings.seen([one.score.probability for one in scored])
    entries = (_entry(*pair, profile) for pair in zip(scored, seen, strict=True))
    threshold = profile.threshold if profile else None
    return Ranking(model.model_id, tuple(entries), threshold, has_outlooks=model.scorer.has_aspects)


def _entry(scored: Scored, probability: float, profile: Profile | None) -> RankedIssue:
    is_near = profile is not None and profile.is_near(probability)
    return RankedIssue(
        0,
        scored.issue.key,
        scored.issue.title,
        scored.issue.url,
        probability,
        missing=missing_facts(scored.read) if is_near else (),
        outlook=scored.outlook,
    )


def _row(entry: RankedIssue, ranking: Ranking) -> dict[str, Any]:
    return row_of(entry, ranking, with_evidence=False)
