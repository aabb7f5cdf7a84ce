"""What people decide: each word is kept, and what follows from it changes with it."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.web.store.said import CHANNELS, Said
from classifier.web.store.standing import DISAGREED, OPINIONS, WITHDRAWN
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow, VoteRow
from classifier.web.store.votes import present_votes, settle

__all__ = [
    "CHANNELS",
    "Said",
    "decide",
    "history",
    "may_adjudicate",
    "may_undo",
    "undo",
    "votes_on",
]

ENOUGH_TO_ADJUDICATE = 3  # reviewers: with fewer, one who voted may settle a disagreement
OF_RIGHT = "of right"
FOR_WANT_OF_A_THIRD = "for want of a third"


def decide(session: Session, said: Said, *, now: datetime) -> DecisionRow:
    """Write down a decision with its vote and the issue's standing; said again, it counts once.

    Who decides on an issue that others disagree about adjudicates.
    Raises InputError if there is no such issue, if the request was another decision, or if
    somebody may not adjudicate who says so; commits nothing.
    """
    issue = _locked(session, said.issue_id)
    if said.request_id and (before := _asked_before(session, said)):
        return before
    vote = session.get(VoteRow, (said.issue_id, said.reviewer_id), populate_existing=True)
    decision = DecisionRow(
        issue_id=issue.id,
        reviewer_id=said.reviewer_id,
        verdict=said.verdict,
        scenario=said.scenario,
        impact=said.impact,
        note=said.note,
        decided_at=now,
        shown_position=said.position,
        is_blind=said.is_blind,
        channel=said.channel,
        is_adjudication=_is_adjudication(session, issue, said),
        supersedes=vote.decision_id if vote else None,
        request_id=said.request_id or secrets.token_hex(16),
        **_shown(issue, said),
    )
    session.add(decision)
    session.flush()
    _count(session, decision, said.reviewer_id)
    settle(session, issue)
    return decision


def undo(session: Session, reviewer_id: int, *, now: datetime) -> DecisionRow | None:
    """Withdraw the reviewer's latest decision, so that what it replaced counts again.

    What came by import stays. Returns the withdrawal, whose ``supersedes`` is what it withdrew;
    None if there was nothing.
    """
    latest = session.scalars(_undoable(reviewer_id)).first()
    if latest is None:
        return None
    issue = _locked(session, latest.issue_id)
    withdrawal = DecisionRow(
        issue_id=issue.id,
        reviewer_id=reviewer_id,
        verdict=WITHDRAWN,
        note="",
        decided_at=now,
        is_blind=latest.is_blind,
        channel=latest.channel,
        is_adjudication=False,
        supersedes=latest.id,
        request_id=f"undo-{latest.id}",
        **_shown(issue),
    )
    session.add(withdrawal)
    session.flush()
    here = _not_withdrawn(reviewer_id).where(DecisionRow.issue_id == issue.id)
    _count(session, session.scalars(here.limit(1)).first() or withdrawal, reviewer_id)
    settle(session, issue)
    return withdrawal


def may_undo(session: Session, reviewer_id: int) -> bool:
    """Whether ``undo`` would find something."""
    return session.scalars(_undoable(reviewer_id)).first() is not None


def history(session: Session, issue_id: int) -> tuple[DecisionRow, ...]:
    """All that was ever said of an issue, the oldest first."""
    said = select(DecisionRow).where(DecisionRow.issue_id == issue_id).order_by(DecisionRow.id)
    return tuple(session.scalars(said))


def votes_on(session: Session, issue_id: int) -> tuple[DecisionRow, ...]:
    """The decisions that count for an issue: each reviewer's latest, the oldest first."""
    return tuple(
        session.scalars(
            select(DecisionRow)
            .join(VoteRow, VoteRow.decision_id == DecisionRow.id)
            .where(VoteRow.issue_id == issue_id)
            .order_by(DecisionRow.id)
        )
    )


def may_adjudicate(session: Session, issue: IssueRow, reviewer_id: int) -> str:
    """By what a reviewer may settle a disagreement: "of right", "for want of a third", or ""."""
    if issue.standing != DISAGREED:
        return ""
    votes = present_votes(session, issue)
    voters = {vote.reviewer_id for vote in votes if vote.verdict in OPINIONS}
    if reviewer_id not in voters:
        return OF_RIGHT
    count = session.scalar(select(func.count()).select_from(ReviewerRow)) or 0
    return FOR_WANT_OF_A_THIRD if count < ENOUGH_TO_ADJUDICATE else ""


def _locked(session: Session, issue_id: int) -> IssueRow:
    """Take the issue for oneself until the end of the transaction: no vote on it gets lost."""
    issue = session.get(IssueRow, issue_id, with_for_update=True, populate_existing=True)
    if issue is None:
        raise InputError(f"There is no issue {issue_id}", hint="The queue lists those there are.")
    return issue


def _asked_before(session: Session, said: Said) -> DecisionRow | None:
    asked = select(DecisionRow).where(DecisionRow.request_id == said.request_id)
    before = session.scalars(asked).first()
    if before and (before.reviewer_id, before.issue_id) != (said.reviewer_id, said.issue_id):
        raise InputError(
            f"Request {said.request_id} was another decision", hint="Load the page again."
        )
    return before


def _is_adjudication(session: Session, issue: IssueRow, said: Said) -> bool:
    """Whether this settles a disagreement, or is the adjudicator's second thought."""
    right = may_adjudicate(session, issue, said.reviewer_id)
    if said.adjudicates and not right:
        raise InputError(
            "Only who has not voted on an issue may settle a disagreement about it",
            hint="Ask another reviewer, or change your own vote.",
        )
    if said.verdict not in OPINIONS:
        return False
    ruled = any(
        vote.reviewer_id == said.reviewer_id and vote.is_adjudication
        for vote in present_votes(session, issue)
    )
    return ruled or right == OF_RIGHT or said.adjudicates


def _shown(issue: IssueRow, said: Said | None = None) -> dict[str, Any]:
    shown = {
        "shown_model": issue.model_id,
        "shown_probability": issue.probability,
        "shown_head": issue.head_probability,
        "digest": issue.digest,
    }
    if said is not None and said.shown_probability is not None:
        shown |= {"shown_probability": said.shown_probability, "shown_head": None}
    return shown


def _not_withdrawn(reviewer_id: int) -> Select[DecisionRow]:
    """A reviewer's decisions that still hold, the latest first."""
    withdrawals = select(DecisionRow.supersedes).where(
        DecisionRow.reviewer_id == reviewer_id, DecisionRow.verdict == WITHDRAWN
    )
    return (
        select(DecisionRow)
        .where(DecisionRow.reviewer_id == reviewer_id, DecisionRow.verdict != WITHDRAWN)
        .where(DecisionRow.id.not_in(withdrawals))
        .order_by(DecisionRow.id.desc())
    )


def _undoable(reviewer_id: int) -> Select[DecisionRow]:
    """The reviewer's latest decision that holds and did not come by import."""
    return _not_withdrawn(reviewer_id).where(DecisionRow.channel != "import").limit(1)


def _count(session: Session, decision: DecisionRow, reviewer_id: int) -> None:
    """Let a decision be the reviewer's vote; a withdrawal is none."""
    vote = session.get(VoteRow, (decision.issue_id, reviewer_id), populate_existing=True)
    if decision.verdict == WITHDRAWN:
        if vote is not None:
            session.delete(vote)
    elif vote is None:
        session.add(
            VoteRow(issue_id=decision.issue_id, reviewer_id=reviewer_id, decision_id=decision.id)
        )
    else:
        vote.decision_id = decision.id
    session.flush()
