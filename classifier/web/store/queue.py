"""The ranked queue: filters, pages, and counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    case,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, defer

from classifier.types import RankBy
from classifier.web.store.mine import is_own, opined_on
from classifier.web.store.search import matching
from classifier.web.store.standing import UNDECIDED
from classifier.web.store.tables import IssueRow

FACETS = ("repo", "state", "standing", "scenario")
ANY = ("", "all")
Order = RankBy | Literal["age"]  # by age no score shows: the oldest first, in each repository
TIES = (IssueRow.repo, IssueRow.number, IssueRow.id)  # the older issue first, as in a ranking


@dataclass(frozen=True, slots=True)
class Filter:
    """Which issues, in which order. "" or "all" is any."""

    repo: str = ""
    state: str = "open"
    standing: str = UNDECIDED
    since: date | None = None  # opened on that day or later, by UTC
    until: date | None = None  # opened on that day or earlier
    at_least: float = 0.0  # probability
    at_most: float = 1.0
    scenario: str = ""
    text: str = ""  # words that title and body have, or begin with; or an issue's number
    by: Order = "probability"
    own: str = ""  # of one reviewer: "second" opinions to give, or what they "skipped"
    reviewer_id: int | None = None  # whose they are
    hidden_from: int | None = None  # who must not learn what was said before they have an opinion


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    position: int  # in this queue, from 1
    id: int
    repo: str
    number: int
    title: str
    url: str
    opened_at: datetime | None
    labels: tuple[str, ...]
    state: str
    standing: str
    probability: float  # what it is ranked by: the head's, else the model's
    model_probability: float
    head_probability: float | None
    priority: float | None
    scenario: str | None
    scenario_probability: float | None
    impact: int | None
    duplicate_of: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of the queue."""

    rows: tuple[Row, ...]
    total: int  # issues that the filter lets through
    page: int  # from 1; the last if a later one was asked for
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty queue has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The first line's position."""
        return (self.page - 1) * self.size + 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How many issues each choice of a filter would show, the other filters kept."""

    total: int
    repo: Mapping[str, int] = field(default_factory=dict)
    state: Mapping[str, int] = field(default_factory=dict)
    standing: Mapping[str, int] = field(default_factory=dict)
    scenario: Mapping[str, int] = field(default_factory=dict)  # "" where the model told none


def page_of(
    session: Session, wanted: Filter, *, page: int, size: int, total: int | None = None
) -> Page:
    """Return a page, numbered from 1; the last one where there are not as many.

    ``total`` is what ``counts`` says of the same filter, if it was asked for: counting takes time.
    """
    if total is None:
        where = conditions(session, wanted)
        total = session.scalar(select(func.count(IssueRow.id)).where(*where)) or 0
    page = max(1, min(page, -(-total // size)))
    first = (page - 1) * size + 1
    ids = ids_from(session, wanted, first, size)
    shown = select(IssueRow).where(IssueRow.id.in_(ids)).options(defer(IssueRow.body))
    found = {row.id: row for row in session.scalars(shown)}
    rows = (_row(found[one], position) for position, one in enumerate(ids, first) if one in found)
    return Page(tuple(rows), total, page, size)


def ids_from(session: Session, wanted: Filter, first: int, count: int) -> Sequence[int]:
    """Return up to ``count`` issues of the queue from a position on, which is 1 or more."""
    return session.scalars(
        select(IssueRow.id)
        .where(*conditions(session, wanted))
        .order_by(*order_of(wanted.by))
        .limit(count)
        .offset(first - 1)
    ).all()


def counts(session: Session, wanted: Filter) -> Counts:
    """Count what each choice of repository, state, standing and scenario would show."""
    columns = [_facet(name, wanted) for name in FACETS]
    where = conditions(session, wanted, but=FACETS)
    groups = session.execute(select(*columns, func.count()).where(*where).group_by(*columns))
    chosen = {name: value for name in FACETS if (value := getattr(wanted, name)) not in ANY}
    counted: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    total = 0
    for *values, count in groups:
        group = {name: value or "" for name, value in zip(FACETS, values, strict=True)}
        others = {name for name, value in chosen.items() if group[name] != value}
        total += 0 if others else count
        for name in FACETS:
            if not others - {name}:
                counted[name][group[name]] += count
    return Counts(total, **{name: dict(sorted(found.items())) for name, found in counted.items()})


def conditions(
    session: Session, wanted: Filter, *, but: tuple[str, ...] = ()
) -> list[ColumnElement[bool]]:
    """What an issue must be for the filter to let it through."""
    where: list[ColumnElement[bool]] = []
    for name in FACETS:
        value = getattr(wanted, name)
        if value not in ANY and name not in but:
            where.append(_facet(name, wanted) == value)
    if wanted.since:
        where.append(IssueRow.opened_at >= datetime.combine(wanted.since, time.min, UTC))
    if wanted.until:
        where.append(IssueRow.opened_at <= datetime.combine(wanted.until, time.max, UTC))
    if wanted.at_least > 0.0:
        where.append(IssueRow.current >= wanted.at_least)
    if wanted.at_most < 1.0:
        where.append(IssueRow.current <= wanted.at_most)
    if wanted.own:
        where.append(is_own(wanted.own, wanted.reviewer_id))
    found = matching(session, wanted.text)
    return where if found is None else [*where, found]


def _facet(name: str, wanted: Filter) -> SQLColumnExpression[str]:
    """What is chosen by; a standing is "" to whom it is hidden."""
    column: SQLColumnExpression[str] = getattr(IssueRow, name)
    if name != "standing" or wanted.hidden_from is None:
        return column
    is_told = or_(column == UNDECIDED, opined_on(wanted.hidden_from))
    return case((is_told, column), else_="")


def order_of(by: Order) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns that a queue is sorted by."""
    if by == "age":
        return TIES
    first: SQLColumnExpression[Any] = (
        IssueRow.priority.desc() if by == "priority" else IssueRow.current.desc()
    )
    return first.nulls_last(), *TIES  # as the indexes have it


def _row(issue: IssueRow, position: int) -> Row:
    return Row(
        position=position,
        id=issue.id,
        repo=issue.repo,
        number=issue.number,
        title=issue.title,
        url=issue.url,
        opened_at=issue.opened_at,
        labels=tuple(issue.labels),
        state=issue.state,
        standing=issue.standing,
        probability=issue.current,
        model_probability=issue.probability,
        head_probability=issue.head_probability,
        priority=issue.priority,
        scenario=issue.scenario,
        scenario_probability=issue.scenario_probability,
        impact=issue.impact,
        duplicate_of=issue.duplicate_of,
    )


def position_of(session: Session, wanted: Filter, issue: IssueRow) -> int:
    """Where an issue stands among all that the filter lets through, decided or not."""
    value = issue.priority if wanted.by == "priority" else issue.current
    column = IssueRow.priority if wanted.by == "priority" else IssueRow.current
    older = tuple_(*TIES) < tuple_(issue.repo, issue.number, issue.id)
    if wanted.by == "age":
        before = older
    elif value is None:
        before = or_(column.is_not(None), and_(column.is_(None), older))
    else:
        before = and_(column >= value, or_(column > value, older))
    where = conditions(session, wanted, but=("standing",))
    return 1 + (session.scalar(select(func.count(IssueRow.id)).where(*where, before)) or 0)
