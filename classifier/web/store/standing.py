"""What follows from several people's votes on one issue; as in the study, a third adjudicates."""

from collections.abc import Iterable
from dataclasses import dataclass

SILENT = "silent"
NOT_SILENT = "not silent"
UNSURE = "unsure"
SKIP = "skip"
WITHDRAWN = "withdrawn"
UNDECIDED = "undecided"
DISAGREED = "disagreed"
VERDICTS = (SILENT, NOT_SILENT, UNSURE, SKIP)  # that a reviewer may give
OPINIONS = (SILENT, NOT_SILENT, UNSURE)
STANDINGS = (UNDECIDED, SILENT, NOT_SILENT, UNSURE, DISAGREED)


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reviewer says of an issue now."""

    decision_id: int
    verdict: str
    is_adjudication: bool = False


def standing_of(votes: Iterable[Vote]) -> str:
    """Nobody's opinion, everybody's, the latest adjudicator's, or that there is none."""
    opinions = [vote for vote in votes if vote.verdict in OPINIONS]
    if not opinions:
        return UNDECIDED
    rulings = [vote for vote in opinions if vote.is_adjudication]
    if rulings:
        return max(rulings, key=lambda vote: vote.decision_id).verdict
    said = {vote.verdict for vote in opinions}
    return said.pop() if len(said) == 1 else DISAGREED
