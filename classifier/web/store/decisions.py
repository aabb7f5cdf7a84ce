"""What people decide: each word is kept, and what follows from it changes with it."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.web.store.said import CHANNELS, UNDOING, Said
from classifier.web.store.standing import DISAGREED, OPINIONS, WITHDRAWN
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow, VoteRow
from classifier.web.store.votes import present_votes, settle

__all__ = [
    "CHANNELS",
    "Said",
    "decide",
    "history",
    "locked",
    "may_adjudicate",
    "undo",
    "undoable",
    "votes_on",
]

OF_RIGHT = "of right"
FOR_WANT_OF_A_THIRD = "for want of a third"
ONCE_MORE = "once more"


def decide(session: Session, said: Said, *, now: datetime) -> DecisionRow:
    """Write down a decision with its vote and the issue's standing; said again, it counts once.

    Raises InputError if there is no such issue, if the request was another decision, or if
    somebody may not adjudicate who says that they do; commits nothing.
    """
    issue = locked(session, said.issue_id)
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


def undo(session: Session, reviewer_id: int, decision_id: int, *, now: datetime) -> DecisionRow:
    """Withdraw a decision, so that what it replaced counts again; asked again, it counts once.

    Returns the withdrawal, whose ``supersedes`` is what it withdrew. Raises InputError for a
    decision that is not the reviewer's own latest on its issue, and for one that came by import.
    """
    latest = session.get(DecisionRow, decision_id)
    if latest is None or latest.reviewer_id != reviewer_id or latest.channel == "import":
        raise InputError("There is nothing to take back", hint="What came by import stays.")
    issue = locked(session, latest.issue_id)
    here = _said_by(reviewer_id).where(DecisionRow.issue_id == issue.id).limit(1)
    last = session.scalars(here).one()
    if last.verdict == WITHDRAWN and last.supersedes == latest.id:
        return last
    still = _not_withdrawn(reviewer_id).where(DecisionRow.issue_id == issue.id)
    if session.scalars(still.limit(1)).first() is not latest:
        raise InputError(
            "That decision counts no more, so nothing was taken back",
            hint="You have decided anew on this issue, or taken it back before.",
        )
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
        request_id=f"{UNDOING}{latest.id}",
        **_shown(issue),
    )
    session.add(withdrawal)
    session.flush()
    _count(session, session.scalars(still.limit(1)).first() or withdrawal, reviewer_id)
    settle(session, issue)
    return withdrawal


def undoable(session: Session, reviewer_id: int) -> DecisionRow | None:
    """The reviewer's latest decision, of all issues, that counts and did not come by import."""
    counting = (
        VoteRow.decision_id == DecisionRow.id,
        VoteRow.issue_id == DecisionRow.issue_id,
        VoteRow.reviewer_id == reviewer_id,
    )
    voted = _said_by(reviewer_id).join(VoteRow, and_(*counting))
    return session.scalars(voted.where(DecisionRow.channel != "import").limit(1)).first()


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
    """By what a reviewer may settle a disagreement, or "" if they may not.

    "of right" if they have no vote in it; "for want of a third" if everybody else has one, too;
    "once more" if they settled it already, and may think again.
    """
    votes = [vote for vote in present_votes(session, issue) if vote.verdict in OPINIONS]
    if any(vote.reviewer_id == reviewer_id and vote.is_adjudication for vote in votes):
        return ONCE_MORE
    if issue.standing != DISAGREED:
        return ""
    voters = {vote.reviewer_id for vote in votes}
    if reviewer_id not in voters:
        return OF_RIGHT
    third = select(ReviewerRow.id).where(ReviewerRow.id.not_in(voters)).limit(1)
    return "" if session.scalar(third) else FOR_WANT_OF_A_THIRD


def locked(session: Session, issue_id: int) -> IssueRow:
    """Take the issue for oneself until the end of the transaction: no vote on it gets lost.

    Raises InputError if there is none.
    """
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
    if not said.adjudicates:
        return False
    if not may_adjudicate(session, issue, said.reviewer_id):
        raise InputError(
            "There is no disagreement about this issue that is yours to settle",
            hint="One who has not voted on it settles it; your own vote you may change.",
        )
    return said.verdict in OPINIONS


def _shown(issue: IssueRow, said: Said | None = None) -> dict[str, Any]:
    shown = {
        "shown_model": issue.model_id,
        "shown_probability": issue.probability,
        "shown_head": issue.head_probability,
        "digest": (said and said.digest) or issue.digest,
    }
    if said is not None and said.shown_probability is not None:
        shown |= {"shown_probability": said.shown_probability, "shown_head": None}
    return shown


def _said_by(reviewer_id: int) -> Select[DecisionRow]:
    """All that a reviewer said, the latest first."""
    said = select(DecisionRow).where(DecisionRow.reviewer_id == reviewer_id)
    return said.order_by(DecisionRow.id.desc())


def _not_withdrawn(reviewer_id: int) -> Select[DecisionRow]:
    """A reviewer's decisions that still hold, the latest first."""
    withdrawals = select(DecisionRow.supersedes).where(
        DecisionRow.reviewer_id == reviewer_id, DecisionRow.verdict == WITHDRAWN
    )
    holding = (DecisionRow.verdict != WITHDRAWN, DecisionRow.id.not_in(withdrawals))
    return _said_by(reviewer_id).where(*holding)


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
