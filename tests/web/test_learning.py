"""The background: heads that are fitted, judged and used, on real databases."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, select

from classifier.types import Issue, IssueKey, Score
from classifier.web.audits import screened
from classifier.web.head_readings import keep_said, say
from classifier.web.learning import due, labels_of, latest_head, read_new, relearn, switch_off
from classifier.web.statistics.head import fit
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.decisions import Said, decide
from classifier.web.store.engine import reading, session
from classifier.web.store.preferences import Preferences, write_preferences
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.tables import DeliveryRow, IssueRow
from classifier.web.upkeep import Upkeep
from tests.web.serving import wait_until

REPO = "octo/learning"
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ISSUES = 150

Bring = Callable[..., None]


def _bring(engine: Engine, *, first: int = 1, count: int = ISSUES, model: str = "m") -> None:
    """Issues of which each fifth is silent and says zebra, which the model does not know."""
    random = np.random.default_rng(first)
    arrivals = []
    for number in range(first, first + count):
        word = "zebra" if number % 5 == 0 else "horse"
        key = IssueKey(REPO, number)
        issue = Issue(key, f"a {word} in layer {number}", f"loss of batch {number} and {word}")
        arrivals.append(Arrival(issue, "open", Score(key, float(random.uniform(0.05, 0.4)))))
    with session(engine) as opened:
        upsert(opened, arrivals, model_id=model, now=NOW)


def _decide_all(engine: Engine, *, channel: str = "audit", count: int = ISSUES) -> None:
    """Decide in the order of the draws, as audits would."""
    with session(engine) as opened:
        ada = find_or_add(opened, "Ada", now=NOW)
        drawn = select(IssueRow).order_by(IssueRow.audit_draw).limit(count)
        for issue in opened.scalars(drawn).all():
            verdict = "silent" if "zebra" in issue.title else "not silent"
            decide(opened, Said(issue.id, ada.id, verdict, channel=channel), now=NOW)


def _heads_said(engine: Engine) -> list[float | None]:
    with reading(engine) as opened:
        return list(opened.scalars(select(IssueRow.head_probability).order_by(IssueRow.id)))


def test_a_head_that_is_better_orders_the_queue_at_once(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine)

    learned = relearn(engine, REPO, now=LATER)

    assert learned.is_active
    assert learned.reason.startswith("Used: average precision")
    with reading(engine) as opened:
        first = opened.scalars(select(IssueRow).order_by(IssueRow.current.desc()).limit(30)).all()
        head = latest_head(opened, REPO)
    assert all("zebra" in issue.title for issue in first)
    assert head is not None
    assert (head.label_count, head.audited_count, head.is_active) == (ISSUES, ISSUES, True)
    assert head.average_precision is not None
    assert head.baseline_average_precision is not None
    assert head.average_precision > head.baseline_average_precision


def test_the_head_can_be_fitted_again_from_the_labels_to_the_last_digit(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine)
    relearn(engine, REPO, now=LATER)

    with reading(engine) as opened:
        head, labels = latest_head(opened, REPO), labels_of(opened, REPO)

    assert head is not None
    assert fit(labels[::-1]).digest == head.coefficients["digest"]
    kept = {name: value for name, value in head.coefficients.items() if name != "digest"}
    assert json.loads(json.dumps(fit(labels).coefficients)) == kept


@pytest.mark.parametrize(
    ("channel", "count", "audited"), [("ranking", ISSUES, 0), ("audit", 30, 30)]
)
def test_without_enough_audited_decisions_the_model_keeps_the_queue_and_says_why(
    engine: Engine, channel: str, count: int, audited: int
) -> None:
    _bring(engine)
    _decide_all(engine, channel=channel, count=count)

    learned = relearn(engine, REPO, now=LATER)

    assert not learned.is_active
    assert f"{audited} audited decisions" in learned.reason
    assert set(_heads_said(engine)) == {None}
    with reading(engine) as opened:
        head = latest_head(opened, REPO)
    assert head is not None
    assert list(head.coefficients) == ["digest"]


def test_a_head_is_due_after_so_many_opinions_and_not_before_as_many_more(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine, count=20)
    with reading(engine) as opened:
        assert (due(opened, 20), due(opened, 21)) == ([REPO], [])

    relearn(engine, REPO, now=LATER)

    with reading(engine) as opened:
        assert due(opened, 1) == []


def test_issues_that_come_later_are_read_by_the_head_in_use(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine)
    relearn(engine, REPO, now=LATER)
    _bring(engine, first=ISSUES + 1, count=5)
    assert _heads_said(engine).count(None) == 5

    assert read_new(engine) == 5

    assert None not in _heads_said(engine)
    assert read_new(engine) == 0


def test_between_looks_the_last_verdict_stands_over_a_head_that_learned_more(
    engine: Engine,
) -> None:
    _bring(engine)
    _decide_all(engine, count=100)
    first = relearn(engine, REPO, now=LATER)
    _decide_all(engine)

    second = relearn(engine, REPO, now=LATER + timedelta(hours=1))

    assert (first.is_active, second.is_active) == (True, True)
    assert second.reason == first.reason
    assert (first.label_count, second.label_count) == (100, ISSUES)


def test_what_a_head_read_before_an_edit_is_not_kept(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine)
    with reading(engine) as opened:
        head = fit(labels_of(opened, REPO))
    said = list(say(engine, REPO, head))
    key = IssueKey(REPO, 7)
    edited = Issue(key, "another title", "written while the head was reading")
    with session(engine) as opened:
        upsert(opened, [Arrival(edited, "open", Score(key, 0.2))], model_id="m", now=LATER)

    with session(engine) as opened:
        keep_said(opened, said)

    assert [place for place, one in enumerate(_heads_said(engine), 1) if one is None] == [7]


def test_another_model_ends_the_use_of_a_head_that_was_fitted_to_the_first(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine)
    relearn(engine, REPO, now=LATER)
    _bring(engine, model="another")

    assert read_new(engine) == 0

    with reading(engine) as opened:
        head = latest_head(opened, REPO)
        assert due(opened, ISSUES) == [REPO]
    assert head is not None
    assert not head.is_active
    assert set(_heads_said(engine)) == {None}


def test_switched_off_the_model_alone_orders_and_switched_on_the_head_again(
    engine: Engine,
) -> None:
    _bring(engine)
    _decide_all(engine)
    upkeep = Upkeep(engine, now=lambda: LATER)
    upkeep.catch_up()
    assert None not in _heads_said(engine)

    with session(engine) as opened:
        write_preferences(opened, Preferences(learning=False))
    upkeep.catch_up()
    assert set(_heads_said(engine)) == {None}
    assert not switch_off(engine)

    with session(engine) as opened:
        write_preferences(opened, Preferences(learning=True))
    upkeep.catch_up()
    assert None not in _heads_said(engine)


def test_an_audit_sample_is_found_whatever_else_was_read(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine, count=10)
    with session(engine) as opened:
        bob = find_or_add(opened, "Bob", now=NOW)
        last = select(IssueRow).order_by(IssueRow.audit_draw.desc()).limit(5)
        for issue in opened.scalars(last).all():
            decide(opened, Said(issue.id, bob.id, "unsure", channel="ranking"), now=NOW)

    with reading(engine) as opened:
        found = screened(opened, REPO)

    assert (found.audit.count, int(found.is_read.sum()), int(found.is_open_question.sum())) == (
        10,
        15,
        5,
    )


def test_a_vote_on_an_earlier_text_teaches_nothing_and_is_no_audit_figure(engine: Engine) -> None:
    _bring(engine, count=12)
    _decide_all(engine, count=12)
    key = IssueKey(REPO, 7)
    edited = Issue(key, "another title", "another text")
    with session(engine) as opened:
        upsert(opened, [Arrival(edited, "open", Score(key, 0.2))], model_id="m", now=LATER)

    with reading(engine) as opened:
        found, labels = screened(opened, REPO), labels_of(opened, REPO)

    assert len(labels) == 11
    assert (found.audit.count, int(found.is_read.sum())) == (12, 11)
    assert np.flatnonzero(np.isnan(found.is_silent)).tolist() == [6]


def test_the_thread_does_it_all_by_itself(engine: Engine) -> None:
    _bring(engine)
    _decide_all(engine)
    with session(engine) as opened:
        for days in (29, 31):
            at = LATER - timedelta(days=days)
            opened.add(DeliveryRow(id=str(days), event="", action="", outcome="", received_at=at))
    upkeep = Upkeep(engine, now=lambda: LATER, seconds_between_looks=0.01)

    upkeep.start()
    wait_until(lambda: None not in _heads_said(engine))
    upkeep.close()

    with reading(engine) as opened:
        assert opened.scalars(select(DeliveryRow.id)).all() == ["29"]  # the other is forgotten
