"""Issues come in once, whatever comes again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.types import Issue, IssueKey, Score
from classifier.web.store.arrivals import Arrival, Ingested, known_scores, upsert
from classifier.web.store.engine import reading, session
from classifier.web.store.facts import audit_seed, keep_fact
from classifier.web.store.issues import change_state, find_by_key, issue_of
from classifier.web.store.queue import Filter, page_of
from classifier.web.store.reviewers import find_or_add, find_reviewer, give_token, has_tokens
from classifier.web.store.search import words_of
from classifier.web.store.tables import IssueRow, ScoreRow
from tests.web.conftest import NOW

LATER = NOW + timedelta(hours=1)
KEY = IssueKey("octo/demo", 7)
ISSUE = Issue(
    KEY, "Wrong loss", "The loss is halved.", NOW, "https://github.com/octo/demo/issues/7"
)
SCORE = Score(KEY, 0.25)
ARRIVAL = Arrival(ISSUE, "open", SCORE)
HOSTILE = st.text(st.characters(codec=None), max_size=30)  # surrogates and NUL among them


def bring(opened: Session, *arrivals: Arrival, model: str = "one") -> Ingested:
    return upsert(opened, arrivals, model_id=model, now=LATER)


def test_given_again_nothing_changes(filled: Engine, arrivals: Sequence[Arrival]) -> None:
    with session(filled) as opened:
        before = opened.execute(select(IssueRow.id, IssueRow.changed_at)).all()
        first = opened.scalars(select(IssueRow.model_id)).first() or ""
        again = upsert(opened, arrivals, model_id=first, now=LATER)

        assert (again.added, again.changed, again.same) == (0, 0, len(arrivals))
        assert opened.execute(select(IssueRow.id, IssueRow.changed_at)).all() == before


def test_of_one_issue_given_twice_the_first_counts(engine: Engine) -> None:
    with session(engine) as opened:
        second = replace(ARRIVAL, issue=replace(ISSUE, title="Other"))
        done = bring(opened, ARRIVAL, second)

        assert (done.added, done.changed, done.same) == (1, 0, 0)
        assert page_of(opened, Filter(), page=1, size=9).rows[0].title == "Wrong loss"


def test_an_edit_changes_the_row_and_keeps_the_old_score(engine: Engine) -> None:
    edited = Arrival(replace(ISSUE, body="It is doubled."), "open", replace(SCORE, probability=0.5))
    with session(engine) as opened:
        bring(opened, ARRIVAL)
        row = find_by_key(opened, KEY)
        done = bring(opened, edited)
        scores = opened.scalars(select(ScoreRow.probability).order_by(ScoreRow.id)).all()

        assert row is not None
        assert (done.added, done.changed) == (0, 1)
        assert (row.body, row.current, row.changed_at) == ("It is doubled.", 0.5, LATER)
        assert scores == [0.25, 0.5]


def test_a_file_that_is_read_again_does_not_undo_an_edit(engine: Engine) -> None:
    edited = Arrival(replace(ISSUE, body="It is doubled."), "closed", SCORE)
    from_a_file = replace(ARRIVAL, state="")
    with session(engine) as opened:
        bring(opened, from_a_file)
        bring(opened, edited)
        done = bring(opened, from_a_file)
        row = find_by_key(opened, KEY)

        assert row is not None
        assert (done.same, row.body, row.state) == (1, "It is doubled.", "closed")

        bring(opened, ARRIVAL)  # who knows the state knows the text, too
        assert (row.body, row.state) == ("The loss is halved.", "open")


def test_another_models_score_replaces_the_first_and_the_heads(engine: Engine) -> None:
    with session(engine) as opened:
        bring(opened, ARRIVAL)
        row = find_by_key(opened, KEY)
        assert row is not None
        row.head_probability = 0.9
        opened.flush()
        bring(opened, replace(ARRIVAL, score=Score(KEY, 0.75)), model="two")
        opened.refresh(row)

        assert (row.model_id, row.probability, row.current) == ("two", 0.75, 0.75)
        assert row.head_probability is None
        assert known_scores(opened, [ISSUE], model_id="one") == {("octo/demo", 7, ""): SCORE}


def test_a_profile_changes_what_is_shown_and_not_what_the_model_said(engine: Engine) -> None:
    with session(engine) as opened:
        upsert(
            opened, [ARRIVAL], model_id="one", now=NOW, seen=lambda values: [v / 2 for v in values]
        )
        row = find_by_key(opened, KEY)

        assert row is not None
        assert row.probability == 0.125
        assert known_scores(opened, [ISSUE], model_id="one")["octo/demo", 7, ""].probability == 0.25


def test_issues_without_a_number_are_told_apart_by_their_text(engine: Engine) -> None:
    nameless = replace(ISSUE, key=IssueKey("", 0))
    other = replace(nameless, title="Other")
    with session(engine) as opened:
        done = bring(opened, Arrival(nameless, "", SCORE), Arrival(other, "", SCORE))
        again = bring(opened, Arrival(nameless, "", SCORE))

        assert (done.added, again.same) == (2, 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    issue=st.builds(
        Issue,
        st.builds(IssueKey, HOSTILE, st.integers(0, 10**18 - 1)),
        title=HOSTILE,
        body=HOSTILE,
        opened_at=st.none() | st.datetimes(timezones=st.timezones()),
        labels=st.tuples(HOSTILE),
    )
)
def test_whatever_an_issue_holds_it_comes_in_once_and_comes_out_again(
    engine: Engine, issue: Issue
) -> None:
    with Session(engine.execution_options(writes=True)) as opened:  # undone at the end
        arrival = Arrival(issue, "", replace(SCORE, key=issue.key))
        bring(opened, arrival)
        assert bring(opened, arrival).same == 1
        opened.expire_all()
        row = opened.scalars(select(IssueRow)).one()

        out = issue_of(row)
        assert len(known_scores(opened, [issue, out], model_id="one")) == 1
        assert bring(opened, replace(arrival, issue=out)).same == 1


def test_closing_reopening_and_deleting_keep_the_row(engine: Engine) -> None:
    with session(engine) as opened:
        bring(opened, ARRIVAL)
        for state in ("closed", "open", "transferred", "deleted"):
            assert change_state(opened, KEY, state, LATER)
            row = find_by_key(opened, KEY)
            assert row is not None
            assert row.state == state
        assert not change_state(opened, IssueKey("octo/demo", 8), "closed", LATER)


def test_an_unknown_state_is_refused(engine: Engine) -> None:
    with session(engine) as opened, pytest.raises(InputError, match="no state"):
        bring(opened, replace(ARRIVAL, state="ajar"))


def test_draws_are_the_same_under_the_same_seed_and_others_under_another(
    engine: Engine, arrivals: Sequence[Arrival]
) -> None:
    drawn = []
    for seed in ("a", "a", "b"):
        with Session(engine.execution_options(writes=True)) as opened:  # undone
            keep_fact(opened, "audit_seed", seed)
            bring(opened, *arrivals)
            drawn.append(opened.scalars(select(IssueRow.audit_draw).order_by(IssueRow.id)).all())

    assert drawn[0] == drawn[1] != drawn[2]
    assert all(0.0 <= draw < 1.0 for draw in drawn[0])


def test_a_seed_is_made_once(engine: Engine) -> None:
    seeds = set()
    for _ in range(2):
        with session(engine) as opened:
            seeds.add(audit_seed(opened))

    assert len(seeds) == 1


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ("WRONG", True),
        ("wro", True),
        ("loss halved", True),
        ("loss doubled", False),
        ("rong", False),
        ("tf.keras", True),
        ("keras", True),
        ("sample_weight", True),
        ("weight", True),
        ("don't", True),
        ('"; DROP TABLE issues; --', False),
        ("loss AND OR NOT", False),
        ("loss & | ! :*", True),
        ("größe", True),
        ("  ", True),  # no word, no filter
    ],
)
def test_search_finds_words_by_their_beginning(engine: Engine, wanted: str, is_found: bool) -> None:  # noqa: FBT001 - a parameter of the test
    body = "The loss is halved, don't use `tf.keras` with sample_weight. Die Größe stimmt nicht."
    with session(engine) as opened:
        bring(opened, replace(ARRIVAL, issue=replace(ISSUE, body=body)))
        assert page_of(opened, Filter(text=wanted), page=1, size=9).total == is_found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(wanted=HOSTILE)
def test_no_search_can_fail(filled: Engine, wanted: str) -> None:
    with reading(filled) as opened:
        found = page_of(opened, Filter(text=wanted), page=1, size=1).total
        total = opened.scalar(select(func.count()).select_from(IssueRow))

        assert found == total if not words_of(wanted) else found <= (total or 0)


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
@pytest.mark.parametrize("zone", ["-14:00", "+14:00"])
def test_the_first_and_the_last_day_come_in_whatever_the_zone(
    engine: Engine, day: str, zone: str
) -> None:
    opened_at = datetime.fromisoformat(day + zone)
    with session(engine) as opened:
        done = bring(opened, replace(ARRIVAL, issue=replace(ISSUE, opened_at=opened_at)))

    assert done.added == 1


def test_an_edit_is_found_and_what_it_replaced_is_not(engine: Engine) -> None:
    with session(engine) as opened:
        bring(opened, ARRIVAL)
        bring(opened, replace(ARRIVAL, issue=replace(ISSUE, body="It is doubled.")))
        found = [
            page_of(opened, Filter(text=word), page=1, size=9).total
            for word in ("doubled", "halved")
        ]

    assert found == [1, 0]


def test_a_body_of_megabytes_comes_in(engine: Engine) -> None:
    huge = " ".join(f"word{number}" for number in range(400_000))
    with session(engine) as opened:
        bring(opened, replace(ARRIVAL, issue=replace(ISSUE, body=huge)))
        assert page_of(opened, Filter(text="word12"), page=1, size=9).total == 1


def test_a_reviewer_is_known_by_name_whatever_its_case(engine: Engine) -> None:
    with session(engine) as opened:
        ana = find_or_add(opened, "  Ana  Straße ", now=NOW)
        assert find_or_add(opened, "ANA STRASSE", now=LATER).id == ana.id
        assert ana.name == "Ana Straße"
        assert find_reviewer(opened, "Ben") is None


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u202eb", "a\x00b"])
def test_what_is_no_name_is_refused(engine: Engine, name: str) -> None:
    with session(engine) as opened, pytest.raises(InputError, match="no name"):
        find_or_add(opened, name, now=NOW)


def test_another_token_replaces_the_first(engine: Engine) -> None:
    with session(engine) as opened:
        assert not has_tokens(opened)
        first = give_token(opened, "Ana", "a" * 64, now=NOW)
        second = give_token(opened, "ana", "b" * 64, now=NOW)

        assert (first.id, second.token_hash) == (second.id, "b" * 64)
        assert has_tokens(opened)
