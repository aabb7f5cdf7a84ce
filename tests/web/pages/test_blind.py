"""In blind mode nothing that can be asked tells a score or what others said, before one decides."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from classifier.types import IssueKey
from classifier.web.blind import without_hints
from classifier.web.duplicates import catch_up
from classifier.web.store.arrivals import upsert
from classifier.web.store.engine import session
from classifier.web.store.preferences import Preferences, write_preferences
from classifier.web.store.queue import Filter
from classifier.web.store.tables import IssueRow

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from classifier.web.store.arrivals import Arrival
    from tests.web.pages.browsing import Visitor
    from tests.web.pages.conftest import Visit

FOCAL = "focal_loss"
OF_MODEL = ("probability", "model_probability", "scenario", "impact", "priority")


def blind(client: TestClient, **settings: float) -> None:
    with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        write_preferences(opened, Preferences(blind=True, **settings))  # type: ignore[arg-type]


def queue(page: Visitor, **wanted: str) -> list[dict[str, Any]]:
    answer = page.client.get("/api/issues", params={"size": "100", "standing": "all", **wanted})
    issues: list[dict[str, Any]] = answer.json()["issues"]
    return issues


def shown_issue(page: Visitor) -> str:
    found = re.search(r"/issues/(\d+)/decide", page.html)
    assert found
    return found[1]


def test_what_hints_at_scores_is_taken_out_of_a_filter() -> None:
    wanted = without_hints(Filter(at_least=0.5, scenario="shape", by="priority", repo="a/b"), None)

    assert wanted == Filter(by="age", repo="a/b", hidden_from=0)


def test_no_tab_tells_what_others_said(client: TestClient, visit: Visit) -> None:
    visit("Ben").open("/").open_issue(FOCAL).decide("silent")
    blind(client)
    ada = visit("Ada").open("/?standing=silent&text=1187")

    assert ada.titles == []
    assert "Undecided 0 Silent 0" in ada.text
    assert "No open issue that you decided on is silent" in ada.open("/?standing=silent").text
    assert "Nothing is left here" in ada.open("/screen?standing=silent").text

    ada.open("/?standing=all").open_issue(FOCAL).decide("silent")
    assert "Undecided 36 Silent 1" in ada.open("/?standing=silent").text
    assert len(ada.titles) == 1


def test_no_order_that_is_asked_for_changes_what_comes_next(
    client: TestClient, visit: Visit, arrivals: tuple[Arrival, ...]
) -> None:
    blind(client, audit_share=0.0)
    more = [
        replace(one, issue=replace(one.issue, key=IssueKey("octo/more", copy * 100 + place)))
        for copy in (1, 2, 3)  # more issues than what comes next is drawn from
        for place, one in enumerate(arrivals)
    ]
    with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        upsert(opened, more, model_id="fixed", now=datetime.now(UTC))
        opened.execute(update(IssueRow).values(severity=1 / IssueRow.id))
    page = visit("Ada")

    for _ in range(3):
        urgent = shown_issue(page.open("/screen?by=priority"))
        assert "by=priority" not in page.html
        assert shown_issue(page.open("/screen")) == urgent
        page.decide("silent")


def test_a_browser_learns_no_score_from_what_is_there_for_programs(
    client: TestClient, visit: Visit
) -> None:
    visit("Ben").open("/").open_issue(FOCAL).decide("silent")
    blind(client)
    ada = visit("Ada")

    hidden = queue(ada, by="probability", at_least="0.9", scenario="shape")

    assert len(hidden) == 37
    assert not any(issue[name] for issue in hidden for name in OF_MODEL)
    assert [issue["number"] for issue in hidden if issue["standing"] is None] == [1187]
    assert queue(ada, standing="silent") == []
    (focal,) = (issue for issue in hidden if issue["number"] == 1187)
    history = f"/api/issues/{focal['id']}/decisions"
    assert ada.client.get(history).json() == {"decisions": []}

    ada.open("/?standing=all").open_issue(FOCAL).decide("silent")
    (seen,) = (issue for issue in queue(ada) if issue["number"] == 1187)
    assert (seen["standing"], seen["probability"] is None) == ("silent", False)
    assert len(ada.client.get(history).json()["decisions"]) == 2
    ada.submit("/undo")
    assert not any(issue[name] for issue in queue(ada) for name in OF_MODEL)
    own = ada.client.get(history).json()["decisions"]
    assert [(one["reviewer"], one["shown_probability"]) for one in own] == [("Ada", None)] * 2


def test_programs_see_scores_in_blind_mode(client: TestClient) -> None:
    blind(client)

    issues = client.get("/api/issues").json()["issues"]

    assert issues[0]["probability"] >= issues[1]["probability"] > 0


@pytest.mark.parametrize("is_blind", [False, True])
def test_beside_an_issue_stands_what_others_said_of_its_likes_only_if_one_may_know(
    client: TestClient, visit: Visit, arrivals: tuple[Arrival, ...], *, is_blind: bool
) -> None:
    first = next(one for one in arrivals if one.issue.title.startswith("Accuracy drops"))
    body = first.issue.body
    again = replace(first.issue, key=replace(first.issue.key, number=9001))
    alike = replace(again, key=replace(again.key, number=9002), body=body[: len(body) // 2])
    with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        new = [replace(first, issue=again), replace(first, issue=alike)]
        upsert(opened, new, model_id="fixed", now=datetime.now(UTC))
    while catch_up(client.app.state.engine):  # type: ignore[attr-defined]
        pass
    ben = visit("Ben")
    for issue in ("/issues/38", "/issues/39"):
        ben.open(issue).decide("not silent")
    if is_blind:
        blind(client)

    page = visit("Ada").open("/?standing=all").open_issue("Accuracy drops").decide("silent")

    beside = re.search(r'<section class="related".*?</section>', page.html, re.DOTALL)
    said = 'class="chip not-silent"' in (beside[0] if beside else "")
    assert said is not is_blind


def test_a_page_that_showed_the_score_is_not_blind_since_somebody_switched_blind_mode_on(
    client: TestClient, visit: Visit
) -> None:
    page = visit("Ada").open("/").open_issue(FOCAL)
    number = shown_issue(page)
    blind(client)
    page.decide("silent")

    said = client.get(f"/api/issues/{number}/decisions").json()["decisions"]
    assert [one["is_blind"] for one in said] == [False]
