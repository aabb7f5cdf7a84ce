"""Learning while people screen: the head is fitted anew after every so many decisions.

The queue is ordered by it only if it passed the gate. Which labels, which seed and how many of
them are kept with every head, so that anybody can fit the same one again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, aliased

from classifier.web.audits import screened
from classifier.web.head_readings import keep_said, say, text_of
from classifier.web.store.engine import reading, session
from classifier.web.store.standing import NOT_SILENT, OPINIONS, SILENT
from classifier.web.store.tables import DecisionRow, HeadRow, IssueRow

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.statistics.gate import Gate
    from classifier.web.statistics.head import Head, Labelled

SEED = 0
OF_EITHER_KIND = 2
USED = "Used"  # how the gate's reason begins if it is open


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of one fit."""

    repo: str
    label_count: int
    is_active: bool
    reason: str


def latest_head(opened: Session, repo: str) -> HeadRow | None:
    """The latest head of a repository, used or not."""
    heads = select(HeadRow).where(HeadRow.repo == repo).order_by(HeadRow.id.desc()).limit(1)
    return opened.scalars(heads).first()


def due(opened: Session, every: int) -> list[str]:
    """Repositories with so many new opinions since their latest head, or since the beginning.

    And those whose head passed the gate, was switched off, and is wanted again.
    """
    repos = opened.scalars(
        select(IssueRow.repo)
        .join(DecisionRow, DecisionRow.issue_id == IssueRow.id)
        .where(DecisionRow.verdict.in_(OPINIONS))
        .group_by(IssueRow.repo)
        .order_by(IssueRow.repo)
    ).all()
    return [repo for repo in repos if _news(opened, repo) >= every or _is_off(opened, repo)]


def labels_of(opened: Session, repo: str) -> "list[Labelled]":
    """Every clear decision of a repository, as the head learns from it.

    An issue goes by its repository and number, or its text's digest; a near-duplicate by the
    name of its group's first, so that both are in one fold.
    """
    from classifier.web.statistics.head import Labelled  # noqa: PLC0415 - see above

    known = screened(opened, repo)
    clear = {
        issue_id: (bool(silent), bool(sampled))
        for issue_id, silent, sampled in zip(
            known.ids, known.is_silent, known.audit.is_sampled, strict=True
        )
        if not np.isnan(silent)
    }
    first = aliased(IssueRow)
    rows = opened.execute(
        select(IssueRow, first.number, first.digest)
        .outerjoin(first, first.id == IssueRow.duplicate_of)
        .where(IssueRow.repo == repo, IssueRow.standing.in_((SILENT, NOT_SILENT)))
        .order_by(IssueRow.id)
    )
    return [
        Labelled(
            f"{repo}#{(number or digest) if digest else (issue.number or issue.digest)}",
            text_of(issue.title, issue.body),
            issue.probability,
            *clear[issue.id],
        )
        for issue, number, digest in rows
        if issue.id in clear  # and not gone
    ]


def relearn(engine: Engine, repo: str, *, now: datetime, seed: int = SEED) -> Learned:
    """Fit and judge a head; use it, or the model alone, to order the repository's issues.

    The new order appears at once, in the transaction that writes the head down.
    """
    from classifier.web.statistics.head import fit, labels_digest  # noqa: PLC0415

    with reading(engine) as opened:
        labels = labels_of(opened, repo)
        model_id = _model_of(opened, repo)
        before = _judged(opened, repo, model_id)
    gate = _gate(labels, before, seed)
    has_both = len({label.is_silent for label in labels}) == OF_EITHER_KIND
    head = fit(labels) if has_both else None
    is_active = head is not None and gate.is_open
    said = list(say(engine, repo, head)) if head and is_active else []
    row = HeadRow(
        repo=repo,
        model_id=model_id,
        fitted_at=now,
        label_count=len(labels),
        labels_digest=labels_digest(labels),
        seed=seed,
        average_precision=gate.average_precision,
        baseline_average_precision=gate.baseline,
        audited_count=gate.audited_count,
        is_active=is_active,
        coefficients=_kept(head, gate),
        reason=gate.reason,
    )
    with session(engine) as opened:
        _stop_using(opened, repo)
        opened.add(row)
        keep_said(opened, said)
    return Learned(repo, len(labels), is_active, gate.reason)


