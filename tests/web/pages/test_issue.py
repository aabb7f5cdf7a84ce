"""One issue, and what people say of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from classifier.types import IssueKey
from classifier.web.duplicates import catch_up
from classifier.web.store.arrivals import upsert
from classifier.web.store.decisions import history
from classifier.web.store.engine import reading, session
from classifier.web.store.tables import IssueRow

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from classifier.web.store.arrivals import Arrival
    from classifier.web.store.tables import DecisionRow
    from tests.web.pages.browsing import Visitor
    from tests.web.pages.conftest import Visit

FOCAL = "focal_loss"


def said(client: TestClient, page: Visitor) -> list[DecisionRow]:
    """All that was said of the issue that the page shows."""
    found = re.search(r"/issues/(\d+)/decide", page.html)
    assert found
    with reading(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        return list(history(opened, int(found[1])))


def test_an_issue_shows_its_text_its_chance_and_its_address(visit: Visit) -> None:
    page = visit().open("/").open_issue(FOCAL)

    assert "focal_loss ignores sample_weight" in page.text
    assert re.search(r"of issues like this, about \d+ in 10+ are silent bugs", page.text)
    assert page.link("Open at GitHub") == "https://github.com/octo/layerkit/issues/1187"
    assert "<pre><code>" in page.html
    assert "import numpy as np import layerkit as lk" in page.text


def test_evidence_is_listed_and_marked_in_the_text(visit: Visit) -> None:
    page = visit().open("/").open_issue(FOCAL)

    assert "What speaks for and against" in page.text
    assert re.search(r'<mark class="(for|against)">', page.html)
    assert re.search("[+\N{MINUS SIGN}][0-9][.][0-9]", page.text)


def test_a_suggestion_comes_with_a_definition_and_what_to_check_first(visit: Visit) -> None:
    page = visit().open("/").open_issue(FOCAL)

    assert "If it is one:" in page.text
    assert "Check first" in page.text
    assert "Likeliest scenarios" in page.text
    assert "Impact mild" in page.text


def test_nobody_decides_without_a_name(visit: Visit) -> None:
    page = visit().open("/").open_issue(FOCAL)

    assert not any("decide" in line for line in re.findall(r"<form.*", page.html))
    page.open(page.link("Sign in to decide"))
    assert page.has_form("/sign-in")
    page.submit("/sign-in", name="Ada")
    assert page.path.startswith("/issues/")
    assert "focal_loss" in page.text


def test_a_decision_is_written_down_with_all_that_was_shown(
    client: TestClient, visit: Visit
) -> None:
    page = visit("Ada").open("/?by=priority").open_issue(FOCAL)
    position = re.search(r"at=(\d+)", page.path)
    assert position

    page.decide("silent", scenario="shape", impact="3", note="  broadcast\r\ntwice ")

    (decision,) = said(client, page)
    assert decision.verdict == "silent"
    assert (decision.scenario, decision.impact) == ("shape", 3)
    assert decision.note == "broadcast\ntwice"
    assert decision.shown_position == int(position[1])
    assert (decision.channel, decision.is_blind) == ("list", False)


def test_what_came_of_it_is_told_with_a_way_back(visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL).decide("not silent")

    assert "octo/layerkit#1187: is not a silent bug, you said." in page.text.replace(" :", ":")
    page.submit("/undo")
    assert "your decision is taken back" in page.text
    assert "withdrawn" in page.text


def test_the_form_is_filled_in_with_what_one_said_before(visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL)
    page.decide("silent", scenario="shape", impact="2", note="why")

    fields = next(form for form in page.forms if form.action.endswith("/decide")).fields
    assert (fields["scenario"], fields["impact"], fields["note"]) == ("shape", "2", "why")
    assert 'aria-pressed="true"' in page.html


def test_a_form_that_is_sent_twice_counts_once(client: TestClient, visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL)
    form = next(form for form in page.forms if form.action.endswith("/decide"))

    for _ in range(2):
        answer = page.client.post(form.action, data=form.fields | {"verdict": "silent"})
        assert answer.status_code == 303

    assert len(said(client, page)) == 1


def test_the_next_issue_of_the_list_is_one_link_away(visit: Visit) -> None:
    page = visit("Ada").open("/")
    second = page.titles[1]
    page.open_issue(page.titles[0])
    after = page.link("Next")

    page.decide("silent")

    assert second in visit().open(after).text  # as it stood when the page was made
    assert second in page.open(page.link("Next")).text  # and as it stands now


def test_history_tells_who_said_what_and_what_no_longer_counts(visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL).decide("silent").decide("not silent")

    assert re.search(r"not silent Ada .*could see \d+ %", page.text)
    assert re.search(r"silent Ada .*no longer counts", page.text)


def test_after_an_edit_the_history_says_so_and_a_head_gives_the_order_alone(
    client: TestClient, visit: Visit, arrivals: tuple[Arrival, ...]
) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL).decide("silent")
    assert "decided on an earlier text" not in page.text
    one = next(one for one in arrivals if FOCAL in one.issue.title)
    edited = replace(one, issue=replace(one.issue, body="focal_loss, written anew"))
    with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        upsert(opened, [edited], model_id="fixed", now=datetime.now(UTC))
        opened.execute(update(IssueRow).values(head_probability=0.987))

    page = visit("Ada").open("/")
    assert "edited since you decided" in page.text
    assert "edited since you decided" not in visit("Ben").open("/").text
    page.open_issue(FOCAL)

    assert "edited since you decided" in page.text
    assert "decided on an earlier text" in page.text
    assert "its place in the queue is learned from decisions here" in page.text
    assert "99 %" not in page.text.split("Decisions")[0]


def test_near_duplicates_and_similar_decisions_stand_beside(
    client: TestClient, visit: Visit, arrivals: tuple[Arrival, ...]
) -> None:
    first = next(one for one in arrivals if one.issue.title.startswith("Accuracy drops"))
    body = first.issue.body
    filed_again = replace(first.issue, key=replace(first.issue.key, number=9001))
    alike = replace(filed_again, key=IssueKey("octo/layerkit", 9002), body=body[: len(body) // 2])
    with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        new = [replace(first, issue=filed_again), replace(first, issue=alike)]
        upsert(opened, new, model_id="fixed", now=datetime.now(UTC))
    while catch_up(client.app.state.engine):  # type: ignore[attr-defined]
        pass
    ada = visit("Ada").open("/?text=accuracy+drops+save").open("/issues/38").decide("silent")

    page = ada.open("/issues/39")

    assert "octo/layerkit#9002" in page.text
    assert re.search(r"silent Accuracy drops .* octo/layerkit#9001 similar wording", page.text)


def test_what_is_taken_back_is_still_in_the_form(visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL)
    page.decide("silent", scenario="shape", impact="2", note="why")

    page.submit("/undo")

    fields = next(form for form in page.forms if form.action.endswith("/decide")).fields
    assert (fields["scenario"], fields["impact"], fields["note"]) == ("shape", "2", "why")
    assert 'aria-pressed="true"' not in page.html


def test_undo_is_offered_only_where_there_is_something_to_undo(visit: Visit) -> None:
    page = visit("Ada").open("/screen")
    assert not page.has_form("/undo")
    page.decide("skip")
    page.submit("/undo")
    assert not page.has_form("/undo")


def test_undo_that_is_sent_twice_takes_one_decision_back(client: TestClient, visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL).decide("silent").decide("not silent")
    form = page.form("/undo")

    answers = [page.client.post("/undo", data=form.fields) for _ in range(2)]

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert [one.verdict for one in said(client, page)] == ["silent", "not silent", "withdrawn"]


def test_undo_from_a_page_that_has_become_old_says_why_it_does_nothing(
    client: TestClient, visit: Visit
) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL).decide("silent")
    form = page.form("/undo")
    page.decide("not silent")

    answer = page.client.post("/undo", data=form.fields)

    assert answer.status_code == 422
    assert "counts no more, so nothing was taken back" in answer.text
    assert [one.verdict for one in said(client, page)] == ["silent", "not silent"]


def test_each_level_of_impact_has_a_key(visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL)

    keys = re.findall(r'name="impact" value="(\d)" data-key="(.)"', page.html)
    assert keys == [("1", "w"), ("2", "e"), ("3", "r"), ("4", "t")]


@pytest.mark.parametrize("path", ["/issues/0", "/issues/999", "/issues/99999999999999999999"])
def test_an_issue_that_is_not_there_is_told(visit: Visit, path: str) -> None:
    page = visit().open(path)

    assert page.status == 404
    assert "There is no such issue here" in page.html
    assert page.link("To the queue") == "/"


@pytest.mark.parametrize(
    "changes", [{"verdict": "perhaps"}, {"scenario": "x"}, {"impact": "9"}, {"impact": "two"}]
)
def test_what_no_form_of_ours_would_send_is_refused(
    client: TestClient, visit: Visit, changes: dict[str, str]
) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL)
    form = next(form for form in page.forms if form.action.endswith("/decide"))

    answer = page.client.post(form.action, data=form.fields | {"verdict": "silent"} | changes)

    assert answer.status_code == 422
    assert said(client, page) == []


@pytest.mark.parametrize("title", ["&lt;script&gt;", "| 1 | 99 %", "=HYPERLINK", "�[2J"])
def test_hostile_issues_are_shown_and_do_nothing(visit: Visit, title: str) -> None:
    page = visit().open("/?state=all")
    found = re.search(rf'data-open href="([^"]*)"><bdi>{re.escape(title)}', page.html)
    assert found

    page.open(found[1].replace("&amp;", "&"))

    assert page.status == 200
    body = page.html[page.html.index("<main") :]
    assert "<script" not in body
    assert "<img" not in body
    assert " style=" not in body
    assert " onerror" not in re.sub(r"&lt;.*?&gt;", "", body)
