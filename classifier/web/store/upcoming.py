"""What a reviewer reads next."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from classifier.web.store.audit import GONE, is_audit_due
from classifier.web.store.mine import SKIPPED, is_untold_by
from classifier.web.store.queue import ANY, Filter, conditions, order_of, position_of
from classifier.web.store.standing import UNDECIDED, WITHDRAWN
from classifier.web.store.tables import DecisionRow, IssueRow, VoteRow

BLIND_PART = 50  # issues at the head of the queue, among which no order shows


@dataclass(frozen=True, slots=True)
class Next:
    """What to read next, and why."""

    issue: IssueRow
    channel: str  # "ranking", "audit" where chance chose it, or "list" of what is one's own
    position: int  # in the queue, decided issues counted


def next_to_read(
    session: Session,
    wanted: Filter,
    *,
    reviewer_id: int,
    audit_share: float,
    is_blind: bool = False,
) -> Next | None:
    """Choose what the reviewer should read next; None if nothing is left.

    It is the first of the queue that they said nothing of; but of their decisions here,
    ``audit_share`` go to the issue that chance chose: the undecided one of the smallest draw,
    whatever its score and state. Of the filter only the repository counts for it.

    If ``is_blind``, it is any of the first ``BLIND_PART``, by chance, but the same whenever it is
    asked for: so coming first says little about an issue.
    """
    if not wanted.own and is_audit_due(_decided_here(session, reviewer_id), audit_share):
        chosen = _next_of_audit(session, wanted, reviewer_id)
        if chosen is not None:
            return next_of(session, wanted, chosen, "audit")
    is_drawn = is_blind and wanted.own != SKIPPED
    waiting = _waiting(session, wanted, reviewer_id).limit(BLIND_PART if is_drawn else 1)
    ids = session.scalars(waiting).all()
    if not ids:
        return None
    chosen = session.get_one(IssueRow, min(ids, key=lambda one: _lot(reviewer_id, one)))
    return next_of(session, wanted, chosen, "list" if wanted.own else "ranking")


def soon_to_read(
    session: Session, wanted: Filter, now: Next, *, reviewer_id: int, audit_share: float, most: int
) -> list[int]:
    """Which issues are probably due once something is said of the one that is read now."""
    due = list(session.scalars(_waiting(session, wanted, reviewer_id).limit(most + 1)))
    if not wanted.own and is_audit_due(_decided_here(session, reviewer_id) + 1, audit_share):
        drawn = _next_of_audit(session, wanted, reviewer_id, but=now.issue.id)
        due = [*([drawn.id] if drawn else []), *due]
    return [issue_id for issue_id in dict.fromkeys(due) if issue_id != now.issue.id][:most]


def next_of(session: Session, wanted: Filter, issue: IssueRow, channel: str) -> Next:
    """Take an issue for the next one."""
    return Next(issue, channel, position_of(session, wanted, issue))


def _waiting(session: Session, wanted: Filter, reviewer_id: int) -> Select[int]:
    """Issues to read, the first first; of skipped ones that is what was skipped longest ago."""
    waiting = select(IssueRow.id).where(*conditions(session, wanted))
    if wanted.own == SKIPPED:
        mine = (VoteRow.issue_id == IssueRow.id) & (VoteRow.reviewer_id == reviewer_id)
        return waiting.join(VoteRow, mine).order_by(VoteRow.decision_id)
    return waiting.where(is_untold_by(reviewer_id)).order_by(*order_of(wanted.by))


def _lot(reviewer_id: int, issue_id: int) -> bytes:
    return hashlib.sha256(f"{reviewer_id} {issue_id}".encode()).digest()


def _decided_here(session: Session, reviewer_id: int) -> int:
    """How many decisions of a reviewer hold that they came to by the queue."""
    signs = case((DecisionRow.verdict == WITHDRAWN, -1), else_=1)
    said = select(func.sum(signs)).where(
        DecisionRow.reviewer_id == reviewer_id, DecisionRow.channel.in_(("ranking", "audit"))
    )
    return session.scalar(said) or 0


def _next_of_audit(
    session: Session, wanted: Filter, reviewer_id: int, *, but: int = 0
) -> IssueRow | None:
    undecided = IssueRow.standing == UNDECIDED
    here = [undecided, IssueRow.state.not_in(GONE), is_untold_by(reviewer_id)]
    if wanted.repo not in ANY:
        here.append(IssueRow.repo == wanted.repo)
    drawn = select(IssueRow).where(*here, IssueRow.id != but).order_by(IssueRow.audit_draw).limit(1)
    return session.scalars(drawn).first()
