"""Screening, blind or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from classifier.web.store.engine import reading, session
from classifier.web.store.preferences import Preferences, write_preferences
from classifier.web.store.tables import DecisionRow

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.web.pages.browsing import Visitor
    from tests.web.pages.conftest import Visit

HINTS = ("%", "rank", "speaks for", "silent bugs", "Likeliest", "If it is one", "drawn at random")


def prefer(client: TestClient, **settings: float) -> None:
    with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        write_preferences(opened, Preferences(**settings))  # type: ignore[arg-type]


def decisions(client: TestClient) -> list[DecisionRow]:
    with reading(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        return list(opened.scalars(select(DecisionRow).order_by(DecisionRow.id)))


def shown_issue(page: Visitor) -> int:
    found = re.search(r"/issues/(\d+)/decide", page.html)
    assert found
    return int(found[1])


def test_after_each_decision_comes_the_next_issue(client: TestClient, visit: Visit) -> None:
    prefer(client, audit_share=0.0)
    page = visit("Ada").open("/")
    expected = page.titles[:4]

    page.open("/screen")
    seen = []
    for verdict in ("silent", "not silent", "unsure", "skip"):
        heading = re.search(r"<h1.*?><bdi>(.*?)</bdi>", page.html)
        assert heading
        seen.append(re.sub(r"</?mark[^>]*>", "", heading[1]))
        page.decide(verdict)

    assert seen == expected
    assert "3 of 37 decided" in page.text
    assert [one.verdict for one in decisions(client)] == ["silent", "not silent", "unsure", "skip"]
    assert [one.shown_position for one in decisions(client)] == [1, 2, 3, 4]


def test_a_share_is_drawn_by_chance_and_said_to_be(client: TestClient, visit: Visit) -> None:
    prefer(client, audit_share=0.5)
    page = visit("Ada").open("/screen")

    for _ in range(4):
        page.decide("not silent")

    assert sorted(one.channel for one in decisions(client)) == ["audit"] * 2 + ["ranking"] * 2
    assert "rank " in page.text or "drawn at random" in page.text


def test_undo_brings_the_issue_back(client: TestClient, visit: Visit) -> None:
    page = visit("Ada").open("/screen")
    first = shown_issue(page)
    page.decide("silent")
    assert shown_issue(page) != first

    page.submit("/undo")

    assert shown_issue(page) == first
    assert "your decision is taken back" in page.text
    assert [one.verdict for one in decisions(client)] == ["silent", "withdrawn"]


def test_screening_keeps_to_the_filter(visit: Visit) -> None:
    page = visit("Ada").open("/screen?repo=octo/tracejit")

    for _ in range(5):
        assert "octo/tracejit#" in page.text
        page.decide("not silent")

    assert "Nothing is left here" in page.text
    assert "5 of 5 are decided" in page.text


def test_whoever_screens_says_who_they_are_first(visit: Visit) -> None:
    page = visit().open("/screen?repo=octo/tracejit")

    assert page.has_form("/sign-in")
    page.submit("/sign-in", name="Ada")
    assert page.path == "/screen?repo=octo/tracejit"


def test_blind_mode_hides_whatever_tells_of_the_score(client: TestClient, visit: Visit) -> None:
    prefer(client, blind=True)
    page = visit("Ada").open("/screen")

    for hint in HINTS:
        assert hint not in page.text.replace("0 of 37 decided", "")
    for mark in ("<mark", 'name="channel"', 'name="at"', "percent"):
        assert mark not in page.html
    assert "Blind mode: probability, evidence and suggestions show once" in page.text


def test_in_blind_mode_a_filter_learns_nothing_of_scores(client: TestClient, visit: Visit) -> None:
    prefer(client, blind=True)
    page = visit("Ada").open("/screen")
    shown = (shown_issue(page), "0 of 37 decided" in page.text)

    page.open("/screen?at_least=90&scenario=message")

    assert shown == (shown_issue(page), "0 of 37 decided" in page.text)
    assert shown[1]
    assert "at_least" not in page.html


def test_what_was_decided_blind_is_kept_as_such_and_shown_afterwards(
    client: TestClient, visit: Visit
) -> None:
    prefer(client, blind=True, audit_share=1.0)
    page = visit("Ada").open("/screen")
    first = shown_issue(page)

    page.decide("silent")
    (decision,) = decisions(client)

    assert (decision.is_blind, decision.shown_position) == (True, None)
    assert decision.channel == "audit"
    assert "are silent bugs" in page.open(f"/issues/{first}").text
    assert "saw no score" in page.text
    assert "are silent bugs" not in visit("Ben").open(f"/issues/{first}").text
    assert "are silent bugs" not in visit().open(f"/issues/{first}").text


def test_after_an_undo_the_score_is_hidden_again_and_was_no_secret(
    client: TestClient, visit: Visit
) -> None:
    prefer(client, blind=True)
    page = visit("Ada").open("/").open_issue("focal_loss").decide("silent")
    assert "are silent bugs" in page.text

    page.submit("/undo")
    for hint in HINTS:
        assert hint not in page.text
    assert 'class="percent"' not in page.open("/?standing=all").html
    page.open_issue("focal_loss").decide("not silent")

    assert [one.is_blind for one in decisions(client)] == [True, True, False]
    assert re.search(r"not silent Ada .*could see \d+ %", page.text)


@pytest.mark.parametrize("to", ["issue", "screen", "disagreements"])
def test_whether_a_decision_was_blind_is_not_for_the_form_to_say(
    client: TestClient, visit: Visit, to: str
) -> None:
    page = visit("Ada").open("/").open_issue("focal_loss")
    fields = page.form(f"/issues/{shown_issue(page)}/decide").fields
    said = {"verdict": "silent", "blind": "1", "to": to, "channel": "audit", "at": "3"}

    for blind in (False, True):
        prefer(client, blind=blind)
        own = visit(f"Ada {blind}")
        token = own.open("/settings").form("/settings").fields["csrf_token"]
        sent = fields | said | {"csrf_token": token, "request_id": f"{to}{blind}"}
        own.client.post(f"/issues/{shown_issue(page)}/decide", data=sent)

    assert [one.is_blind for one in decisions(client)] == [False, True]
    assert [one.shown_position for one in decisions(client)] == [3, None]
    assert decisions(client)[1].channel != "audit"


def test_a_skipped_issue_stays_hidden_in_blind_mode(client: TestClient, visit: Visit) -> None:
    prefer(client, blind=True)
    page = visit("Ada").open("/screen")
    first = shown_issue(page)

    page.decide("skip").open(f"/issues/{first}")

    assert "are silent bugs" not in page.text


def test_the_blind_queue_is_in_no_order_of_scores(client: TestClient, visit: Visit) -> None:
    prefer(client, blind=True)
    page = visit("Ada").open("/?by=priority&at_least=30&scenario=shape")

    names = re.findall(r"octo/\w+#\d+", page.text)
    assert names == sorted(names, key=lambda name: (name.split("#")[0], int(name.split("#")[1])))
    assert len(page.titles) == 37
    assert 'class="percent"' not in page.html
    assert 'name="at_least"' not in page.html
    assert "Rank" not in page.text


def test_the_blind_queue_shows_scores_of_what_one_has_decided(
    client: TestClient, visit: Visit
) -> None:
    prefer(client, blind=True)
    ada = visit("Ada").open("/").open_issue("focal_loss").decide("silent")

    assert ada.open("/?standing=silent").html.count('class="percent"') == 1
    assert visit("Ben").open("/?standing=silent").html.count('class="percent"') == 0


def test_in_blind_mode_the_order_tells_nothing_yet_stays_the_same(
    client: TestClient, visit: Visit
) -> None:
    prefer(client, audit_share=0.0)
    ranked = [
        int(one) for one in re.findall(r'data-open href="/issues/(\d+)', visit().open("/").html)
    ]
    prefer(client, audit_share=0.0, blind=True)
    page, seen = visit("Ada").open("/screen"), []

    for _ in range(6):
        seen.append(shown_issue(page))
        assert shown_issue(page.open("/screen")) == seen[-1]
        page.decide("not silent")

    assert seen != ranked[:6]
    assert [one.channel for one in decisions(client)] == ["ranking"] * 6


def test_a_second_opinion_is_given_without_knowing_the_first(
    client: TestClient, visit: Visit
) -> None:
    prefer(client, audit_share=0.0)
    ada = visit("Ada").open("/screen?repo=octo/tracejit")
    for _ in range(5):
        ada.decide("silent", note="Ada knows why")
    ben = visit("Ben").open("/screen?repo=octo/tracejit")
    assert "5 of 5 are decided, by you or by others" in ben.text
    assert "5 decided by others, not by you" in ben.text

    listed = visit("Ben").open("/").open(ben.link("Give second").replace("/screen", "/"))
    assert 'class="chip silent"' not in listed.html
    ben.open(ben.link("Give second"))
    first = shown_issue(ben)
    assert "Ada knows why" not in ben.text
    assert 'class="chip silent"' not in ben.html
    ben.decide("not silent")

    assert shown_issue(ben) != first
    assert "Ada knows why" in ben.open(f"/issues/{first}").text
    assert decisions(client)[-1].channel == "list"
    assert "Second opinions 4" in ben.open("/").text


def test_what_was_skipped_is_found_again(client: TestClient, visit: Visit) -> None:
    prefer(client, audit_share=0.0)
    page = visit("Ada").open("/screen?repo=octo/tracejit")
    skipped = []
    for _ in range(5):
        skipped.append(shown_issue(page))
        page.decide("skip")
    assert "0 of 5 are decided, by you or by others; the rest you skipped" in page.text

    page.open(page.link("Take up what you skipped"))
    again = [shown_issue(page)]
    again.append(shown_issue(page.decide("skip")))
    page.decide("silent")

    assert again == skipped[:2]
    assert "Skipped by you 4" in page.open("/?repo=octo/tracejit").text


def test_undo_brings_the_same_issue_back_while_screening_blind(
    client: TestClient, visit: Visit
) -> None:
    prefer(client, blind=True)
    page = visit("Ada").open("/screen")
    first = shown_issue(page)

    page.decide("skip").submit("/undo")

    assert shown_issue(page) == first
