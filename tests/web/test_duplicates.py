from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from classifier.types import Issue, IssueKey, Score
from classifier.web.duplicates import (
    BANDS,
    bands_of,
    catch_up,
    near_duplicates,
    similarity,
    triples_of,
    unsketched,
)
from classifier.web.precedents import Precedents
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.decisions import Said, decide
from classifier.web.store.engine import reading, session
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.tables import BandRow, IssueRow

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
LONG = " ".join(f"word{number}" for number in range(60))
words = st.lists(st.sampled_from(["loss", "layer", "nan", "batch", "gpu"]), max_size=12)


def _bring(engine: Engine, *bodies: str, first: int = 1) -> None:
    arrivals = []
    for number, body in enumerate(bodies, first):
        issue = Issue(IssueKey("octo/demo", number), "Nightly build report", body)
        arrivals.append(Arrival(issue, "open", Score(issue.key, 0.1)))
    with session(engine) as opened:
        upsert(opened, arrivals, model_id="m", now=NOW)
    while catch_up(engine):
        pass


def _near(engine: Engine, number: int) -> list[tuple[int, float]]:
    with reading(engine) as opened:
        issue = opened.scalars(select(IssueRow).where(IssueRow.number == number)).one()
        return [(near.number, near.similarity) for near in near_duplicates(opened, issue)]


@given(words, words)
def test_similarity_has_no_direction_and_is_whole_only_for_the_same_triples(
    first: list[str], second: list[str]
) -> None:
    one, other = triples_of(" ".join(first)), triples_of(" ".join(second))

    assert similarity(one, other) == similarity(other, one)
    assert 0.0 <= similarity(one, other) <= 1.0
    assert (similarity(one, other) == 1.0) == (one == other and bool(one))


@given(words)
def test_the_same_words_have_the_same_bands(some: list[str]) -> None:
    bands = bands_of(triples_of(" ".join(some)))

    assert bands == bands_of(triples_of(" ".join(some).upper()))
    assert len(bands) == (BANDS if some else 0)


def test_a_near_duplicate_is_found_and_named_after_the_first_of_its_group(engine: Engine) -> None:
    _bring(engine, LONG, "another thing altogether", f"{LONG} once", f"{LONG} twice")

    assert [number for number, _ in _near(engine, 1)] == [3, 4]
    assert _near(engine, 2) == []
    with reading(engine) as opened:
        of = {row.number: row.duplicate_of for row in opened.scalars(select(IssueRow))}
        first = opened.scalars(select(IssueRow.id).where(IssueRow.number == 1)).one()
    assert of == {1: None, 2: None, 3: first, 4: first}


def test_an_edited_issue_is_looked_at_anew(engine: Engine) -> None:
    _bring(engine, LONG, f"{LONG} once")
    _bring(engine, "something else that nobody said before", first=2)

    assert _near(engine, 1) == []
    with reading(engine) as opened:
        assert set(opened.scalars(select(IssueRow.duplicate_of))) == {None}


def test_when_the_first_of_a_group_is_edited_the_others_are_named_after_the_next(
    engine: Engine,
) -> None:
    _bring(engine, LONG, f"{LONG} once", f"{LONG} twice")
    _bring(engine, "something else that nobody said before", first=1)

    with reading(engine) as opened:
        of = {row.number: row.duplicate_of for row in opened.scalars(select(IssueRow))}
        second = opened.scalars(select(IssueRow.id).where(IssueRow.number == 2)).one()
    assert of == {1: None, 2: None, 3: second}


def test_what_was_sketched_is_not_sketched_again(engine: Engine) -> None:
    _bring(engine, LONG, "short")

    assert not catch_up(engine)
    with reading(engine) as opened:
        assert len(opened.scalars(select(BandRow)).all()) == 2 * BANDS


def test_what_is_to_be_sketched_is_found_without_a_look_at_the_rest(engine: Engine) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    query = unsketched().limit(1).compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        if not is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))  # of no issue, all are as quick
        plan = connection.execute(text(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{query}"))
        told = " ".join(str(row) for row in plan)

    assert "ix_issues_unsketched" in told
    assert "Sort" not in told
    assert "TEMP B-TREE" not in told


@pytest.mark.parametrize("body", ["", "\u2028\u202e", "!" * 10_000])
def test_texts_without_a_word_are_nobodys_near_duplicates(engine: Engine, body: str) -> None:
    arrivals = [
        Arrival(
            replace(Issue(IssueKey("octo/demo", number), ""), body=body),
            "open",
            Score(IssueKey("octo/demo", number), 0.1),
        )
        for number in (1, 2)
    ]
    with session(engine) as opened:
        upsert(opened, arrivals, model_id="m", now=NOW)
    while catch_up(engine):
        pass

    assert _near(engine, 1) == []


def test_past_decisions_with_the_same_words_are_shown_the_most_similar_first(
    engine: Engine,
) -> None:
    _bring(
        engine,
        "focal loss ignores the sample weight",
        "sample weight of the focal loss is wrong",
        "the installer cannot find a compiler",
        "focal loss and weight",
    )
    with session(engine) as opened:
        ada = find_or_add(opened, "Ada", now=NOW)
        ids = {row.number: row.id for row in opened.scalars(select(IssueRow))}
        for number, verdict in ((1, "silent"), (3, "not silent"), (4, "unsure")):
            decide(opened, Said(ids[number], ada.id, verdict), now=NOW)
    precedents = Precedents()

    with reading(engine) as opened:
        asked = opened.get_one(IssueRow, ids[2])
        found = precedents.similar(opened, asked)
        own = precedents.similar(opened, opened.get_one(IssueRow, ids[1]))

    assert found[0].number == 1
    assert found[0].standing == "silent"
    assert [near.similarity for near in found] == sorted(
        (near.similarity for near in found), reverse=True
    )
    assert 4 not in [near.number for near in found]  # nobody was sure of it
    assert 1 not in [near.number for near in own]


def test_a_decision_taken_back_is_no_precedent(engine: Engine) -> None:
    _bring(engine, "focal loss ignores the sample weight", "focal loss ignores a sample weight")
    precedents = Precedents()
    with session(engine) as opened:
        ada = find_or_add(opened, "Ada", now=NOW)
        first, second = opened.scalars(select(IssueRow).order_by(IssueRow.id)).all()
        decide(opened, Said(first.id, ada.id, "silent"), now=NOW)
        assert len(precedents.similar(opened, second)) == 1
        decide(opened, Said(first.id, ada.id, "unsure"), now=NOW)

        assert precedents.similar(opened, second) == ()
