"""Explanations that are kept: each is worked out once, for one model's score of one text."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from classifier.types import Evidence
from classifier.web.store.engine import reading, session
from classifier.web.store.tables import ExplanationRow, IssueRow


def kept(engine: Engine, issue: IssueRow) -> tuple[Evidence, ...] | None:
    """Return the evidence, the strongest first; None if it was not worked out yet."""
    with reading(engine) as opened:
        row = opened.get(ExplanationRow, _key(issue))
    return None if row is None else tuple(Evidence(**reason) for reason in row.evidence)


def keep(engine: Engine, issue: IssueRow, found: Sequence[Evidence]) -> None:
    """Write it down, unless somebody did meanwhile."""
    issue_id, model_id, digest = _key(issue)
    evidence = [asdict(one) for one in found]
    row = ExplanationRow(issue_id=issue_id, model_id=model_id, digest=digest, evidence=evidence)
    with suppress(IntegrityError), session(engine) as opened:
        opened.add(row)


def _key(issue: IssueRow) -> tuple[int, str, str]:
    return issue.id, issue.model_id, issue.digest
