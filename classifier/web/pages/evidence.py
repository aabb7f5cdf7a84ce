"""Why an issue scores as it does: asked of the model at the first look, then kept."""

from dataclasses import asdict

from fastapi import Request
from sqlalchemy.orm import Session

from classifier.types import Evidence
from classifier.web.scoring import Busy, ScoringService
from classifier.web.store.engine import reading, session
from classifier.web.store.issues import issue_of
from classifier.web.store.tables import ExplanationRow, IssueRow

SECONDS_TO_WAIT = 3.0  # for the model's turn; the page is worth more than its reasons


def evidence_of(request: Request, issue: IssueRow) -> tuple[Evidence, ...] | None:
    """Return the evidence, the strongest first; None if the model is too busy to tell.

    It opens transactions of its own, so that nobody waits for the database while the model reads.
    """
    engine = request.app.state.engine
    key = (issue.id, issue.model_id, issue.digest)
    with reading(engine) as opened:
        kept = _kept(opened, key)
    if kept is not None:
        return kept
    scoring: ScoringService = request.app.state.scoring
    try:
        if scoring.model(SECONDS_TO_WAIT).model_id != issue.model_id:
            return None  # another model is about to score it again
        found = scoring.explain(issue_of(issue), SECONDS_TO_WAIT)
    except Busy:
        return None
    with session(engine) as opened:
        if opened.get(ExplanationRow, key) is None:
            opened.add(ExplanationRow(**_columns(key), evidence=[asdict(one) for one in found]))
    return found


def _kept(opened: Session, key: tuple[int, str, str]) -> tuple[Evidence, ...] | None:
    row = opened.get(ExplanationRow, key)
    return None if row is None else tuple(Evidence(**reason) for reason in row.evidence)


def _columns(key: tuple[int, str, str]) -> dict[str, int | str]:
    return dict(zip(("issue_id", "model_id", "digest"), key, strict=True))
