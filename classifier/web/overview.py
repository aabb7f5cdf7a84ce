"""What the status page tells: read from the database at once, then told by pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from classifier.web.audits import Screened, screened
from classifier.web.statistics import fewest
from classifier.web.statistics.agreement import Agreement, fleiss_kappa
from classifier.web.statistics.drift import Finding, length_drift, score_drift, template_drift
from classifier.web.statistics.estimates import (
    Booleans,
    Floats,
    Share,
    precision_at,
    recall_at,
    reliability,
)
from classifier.web.statistics.series import (
    Dated,
    DriftPoint,
    by_month,
    by_week,
    drift_over_time,
    recent_of,
)
from classifier.web.statistics.vocabulary import vocabulary_drift
from classifier.web.store.audit import GONE
from classifier.web.store.standing import OPINIONS, UNDECIDED
from classifier.web.store.tables import DecisionRow, HeadRow, IssueRow, VoteRow
from classifier.web.unread import Unread, unread

TEXTS = 1000  # of either period, that are read for their words
REPEATED_FROM = 3  # near-duplicates, the issue itself included


@dataclass(frozen=True, slots=True, eq=False)
class Issues:
    """All issues that are still there, in the order of ``Screened``: (issues,) each."""

    times: Floats  # of opening, or of arrival where that is unknown or later; seconds since 1970
    probabilities: Floats  # the model's
    ranks: Floats  # what they are ranked by
    lengths: Floats  # characters of title and body
    draws: Floats
    is_open: Booleans
    is_repeated: Booleans  # one of a group of near-duplicates


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """All numbers of the page, of one repository or of all."""

    repo: str
    threshold: float
    issue_count: int
    open_count: int
    read_count: int
    decision_count: int
    edited_count: int  # decided on an earlier text alone, and so unread
    audited_count: int
    open_question_count: int
    weeks: list[tuple[date, int]]
    above: list[Dated]  # share of the issues from the threshold on
    precision: Share
    recall: Share
    precision_by_month: list[Dated]
    reliability: list[tuple[float, Share]]
    unread: Unread
    agreement: Agreement
    findings: tuple[Finding, ...]
    reference: Floats  # probabilities before
    recent: Floats  # and now
    recent_since: date | None
    drift: list[DriftPoint]
    heads: tuple[HeadRow, ...]  # the latest of each repository

    @property
    def clear_count(self) -> int:
        """Audited issues with a clear answer."""
        return sum(one.total for _, one in self.reliability)

    @property
    def has_precision(self) -> bool:
        """Whether enough audited issues lie from the threshold on."""
        return self.precision.total >= fewest.ABOVE

    @property
    def has_recall(self) -> bool:
        """Whether enough audited issues are silent bugs."""
        return self.recall.total >= fewest.SILENT

    @property
    def has_reliability(self) -> bool:
        """Whether enough audited issues have a clear answer."""
        return self.clear_count >= fewest.RELIABLE


def overview(session: Session, repo: str, *, threshold: float) -> Overview:
    """Read and tell all; takes some seconds for 100,000 issues."""
    known, issues = screened(session, repo), _issues(session, repo)
    sample = known.audit.is_sampled
    said, silent = issues.probabilities[sample], known.is_silent[sample]
    is_recent = recent_of(issues.times)
    return Overview(
        repo=repo,
        threshold=threshold,
        issue_count=len(known.ids),
        open_count=int(issues.is_open.sum()),
        read_count=int(known.is_read.sum()),
        decision_count=session.scalar(_opinions(func.count(), repo)) or 0,
        edited_count=session.scalar(_edited(repo)) or 0,
        audited_count=known.audit.count,
        open_question_count=int(known.is_open_question.sum()),
        weeks=by_week(issues.times),
        above=by_month(issues.times, issues.probabilities >= threshold),
        precision=precision_at(threshold, said, silent),
        recall=recall_at(threshold, said, silent),
        precision_by_month=_by_month(session, known, issues, threshold),
        reliability=reliability(said, silent),
        unread=unread(known, issues.ranks, issues.probabilities, issues.is_open),
        agreement=agreement_of(session, repo),
        findings=_findings(session, known, issues, is_recent),
        reference=issues.probabilities[~is_recent],
        recent=issues.probabilities[is_recent],
        recent_since=_first_day(issues.times[is_recent]),
        drift=drift_over_time(
            issues.times, issues.probabilities, issues.lengths, issues.is_repeated
        ),
        heads=_heads(session, repo),
    )


def agreement_of(session: Session, repo: str = "") -> Agreement:
    """How well reviewers agree, by their votes; adjudications, which saw those, left out."""
    votes = (
        select(DecisionRow.issue_id, DecisionRow.verdict, func.count())
        .join(VoteRow, VoteRow.decision_id == DecisionRow.id)
        .join(IssueRow, IssueRow.id == DecisionRow.issue_id)
        .where(DecisionRow.verdict.in_(OPINIONS), DecisionRow.is_adjudication.is_(False))
        .where(DecisionRow.digest == IssueRow.digest, *_here(repo))
        .group_by(DecisionRow.issue_id, DecisionRow.verdict)
        .order_by(DecisionRow.issue_id)
    )
    counted: dict[int, list[int]] = {}
    for issue_id, verdict, count in session.execute(votes):
        counted.setdefault(issue_id, [0] * len(OPINIONS))[OPINIONS.index(verdict)] = count
    table = np.array(list(counted.values()), dtype=np.int64).reshape(-1, len(OPINIONS))
    return fleiss_kappa(table)


def _time(opened_at: datetime | None, arrived_at: datetime) -> float:
    """When it was opened; a day that is yet to come, when it came, is a mistake."""
    is_known = opened_at is not None and opened_at <= arrived_at + timedelta(1)
    return (opened_at if is_known and opened_at else arrived_at).timestamp()


def _issues(session: Session, repo: str) -> Issues:
    rows = session.execute(
        select(
            IssueRow.id,
            IssueRow.opened_at,
            IssueRow.arrived_at,
            IssueRow.probability,
            IssueRow.current,
            IssueRow.audit_draw,
            IssueRow.state,
            func.coalesce(IssueRow.duplicate_of, IssueRow.id),
        )
        .where(*_here(repo))
        .order_by(IssueRow.id)
    ).all()
    ids, opened, arrived, probabilities, ranks, draws, states, groups = _columns(rows, 8)
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return Issues(
        times=np.array([_time(*both) for both in zip(opened, arrived, strict=True)], np.float64),
        probabilities=np.array(probabilities, np.float64),
        ranks=np.array(ranks, np.float64),
        lengths=_lengths(session, np.array(ids, np.int64)),
        draws=np.array(draws, np.float64),
        is_open=np.array(states, object) == "open",
        is_repeated=sizes[group] >= REPEATED_FROM,
    )


def _lengths(session: Session, ids: NDArray[np.int64]) -> Floats:
    """Of those issues; read for all alike, which takes the index alone."""
    every = session.execute(select(IssueRow.id, IssueRow.characters)).all()
    known, characters = (np.array(column, np.int64) for column in _columns(every, 2))
    order = np.argsort(known)
    lengths: Floats = characters[order[np.searchsorted(known[order], ids)]].astype(np.float64)
    return lengths


def _columns(rows: Sequence[Sequence[Any]], width: int) -> Sequence[Sequence[Any]]:
    """Rows turned; an array made of rows at once takes ten times as long."""
    return list(zip(*rows, strict=True)) or [()] * width


def _here(repo: str) -> list[ColumnElement[bool]]:
    return [IssueRow.state.not_in(GONE), *([IssueRow.repo == repo] if repo else [])]


def _opinions(counted: ColumnElement[int], repo: str) -> Select[int]:
    """Count opinions that hold: neither withdrawn nor replaced, and not a mere skip."""
    return (
        select(counted)
        .select_from(VoteRow)
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .join(IssueRow, IssueRow.id == VoteRow.issue_id)
        .where(DecisionRow.verdict.in_(OPINIONS), *_here(repo))
    )


def _edited(repo: str) -> Select[int]:
    issues = func.count(VoteRow.issue_id.distinct())
    return _opinions(issues, repo).where(IssueRow.standing == UNDECIDED)


def _by_month(session: Session, known: Screened, issues: Issues, threshold: float) -> list[Dated]:
    """Precision of audited issues from the threshold on, by the month of the decision."""
    clear = known.audit.is_sampled & ~np.isnan(known.is_silent)
    chosen = np.flatnonzero(clear & (issues.probabilities >= threshold))
    decided = session.execute(
        select(VoteRow.issue_id, func.max(DecisionRow.decided_at))
        .join(DecisionRow, DecisionRow.id == VoteRow.decision_id)
        .group_by(VoteRow.issue_id)
    )
    at = {issue_id: moment for issue_id, moment in decided}  # noqa: C416 - rows are no pairs
    times = np.array([at[known.ids[place]].timestamp() for place in chosen], dtype=np.float64)
    return by_month(times, known.is_silent[chosen] == 1.0)


def _findings(
    session: Session, known: Screened, issues: Issues, is_recent: Booleans
) -> tuple[Finding, ...]:
    before, now = (_texts(session, known, issues, part) for part in (~is_recent, is_recent))
    return (
        score_drift(issues.probabilities[~is_recent], issues.probabilities[is_recent]),
        vocabulary_drift(before, now),
        length_drift(issues.lengths[~is_recent], issues.lengths[is_recent]),
        template_drift(issues.is_repeated[~is_recent], issues.is_repeated[is_recent]),
    )


def _texts(session: Session, known: Screened, issues: Issues, part: Booleans) -> list[str]:
    """Of a random part, by the draws, where there are more."""
    places = np.flatnonzero(part)
    drawn = places[np.argsort(issues.draws[places], kind="stable")][:TEXTS]
    ids = [known.ids[place] for place in drawn]
    rows = session.execute(
        select(IssueRow.title, IssueRow.body).where(IssueRow.id.in_(ids)).order_by(IssueRow.id)
    )
    return [f"{title}\n{body}" for title, body in rows]


def _first_day(times: Floats) -> date | None:
    return datetime.fromtimestamp(float(times.min()), UTC).date() if len(times) else None


def _heads(session: Session, repo: str) -> tuple[HeadRow, ...]:
    latest = select(func.max(HeadRow.id)).group_by(HeadRow.repo)
    heads = select(HeadRow).where(HeadRow.id.in_(latest)).order_by(HeadRow.repo)
    return tuple(session.scalars(heads.where(HeadRow.repo == repo) if repo else heads))