def _gate(labels: "Sequence[Labelled]", before: Sequence[HeadRow], seed: int) -> "Gate":
    """What a look at the audited says, or, until the next look is due, what the last one said."""
    from classifier.web.statistics.gate import Gate, is_due, judge  # noqa: PLC0415 - see above

    audited_count = sum(label.is_audited for label in labels)
    if is_due(audited_count, {head.audited_count for head in before}):
        return judge(labels, seed=seed)
    last = before[-1]
    return Gate(
        is_open=last.reason.startswith(USED),
        reason=last.reason,
        audited_count=last.audited_count,
        average_precision=last.average_precision,
        baseline=last.baseline_average_precision,
    )


def _judged(opened: Session, repo: str, model_id: str) -> Sequence[HeadRow]:
    """The heads beside the model that scores now of whom a look was enough to tell."""
    heads = select(HeadRow).where(HeadRow.repo == repo, HeadRow.model_id == model_id)
    told = heads.where(HeadRow.average_precision.is_not(None))
    return opened.scalars(told.order_by(HeadRow.id)).all()


def _stop_using(opened: Session, repo: str) -> None:
    opened.execute(
        update(HeadRow).where(HeadRow.repo == repo, HeadRow.is_active).values(is_active=False)
    )
    opened.execute(
        update(IssueRow)
        .where(IssueRow.repo == repo, IssueRow.head_probability.is_not(None))
        .values(head_probability=None)
    )


def switch_off(engine: Engine) -> bool:
    """Order every queue by the model alone; False if they were already."""
    with reading(engine) as opened:
        repos = opened.scalars(select(HeadRow.repo).where(HeadRow.is_active).distinct()).all()
    for repo in repos:
        with session(engine) as opened:
            _stop_using(opened, repo)
    return bool(repos)


def read_new(engine: Engine) -> int:
    """Have each head in use read the issues that came or changed since; returns how many.

    A head that was fitted to another model's probabilities is not used any more.
    """
    with reading(engine) as opened:
        heads = opened.scalars(select(HeadRow).where(HeadRow.is_active)).all()
        current = {head.repo: _model_of(opened, head.repo) for head in heads}
    return sum(_read_new(engine, head, current[head.repo]) for head in heads)


def _read_new(engine: Engine, row: HeadRow, model_id: str) -> int:
    from classifier.web.statistics.head import head_of  # noqa: PLC0415 - see above

    is_fit = row.model_id == model_id
    head = head_of(row.coefficients)
    said = list(say(engine, row.repo, head, is_new=True)) if is_fit else []
    with session(engine) as opened:
        if not is_fit:
            _stop_using(opened, row.repo)
        elif said and opened.scalar(select(HeadRow.is_active).where(HeadRow.id == row.id)):
            keep_said(opened, said)
    return len(said)


def _news(opened: Session, repo: str) -> int:
    """Opinions since the latest head of the model that scores now."""
    head = latest_head(opened, repo)
    said = (
        select(func.count())
        .select_from(DecisionRow)
        .join(IssueRow, IssueRow.id == DecisionRow.issue_id)
        .where(IssueRow.repo == repo, DecisionRow.verdict.in_(OPINIONS))
    )
    if head is not None and head.model_id == _model_of(opened, repo):
        said = said.where(DecisionRow.decided_at > head.fitted_at)
    return opened.scalar(said) or 0


def _is_off(opened: Session, repo: str) -> bool:
    head = latest_head(opened, repo)
    return head is not None and not head.is_active and head.reason.startswith(USED)


def _model_of(opened: Session, repo: str) -> str:
    """Which model scored the repository's issues last."""
    latest = select(IssueRow.model_id).where(IssueRow.repo == repo)
    return opened.scalar(latest.order_by(IssueRow.changed_at.desc()).limit(1)) or ""


def _kept(head: "Head | None", gate: "Gate") -> dict[str, Any]:
    """The digest of any head, and all numbers of one that is used."""
    if head is None:
        return {}
    return {"digest": head.digest, **(head.coefficients if gate.is_open else {})}
