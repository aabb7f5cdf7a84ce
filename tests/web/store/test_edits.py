"""What was decided on an earlier text is asked again, by the queue and the figures alike."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from classifier.types import IssueKey
from classifier.web.audits import screened
from classifier.web.blind import revealed, was_hidden
from classifier.web.labels_export import labels_in
from classifier.web.overview import agreement_of
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.decisions import OF_RIGHT, decide, may_adjudicate, undo
from classifier.web.store.engine import reading, session
from classifier.web.store.issues import find_by_key
from classifier.web.store.mine import SKIPPED, edited_since, has_opinion
from classifier.web.store.preferences import Preferences
from classifier.web.store.queue import Filter, counts, ids_from
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.said import Said
from classifier.web.store.tables import IssueRow, ReviewerRow
from classifier.web.store.upcoming import next_to_read
from tests.web.conftest import NOW


@pytest.fixture
def ana(filled: Engine) -> int:
    with session(filled) as opened:
        return find_or_add(opened, "Ana", now=NOW).id


def first_of(opened: Session, reviewer: int, share: float = 0.0) -> IssueRow:
    found = next_to_read(opened, Filter(), reviewer_id=reviewer, audit_share=share)
    assert found is not None
    return found.issue


def edit(opened: Session, row: IssueRow, arrivals: tuple[Arrival, ...], body: str) -> IssueRow:
    one = next(one for one in arrivals if one.issue.key == IssueKey(row.repo, row.number))
    edited = replace(one, issue=replace(one.issue, body=body or one.issue.body))
    upsert(opened, [edited], model_id=row.model_id, now=NOW)
    found = find_by_key(opened, one.issue.key)
    assert found is not None
    return found


def are_agreed(opened: Session) -> bool:
    """Whether queue and status page count the same issues as read."""
    standings = counts(opened, Filter(state="all", standing="all")).standing
    decided = sum(count for name, count in standings.items() if name != "undecided")
    return decided == int(screened(opened).is_read.sum())


@pytest.mark.parametrize("verdict", ["silent", "skip"])
def test_an_issue_that_was_edited_is_offered_again_and_edited_back_it_is_not(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...], verdict: str
) -> None:
    with session(filled) as opened:
        issue = first_of(opened, ana)
        decide(opened, Said(issue.id, ana, verdict), now=NOW)
        before = issue.standing
        assert first_of(opened, ana).id != issue.id

        edited = edit(opened, issue, arrivals, "another text")
        assert (edited.standing, has_opinion(opened, ana, issue.id)) == ("undecided", False)
        assert edited_since(opened, ana, [issue.id]) == (
            {issue.id} if verdict == "silent" else set()
        )
        assert first_of(opened, ana).id == issue.id
        assert are_agreed(opened)

        assert edit(opened, issue, arrivals, "").standing == before
        assert edited_since(opened, ana, [issue.id]) == frozenset()
        assert first_of(opened, ana).id != issue.id
        assert are_agreed(opened)


def test_an_audited_issue_that_was_edited_is_the_next_of_the_audit(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    with session(filled) as opened:
        issue = first_of(opened, ana, 1.0)
        decide(opened, Said(issue.id, ana, "silent", channel="audit"), now=NOW)
        edit(opened, issue, arrivals, "another text")

        assert first_of(opened, ana, 1.0).id == issue.id


def test_a_decision_on_a_page_that_an_edit_overtook_is_about_the_text_it_showed(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    with session(filled) as opened:
        issue = first_of(opened, ana)
        shown = issue.digest
        edit(opened, issue, arrivals, "another text")

        decision = decide(opened, Said(issue.id, ana, "silent", digest=shown), now=NOW)

        assert decision.digest == shown
        assert issue.standing == "undecided"
        assert edited_since(opened, ana, [issue.id]) == {issue.id}
        assert first_of(opened, ana).id == issue.id


def test_who_skipped_an_earlier_text_has_not_skipped_the_present_one(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    skipped = Filter(state="all", standing="all", own=SKIPPED, reviewer_id=ana)
    with session(filled) as opened:
        issue = first_of(opened, ana)
        decide(opened, Said(issue.id, ana, "skip"), now=NOW)
        assert list(ids_from(opened, skipped, 1, 9)) == [issue.id]

        edit(opened, issue, arrivals, "another text")

        assert list(ids_from(opened, skipped, 1, 9)) == []


def test_opinions_of_different_texts_neither_agree_nor_disagree(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    with session(filled) as opened:
        ben = find_or_add(opened, "Ben", now=NOW).id
        issue = first_of(opened, ana)
        decide(opened, Said(issue.id, ana, "silent"), now=NOW)
        edit(opened, issue, arrivals, "another text")
        decide(opened, Said(issue.id, ben, "not silent"), now=NOW)
        assert agreement_of(opened).issue_count == 0

        decide(opened, Said(issue.id, ana, "silent"), now=NOW)
        assert agreement_of(opened).issue_count == 1


def test_deciding_anew_counts_and_undoing_it_leaves_the_issue_undecided(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    with session(filled) as opened:
        issue = first_of(opened, ana)
        decide(opened, Said(issue.id, ana, "silent"), now=NOW)
        edit(opened, issue, arrivals, "another text")

        again = decide(opened, Said(issue.id, ana, "not silent"), now=NOW)
        assert issue.standing == "not silent"
        assert not edited_since(opened, ana, [issue.id])

        undo(opened, ana, again.id, now=NOW)
        assert issue.standing == "undecided"
        assert edited_since(opened, ana, [issue.id])


def test_who_voted_on_an_earlier_text_is_a_third_for_the_present_one(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    with session(filled) as opened:
        ben, cleo = (find_or_add(opened, name, now=NOW).id for name in ("Ben", "Cleo"))
        issue = first_of(opened, ana)
        decide(opened, Said(issue.id, ana, "silent"), now=NOW)
        edit(opened, issue, arrivals, "another text")
        decide(opened, Said(issue.id, ben, "silent"), now=NOW)
        decide(opened, Said(issue.id, cleo, "not silent"), now=NOW)

        assert may_adjudicate(opened, issue, ana) == OF_RIGHT
        decide(opened, Said(issue.id, ana, "not silent", adjudicates=True), now=NOW)
        assert issue.standing == "not silent"


def test_blind_reviewers_see_no_score_of_the_new_text_before_they_decide_anew(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    blind = Preferences(blind=True)
    with session(filled) as opened:
        reviewer, issue = opened.get_one(ReviewerRow, ana), first_of(opened, ana)
        decide(opened, Said(issue.id, ana, "silent"), now=NOW)
        assert revealed(opened, blind, reviewer, [issue.id]) == {issue.id}
        assert not was_hidden(opened, blind, reviewer, issue.id)

        edit(opened, issue, arrivals, "another text")

        assert revealed(opened, blind, reviewer, [issue.id]) == frozenset()
        assert was_hidden(opened, blind, reviewer, issue.id)


def test_labels_are_of_present_texts(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    with session(filled) as opened:
        ben = find_or_add(opened, "Ben", now=NOW).id
        issue = first_of(opened, ana)
        decide(opened, Said(issue.id, ana, "silent"), now=NOW)
        edit(opened, issue, arrivals, "another text")
        assert list(labels_in(opened)) == []

        decide(opened, Said(issue.id, ben, "not silent"), now=NOW)
        assert [label.votes for label in labels_in(opened)] == ["Ben: not silent"]


def test_other_issues_stand_as_they_did(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...]
) -> None:
    with session(filled) as opened:
        issue, other = opened.scalars(select(IssueRow).order_by(IssueRow.id).limit(2)).all()
        for one in (issue, other):
            decide(opened, Said(one.id, ana, "silent"), now=NOW)
        edit(opened, issue, arrivals, "another text")

    with reading(filled) as opened:
        assert opened.get_one(IssueRow, other.id).standing == "silent"
        assert edited_since(opened, ana, [issue.id, other.id]) == {issue.id}
