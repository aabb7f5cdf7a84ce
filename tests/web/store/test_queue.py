"""The queue: its order, filters that add up, and what is read next."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from classifier.ranking import rank
from classifier.severity import outlook_of
from classifier.types import RankedIssue, Scenario
from classifier.web.store.arrivals import Arrival
from classifier.web.store.audit import is_audit_due
from classifier.web.store.decisions import decide, undo, undoable
from classifier.web.store.engine import reading, session
from classifier.web.store.queue import Filter, counts, order_of, page_of
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.said import Said
from classifier.web.store.tables import IssueRow
from classifier.web.store.upcoming import next_to_read
from tests.web.conftest import NOW

ALL = Filter(standing="all", state="all")
FACETS = {
    "repo": ["", "octo/gradflow", "octo/layerkit", "octo/none"],
    "state": ["all", "open", "closed"],
    "standing": ["all", "undecided", "silent", "not silent"],
    "scenario": ["", *(scenario.value for scenario in Scenario)],
}
FILTERS = st.builds(
    Filter,
    **{name: st.sampled_from(values) for name, values in FACETS.items()},
    since=st.none() | st.dates(date(2023, 1, 1), date(2025, 1, 1)),
    until=st.none() | st.dates(date(2023, 1, 1), date.max),
    at_least=st.sampled_from([0.0, 0.2, 0.5]),
    at_most=st.sampled_from([0.4, 0.8, 1.0]),
    text=st.sampled_from(["", "the", "loss", "no such word at all", "'\"*()"]),
    by=st.sampled_from(["probability", "priority", "age"]),
)


@pytest.fixture
def ana(filled: Engine) -> int:
    with session(filled) as opened:
        return find_or_add(opened, "Ana", now=NOW).id


@pytest.fixture
def varied(filled: Engine, ana: int) -> Engine:
    """The examples, some of them decided, closed, or read by a head."""
    with session(filled) as opened:
        for issue_id in range(1, 12):
            verdict = "silent" if issue_id % 3 else "not silent"
            decide(opened, Said(issue_id, ana, verdict), now=NOW)
        opened.execute(update(IssueRow).where(IssueRow.id % 5 == 0).values(state="closed"))
        opened.execute(update(IssueRow).where(IssueRow.id % 4 == 0).values(head_probability=0.5))
        opened.execute(update(IssueRow).where(IssueRow.id == 7).values(opened_at=None))
    return filled


def matches(row: IssueRow, wanted: Filter) -> bool:
    """What the filter means, said again in Python."""
    day = row.opened_at.date() if row.opened_at else None
    return (
        all(
            getattr(wanted, name) in ("", "all", getattr(row, name))
            for name in ("repo", "state", "standing", "scenario")
        )
        and (wanted.since is None or (day is not None and day >= wanted.since))
        and (wanted.until is None or (day is not None and day <= wanted.until))
        and wanted.at_least <= row.current <= wanted.at_most
        and all(begins_a_word(word, f"{row.title} {row.body}") for word in words(wanted.text))
    )


def words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.lower()) if word]


def begins_a_word(beginning: str, text: str) -> bool:
    return any(word.startswith(beginning) for word in words(text))


@pytest.mark.parametrize("by", ["probability", "priority"])
def test_the_queue_has_the_order_of_a_ranking(
    filled: Engine,
    arrivals: tuple[Arrival, ...],
    by: Any,  # noqa: ANN401 - RankBy
) -> None:
    entries = [
        RankedIssue(
            0,
            arrival.issue.key,
            arrival.issue.title,
            arrival.issue.url,
            arrival.score.probability,
            outlook=outlook_of(arrival.score.aspects) if arrival.score.aspects else None,
        )
        for arrival in arrivals
    ]
    with reading(filled) as opened:
        page = page_of(opened, Filter(by=by), page=1, size=100)

    assert [(row.repo, row.number, row.position) for row in page.rows] == [
        (entry.key.repo, entry.key.number, entry.rank) for entry in rank(entries, by=by)
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(wanted=FILTERS, size=st.integers(1, 9))
def test_pages_show_every_issue_of_the_filter_once_and_counts_add_up(
    varied: Engine, wanted: Filter, size: int
) -> None:
    with reading(varied) as opened:
        rows = opened.scalars(select(IssueRow)).all()
        expected = {row.id for row in rows if matches(row, wanted)}
        first = page_of(opened, wanted, page=1, size=size)
        pages = [page_of(opened, wanted, page=one + 1, size=size) for one in range(first.pages)]
        shown = [row for page in pages for row in page.rows]
        counted = counts(opened, wanted)

        assert [row.position for row in shown] == list(range(1, len(expected) + 1))
        assert Counter(row.id for row in shown) == Counter(expected)
        assert counted.total == first.total == len(expected)
        assert page_of(opened, wanted, page=1, size=size, total=counted.total) == first
        for name in FACETS:
            others = replace(wanted, **{name: ""})  # type: ignore[arg-type]
            values = Counter(getattr(row, name) or "" for row in rows if matches(row, others))
            assert getattr(counted, name) == dict(values)


def test_a_head_decides_the_order_where_there_is_one(varied: Engine) -> None:
    with reading(varied) as opened:
        rows = {row.id: row for row in page_of(opened, ALL, page=1, size=100).rows}

    assert rows[4].probability == rows[4].head_probability == 0.5
    assert rows[4].model_probability != 0.5
    assert rows[1].probability == rows[1].model_probability


def test_a_page_past_the_end_is_the_last_one(filled: Engine) -> None:
    with reading(filled) as opened:
        last = page_of(opened, Filter(), page=10**9, size=10)

    assert (last.page, last.pages, len(last.rows)) == (4, 4, 7)


def test_an_empty_queue_has_one_empty_page(engine: Engine) -> None:
    with reading(engine) as opened:
        page = page_of(opened, Filter(), page=3, size=10)

        assert (page.rows, page.total, page.page, page.pages) == ((), 0, 1, 1)
        assert counts(opened, Filter()).total == 0
        assert next_to_read(opened, Filter(), reviewer_id=1, audit_share=1.0) is None


@given(share=st.floats(0.0, 1.0), counts=st.lists(st.integers(0, 500), min_size=2, max_size=2))
def test_audits_are_their_share_of_any_stretch_of_decisions(
    share: float, counts: list[int]
) -> None:
    first, last = sorted(counts)
    due = sum(is_audit_due(count, share) for count in range(first, last))

    assert abs(due - share * (last - first)) < 1.001


def screen(opened: Session, reviewer: int, share: float, times: int) -> list[tuple[str, int]]:
    """Read what is next and decide, again and again; the channels and issues."""
    seen = []
    for _ in range(times):
        found = next_to_read(opened, Filter(), reviewer_id=reviewer, audit_share=share)
        if found is None:
            break
        said = Said(found.issue.id, reviewer, "silent", channel=found.channel)
        decide(opened, said, now=NOW)
        seen.append((found.channel, found.issue.id))
    return seen


def test_screening_reads_every_issue_once_and_every_tenth_by_chance(
    filled: Engine, ana: int
) -> None:
    with session(filled) as opened:
        total = page_of(opened, Filter(), page=1, size=1).total
        seen = screen(opened, ana, 0.1, 100)

    assert Counter(issue_id for _, issue_id in seen) == Counter(range(1, total + 1))
    assert [place for place, (channel, _) in enumerate(seen, 1) if channel == "audit"] == [
        10,
        20,
        30,
    ]


def test_chance_takes_the_undecided_issue_of_the_smallest_draw(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        by_draw = opened.scalars(select(IssueRow.id).order_by(IssueRow.audit_draw)).all()
        seen = screen(opened, ana, 1.0, 5)

        assert seen == [("audit", issue_id) for issue_id in by_draw[:5]]


def test_without_a_share_nothing_is_left_to_chance(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        ranked = [row.id for row in page_of(opened, Filter(), page=1, size=12).rows]
        assert screen(opened, ana, 0.0, 12) == [("ranking", issue_id) for issue_id in ranked]


def test_an_audit_that_is_undone_is_due_again(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        screen(opened, ana, 0.1, 10)
        latest = undoable(opened, ana)
        assert latest is not None
        undo(opened, ana, latest.id, now=NOW)
        again = next_to_read(opened, Filter(), reviewer_id=ana, audit_share=0.1)

    assert again is not None
    assert again.channel == "audit"


def test_what_is_skipped_is_not_asked_again(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        first = next_to_read(opened, Filter(), reviewer_id=ana, audit_share=0.0)
        assert first is not None
        decide(opened, Said(first.issue.id, ana, "skip", channel="ranking"), now=NOW)
        second = next_to_read(opened, Filter(), reviewer_id=ana, audit_share=0.0)
        ben = find_or_add(opened, "Ben", now=NOW).id
        bens = next_to_read(opened, Filter(), reviewer_id=ben, audit_share=0.0)

    assert second is not None
    assert bens is not None
    assert second.issue.id != first.issue.id == bens.issue.id  # it is left to others


@pytest.mark.parametrize("by", ["probability", "priority", "age"])
def test_the_position_counts_decided_issues_too(varied: Engine, ana: int, by: Any) -> None:  # noqa: ANN401 - Order
    with session(varied) as opened:
        found = next_to_read(opened, Filter(by=by), reviewer_id=ana, audit_share=0.0)
        page = page_of(opened, Filter(standing="all", by=by), page=1, size=100)

    assert found is not None
    assert [row.position for row in page.rows if row.id == found.issue.id] == [found.position]


@pytest.mark.parametrize("by", ["probability", "priority"])
def test_an_index_gives_the_queue_its_order(filled: Engine, by: Any) -> None:  # noqa: ANN401 - RankBy
    chosen = select(IssueRow.id).order_by(*order_of(by)).limit(5)
    is_sqlite = filled.dialect.name == "sqlite"
    query = chosen.compile(filled, compile_kwargs={"literal_binds": True})
    with filled.connect() as connection:
        if not is_sqlite:
            for way in ("seqscan", "sort"):  # forty issues are sorted sooner than looked up
                connection.execute(text(f"SET enable_{way} = off"))
        plan = connection.execute(text(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{query}"))
        told = " ".join(str(row) for row in plan)

    assert f"ix_issues_{'priority' if by == 'priority' else 'current'}" in told
    assert "Sort" not in told
    assert "TEMP B-TREE" not in told


def test_from_whom_it_is_hidden_what_others_said_is_decided_and_no_more(
    filled: Engine, ana: int
) -> None:
    with session(filled) as opened:
        ben = find_or_add(opened, "Ben", now=NOW).id
        for reviewer, issue_id, verdict in (
            *((ana, 1, "silent"), (ben, 2, "silent"), (ben, 3, "not silent")),
            *((ana, 4, "skip"), (ben, 4, "unsure"), (ana, 5, "silent"), (ben, 5, "unsure")),
        ):
            decide(opened, Said(issue_id, reviewer, verdict), now=NOW)
        found = {
            (who, standing): {row.id for row in page_of(opened, wanted, page=1, size=50).rows}
            for who in (ana, ben, 0)
            for standing in ("silent", "not silent", "unsure", "disagreed", "undecided")
            for wanted in (Filter(standing=standing, hidden_from=who),)
        }
        standings = {who: counts(opened, Filter(hidden_from=who)).standing for who in (ana, 0)}

    told = {key: ids for key, ids in found.items() if ids and key[1] != "undecided"}
    assert told == {
        (ana, "silent"): {1},
        (ana, "disagreed"): {5},
        (ben, "silent"): {2},
        (ben, "not silent"): {3},
        (ben, "unsure"): {4},
        (ben, "disagreed"): {5},
    }
    assert standings[ana] == {"": 3, "undecided": 32, "silent": 1, "disagreed": 1}
    assert standings[0] == {"": 5, "undecided": 32}
