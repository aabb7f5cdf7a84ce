"""Why an issue scores as it does: asked of the model at the first look, then kept."""

from fastapi import Request

from classifier.types import Evidence
from classifier.web.explanations import keep, kept
from classifier.web.scoring import Busy, ScoringService
from classifier.web.store.issues import issue_of
from classifier.web.store.tables import IssueRow

SECONDS_TO_WAIT = 3.0  # for the model's turn; the page is worth more than its reasons


def evidence_of(request: Request, issue: IssueRow) -> tuple[Evidence, ...] | None:
    """Return the evidence, the strongest first; None if the model is too busy to tell.

    It opens transactions of its own, so that nobody waits for the database while the model reads.
    """
    engine = request.app.state.engine
    before = kept(engine, issue)
    if before is not None:
        return before
    scoring: ScoringService = request.app.state.scoring
    try:
        if scoring.model(SECONDS_TO_WAIT).model_id != issue.model_id:
            return None  # another model is about to score it again
        found = scoring.explain(issue_of(issue), SECONDS_TO_WAIT)
    except Busy:
        return None
    keep(engine, issue, found)
    return found
