"""Decisions are kept, count once each, and can be withdrawn; a third settles what two dispute."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.web.store.decisions import (
    decide,
    history,
    may_adjudicate,
    undo,
    undoable,
    votes_on,
)
from classifier.web.store.engine import reading, session
from classifier.web.store.issues import find
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.said import Said
from classifier.web.store.standing import OPINIONS, VERDICTS, Vote, standing_of
from classifier.web.store.tables import DecisionRow
from tests.web.conftest import NOW

NAMES = ("Ana", "Ben", "Cleo", "Dan")
VOTES = st.builds(
    Vote, st.integers(1, 99), st.sampled_from((*VERDICTS, "withdrawn")), st.booleans()
)


@pytest.fixture
def reviewers(filled: Engine) -> list[int]:
    """Ana and Ben."""
    return add(filled, NAMES[:2])


def add(engine: Engine, names: Sequence[str]) -> list[int]:
    with session(engine) as opened:
        return [find_or_add(opened, name, now=NOW).id for name in names]


def say(engine: Engine, reviewer: int, verdict: str, *, issue: int = 1, **more: Any) -> int:  # noqa: ANN401 - what else Said takes
    with session(engine) as opened:
        said = Said(issue, reviewer, verdict, **more)
        return decide(opened, said, now=NOW).id


def standing(engine: Engine, issue: int = 1) -> str:
    with reading(engine) as opened:
        row = find(opened, issue)
        assert row is not None
        return row.standing


def take_back(opened: Session, reviewer: int) -> DecisionRow | None:
    """Take back what a page offers to, if it offers anything."""
    latest = undoable(opened, reviewer)
    return undo(opened, reviewer, latest.id, now=NOW) if latest else None


def counting(opened: Session, issue: int = 1) -> list[str]:
    return [vote.verdict for vote in votes_on(opened, issue)]


@given(votes=st.lists(VOTES, max_size=4, unique_by=lambda vote: vote.decision_id))
def test_the_standing_does_not_depend_on_the_order_of_the_votes(votes: list[Vote]) -> None:
    assert len({standing_of(order) for order in permutations(votes)}) == 1


@given(votes=st.lists(VOTES, max_size=6), passes=st.lists(st.sampled_from(["skip", "withdrawn"])))
def test_who_has_no_opinion_changes_nothing(votes: list[Vote], passes: list[str]) -> None:
    assert standing_of([*votes, *(Vote(100, passed) for passed in passes)]) == standing_of(votes)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], "undecided"),
        (["skip"], "undecided"),
        (["silent"], "silent"),
        (["silent", "silent"], "silent"),
        (["not silent", "skip"], "not silent"),
        (["unsure"], "unsure"),
        (["silent", "not silent"], "disagreed"),
        (["silent", "unsure"], "disagreed"),
    ],
)
def test_what_follows_from_votes(verdicts: list[str], expected: str) -> None:
    assert standing_of(Vote(one, said) for one, said in enumerate(verdicts)) == expected


@pytest.mark.parametrize("ruling", OPINIONS)
def test_the_latest_adjudication_counts(ruling: str) -> None:
    votes = [Vote(1, "silent"), Vote(2, "not silent"), Vote(3, "unsure", is_adjudication=True)]

    assert standing_of([*votes, Vote(4, ruling, is_adjudication=True)]) == ruling


def test_a_decision_keeps_what_was_shown(filled: Engine, reviewers: list[int]) -> None:
    more: dict[str, Any] = {
        "scenario": "shape",
        "impact": 4,
        "note": "<b>",
        "position": 7,
        "is_blind": True,
    }
    say(filled, reviewers[0], "silent", channel="audit", **more)

    with reading(filled) as opened:
        issue = find(opened, 1)
        (kept,) = history(opened, 1)
        assert issue is not None
        assert (kept.shown_model, kept.shown_probability) == (issue.model_id, issue.probability)
        assert (kept.shown_head, kept.shown_position, kept.is_blind) == (None, 7, True)
        assert (kept.scenario, kept.impact, kept.note) == ("shape", 4, "<b>")
        assert (kept.channel, kept.digest, kept.decided_at) == ("audit", issue.digest, NOW)


def test_a_second_thought_replaces_the_first_and_both_are_kept(
    filled: Engine, reviewers: list[int]
) -> None:
    first = say(filled, reviewers[0], "silent")
    say(filled, reviewers[0], "not silent")

    with reading(filled) as opened:
        assert [said.verdict for said in history(opened, 1)] == ["silent", "not silent"]
        assert history(opened, 1)[1].supersedes == first
        assert counting(opened) == ["not silent"]
    assert standing(filled) == "not silent"


def test_a_form_that_is_sent_twice_counts_once(filled: Engine, reviewers: list[int]) -> None:
    once = say(filled, reviewers[0], "silent", request_id="r")
    assert say(filled, reviewers[0], "silent", request_id="r") == once

    with reading(filled) as opened:
        assert len(history(opened, 1)) == 1


def test_a_request_of_somebody_elses_is_refused(filled: Engine, reviewers: list[int]) -> None:
    say(filled, reviewers[0], "silent", request_id="r")

    with pytest.raises(InputError, match="another decision"):
        say(filled, reviewers[1], "silent", request_id="r")


def test_undoing_gives_back_what_was_replaced_step_by_step(
    filled: Engine, reviewers: list[int]
) -> None:
    ana = reviewers[0]
    say(filled, ana, "silent")
    say(filled, ana, "not silent")
    say(filled, ana, "unsure", issue=2)
    seen = []
    for _ in range(4):
        with session(filled) as opened:
            withdrawal = take_back(opened, ana)
            seen.append((withdrawal and withdrawal.issue_id, counting(opened), counting(opened, 2)))

    assert seen == [(2, ["not silent"], []), (1, ["silent"], []), (1, [], []), (None, [], [])]
    assert (standing(filled), standing(filled, 2)) == ("undecided", "undecided")


def test_undoing_leaves_other_peoples_votes_and_imported_ones(
    filled: Engine, reviewers: list[int]
) -> None:
    ana, ben = reviewers
    say(filled, ben, "silent")
    say(filled, ana, "silent", issue=2, channel="import")

    with session(filled) as opened:
        assert take_back(opened, ana) is None
        assert (counting(opened), counting(opened, 2)) == (["silent"], ["silent"])


def test_undoing_twice_takes_one_decision_back(filled: Engine, reviewers: list[int]) -> None:
    ana = reviewers[0]
    say(filled, ana, "silent")
    second = say(filled, ana, "not silent")

    with session(filled) as opened:
        once = undo(opened, ana, second, now=NOW)
        assert undo(opened, ana, second, now=NOW) is once
        assert counting(opened) == ["silent"]


def test_many_undoing_the_same_at_once_take_it_back_once(
    filled: Engine, reviewers: list[int]
) -> None:
    ana = reviewers[0]
    say(filled, ana, "silent")
    second = say(filled, ana, "not silent")

    def take(_: int) -> int:
        with session(filled) as opened:
            return undo(opened, ana, second, now=NOW).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(take, range(8)))) == 1
    assert standing(filled) == "silent"


@pytest.mark.parametrize("which", ["replaced", "somebody else's", "imported", "none", "decided on"])
def test_what_is_not_ones_own_latest_word_on_an_issue_is_not_taken_back(
    filled: Engine, reviewers: list[int], which: str
) -> None:
    ana, ben = reviewers
    replaced = say(filled, ana, "silent")
    named = {
        "replaced": replaced,
        "decided on": say(filled, ana, "unsure"),
        "somebody else's": say(filled, ben, "silent"),
        "imported": say(filled, ana, "silent", issue=2, channel="import"),
        "none": 4711,
    }
    if which == "decided on":  # since it was taken back
        with session(filled) as opened:
            undo(opened, ana, named[which], now=NOW)
        say(filled, ana, "not silent")
    with reading(filled) as opened:
        before = (counting(opened), counting(opened, 2))

    with session(filled) as opened, pytest.raises(InputError, match="nothing"):
        undo(opened, ana, named[which], now=NOW)

    with reading(filled) as opened:
        assert (counting(opened), counting(opened, 2)) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from((*VERDICTS, "undo"))), max_size=12)
)
def test_votes_and_standing_always_follow_from_the_decisions(
    filled: Engine, reviewers: list[int], steps: list[tuple[int, str]]
) -> None:
    with Session(filled.execution_options(writes=True)) as opened:  # undone at the end
        said: dict[int, list[str]] = {reviewer: [] for reviewer in reviewers}
        for who, step in steps:
            own = said[reviewers[who]]
            if step == "undo":
                take_back(opened, reviewers[who])
                del own[-1:]
            else:
                decide(opened, Said(1, reviewers[who], step), now=NOW)
                own.append(step)

        assert sorted(counting(opened)) == sorted(own[-1] for own in said.values() if own)
        issue = find(opened, 1)
        assert issue is not None
        assert issue.standing == standing_of(
            Vote(vote.id, vote.verdict, vote.is_adjudication) for vote in votes_on(opened, 1)
        )


def rights(engine: Engine, *reviewers: int) -> list[str]:
    with reading(engine) as opened:
        issue = find(opened, 1)
        assert issue is not None
        return [may_adjudicate(opened, issue, who) for who in reviewers]


def test_a_third_settles_a_disagreement_and_may_think_again(filled: Engine) -> None:
    ana, ben, cleo = add(filled, NAMES[:3])
    say(filled, ana, "silent")
    say(filled, ben, "not silent")
    assert standing(filled) == "disagreed"
    assert rights(filled, ana, ben, cleo) == ["", "", "of right"]

    say(filled, cleo, "silent", adjudicates=True)
    assert standing(filled) == "silent"
    assert rights(filled, ana, ben, cleo) == ["", "", "once more"]
    say(filled, ana, "not silent")  # who lost may change their vote, and changes nothing
    assert standing(filled) == "silent"
    say(filled, cleo, "not silent", adjudicates=True)
    assert standing(filled) == "not silent"


@pytest.mark.parametrize("channel", ["list", "api", "import"])
def test_a_thirds_vote_settles_nothing_unless_they_say_so(filled: Engine, channel: str) -> None:
    ana, ben, cleo = add(filled, NAMES[:3])
    say(filled, ana, "silent")
    say(filled, ben, "not silent")

    say(filled, cleo, "silent", channel=channel)

    assert standing(filled) == "disagreed"
    assert rights(filled, ana, ben, cleo) == ["for want of a third"] * 3  # nobody else is left
    say(filled, cleo, "silent", adjudicates=True)
    assert standing(filled) == "silent"


def test_who_voted_settles_nothing_as_long_as_there_is_a_third(filled: Engine) -> None:
    ana, ben, _ = add(filled, NAMES[:3])
    say(filled, ana, "silent")
    say(filled, ben, "not silent")

    with pytest.raises(InputError, match="yours to settle"):
        say(filled, ana, "not silent", adjudicates=True)


def test_what_nobody_disagrees_about_is_not_settled(filled: Engine, reviewers: list[int]) -> None:
    say(filled, reviewers[0], "silent")

    with pytest.raises(InputError, match="no disagreement"):
        say(filled, reviewers[1], "not silent", adjudicates=True)


def test_two_settle_it_among_themselves_and_it_says_so(
    filled: Engine, reviewers: list[int]
) -> None:
    ana, ben = reviewers
    say(filled, ana, "silent")
    say(filled, ben, "not silent")
    assert rights(filled, ana) == ["for want of a third"]

    say(filled, ana, "silent", adjudicates=True)

    assert standing(filled) == "silent"
    with reading(filled) as opened:
        assert [said.is_adjudication for said in history(opened, 1)] == [False, False, True]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"verdict": "withdrawn"}, "verdict"),
        ({"verdict": "loud"}, "verdict"),
        ({"verdict": "silent", "scenario": "weather"}, "scenario"),
        ({"verdict": "silent", "impact": 5}, "impact"),
        ({"verdict": "silent", "channel": "pigeon"}, "channel"),
        ({"verdict": "silent", "note": "x" * 10_001}, "note"),
        ({"verdict": "silent", "request_id": "x" * 101}, "request id"),
        ({"verdict": "silent", "request_id": "undo-7"}, "begins with 'undo-'"),
        ({"verdict": "silent", "digest": "x" * 65}, "digest"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Said(1, 1, **wrong)  # type: ignore[arg-type]


def test_an_issue_that_is_not_there_cannot_be_decided(filled: Engine, reviewers: list[int]) -> None:
    with pytest.raises(InputError, match="no issue 4711"):
        say(filled, reviewers[0], "silent", issue=4711)


def test_a_note_may_hold_anything(filled: Engine, reviewers: list[int]) -> None:
    say(filled, reviewers[0], "silent", note="nul \x00, half \ud800, and 漢字")

    with reading(filled) as opened:
        assert history(opened, 1)[0].note == "nul \ufffd, half \ufffd, and 漢字"


def test_many_at_once_on_one_issue_lose_no_vote(filled: Engine) -> None:
    who = add(filled, NAMES)
    rounds = [(reviewer, turn) for turn in range(6) for reviewer in who]

    def vote(asked: tuple[int, int]) -> None:
        reviewer, turn = asked
        verdict = OPINIONS[turn % len(OPINIONS)]
        say(filled, reviewer, verdict, request_id=f"{reviewer}-{turn}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(vote, rounds))

    with reading(filled) as opened:
        count = opened.scalar(select(func.count()).select_from(DecisionRow))
        assert count == len(rounds)
        votes = votes_on(opened, 1)
        assert sorted(vote.reviewer_id for vote in votes) == sorted(who)
        issue = find(opened, 1)
        assert issue is not None
        assert issue.standing == standing_of(
            Vote(vote.id, vote.verdict, vote.is_adjudication) for vote in votes
        )


def test_the_same_request_many_times_at_once_counts_once(
    filled: Engine, reviewers: list[int]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(
            pool.map(lambda _: say(filled, reviewers[0], "silent", request_id="again"), range(8))
        )

    assert len(set(ids)) == 1
