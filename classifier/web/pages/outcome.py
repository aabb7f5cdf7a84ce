"""What just happened, told on the next page: it is in the address, so it outlives a reload."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from classifier.web.store.decisions import undoable
from classifier.web.store.standing import WITHDRAWN
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow
from classifier.web.wording import named

WORDS = {
    "silent": "is a silent bug, you said",
    "not silent": "is not a silent bug, you said",
    "unsure": "you are unsure about",
    "skip": "skipped for now",
    WITHDRAWN: "your decision is taken back",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision that was just written down, or taken back."""

    issue_id: int
    name: str
    verdict: str
    words: str
    channel: str
    taken_back: DecisionRow | None = None  # what was said before it was

    @property
    def is_undone(self) -> bool:
        """Whether it was a way back."""
        return self.verdict == WITHDRAWN


def outcome_of(
    session: Session, reviewer: ReviewerRow | None, decision_id: int | None
) -> Outcome | None:
    """Look the decision up; None if there is none, or it is somebody else's."""
    if decision_id is None or reviewer is None:
        return None
    said = session.get(DecisionRow, decision_id)
    if said is None or said.reviewer_id != reviewer.id:
        return None
    issue = session.get_one(IssueRow, said.issue_id)
    name = named(issue.repo, issue.number, issue.id)
    taken_back = session.get(DecisionRow, said.supersedes) if said.verdict == WITHDRAWN else None
    return Outcome(issue.id, name, said.verdict, WORDS[said.verdict], said.channel, taken_back)


def undoing(
    session: Session, reviewer: ReviewerRow | None, outcome: Outcome | None
) -> dict[str, Any]:
    """What a page needs to tell what just happened and to offer a way back, if there is one.

    ``undoable`` is the decision that the way back names: a form that is sent twice withdraws one.
    """
    latest = undoable(session, reviewer.id) if reviewer else None
    return {"outcome": outcome, "undoable": latest.id if latest else None}
