"""From the database to the audit sample: issues as arrays, and which of them chance chose."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.web.statistics.estimates import Booleans, Floats
from classifier.web.statistics.sampling import Audit, audit_of
from classifier.web.store.audit import GONE
from classifier.web.store.standing import DISAGREED, NOT_SILENT, SILENT, UNSURE, WITHDRAWN
from classifier.web.store.tables import DecisionRow, IssueRow, VoteRow

AUDIT = "audit"
CLEAR = {SILENT: 1.0, NOT_SILENT: 0.0}


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """Issues that are still there, of one repository or of all: (issues,) each."""

    ids: list[int]
    is_silent: Floats  # 1, 0, or NaN where there is no clear decision
    is_open_question: Booleans  # read, but unsure or disagreed
    is_read: Booleans  # somebody has an opinion of the text as it is now
    audit: Audit  # sampled issues may have been skipped, or edited since


def screened(session: Session, repo: str = "") -> Screened:
    """Read who was decided how, and find the random sample among them."""
    here = [IssueRow.state.not_in(GONE), *([IssueRow.repo == repo] if repo else [])]
    rows = session.execute(
        select(IssueRow.id, IssueRow.audit_draw, IssueRow.arrived_at, IssueRow.standing)
        .where(*here)
        .order_by(IssueRow.id)
    ).all()
    touched = set(session.scalars(select(VoteRow.issue_id).distinct()))
    drawn = set(
        session.scalars(
            select(DecisionRow.issue_id)
            .where(DecisionRow.channel == AUDIT, DecisionRow.verdict != WITHDRAWN)
            .distinct()
        )
    )
    ids = [row.id for row in rows]
    standing = np.array([row.standing for row in rows], dtype=object)
    is_silent = np.array([CLEAR.get(one, np.nan) for one in standing], dtype=np.float64)
    is_open = np.isin(standing.astype(str), (UNSURE, DISAGREED))
    audit = audit_of(
        np.array([row.audit_draw for row in rows], dtype=np.float64),
        np.array([row.arrived_at.timestamp() for row in rows], dtype=np.float64),
        np.array([issue_id in touched for issue_id in ids], dtype=bool),
        np.array([issue_id in drawn for issue_id in ids], dtype=bool),
    )
    return Screened(ids, is_silent, is_open, ~np.isnan(is_silent) | is_open, audit)
