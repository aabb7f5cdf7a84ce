"""Deciding by keyboard, as somebody who screens a queue does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.browser.conftest import Person, Site

    Come = Callable[..., Person]


def test_ten_issues_are_decided_by_keyboard(site: Site, person: Come) -> None:
    site.prefer(audit_share=0.0)
    ada = person("Ada")
    ada.open("/")
    titles = ada.page.locator("[data-open]").all_inner_texts()[:11]
    ada.open("/screen")

    seen = []
    for key in "snuksnnsun":
        seen.append(ada.title)
        ada.press(key)

    assert seen == titles[:10]
    assert ada.title == titles[10]
    verdicts = {"s": "silent", "n": "not silent", "u": "unsure", "k": "skip"}
    assert [one.verdict for one in site.said()] == [verdicts[key] for key in "snuksnnsun"]
    expect(ada.page.get_by_text("9 of 37 decided")).to_be_visible()


def test_scenario_and_note_go_with_the_decision(site: Site, person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")

    ada.page.keyboard.press("3")
    ada.page.keyboard.press("5")
    ada.page.keyboard.press("r")
    ada.page.keyboard.press("m")
    ada.page.keyboard.type("sunk? no: shapes")
    ada.page.keyboard.press("Escape")
    ada.press("s")

    (said,) = site.said()
    assert (said.verdict, said.scenario, said.impact) == ("silent", "shape", 3)
    assert said.note == "sunk? no: shapes"


def test_the_same_key_again_takes_a_scenario_back(person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")
    shape = ada.page.get_by_role("radio", name="Wrong shape")

    ada.page.keyboard.press("5")
    expect(shape).to_be_checked()
    ada.page.keyboard.press("5")
    expect(shape).not_to_be_checked()


def test_undo_brings_an_issue_back_and_another_decision_counts(site: Site, person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")
    first = ada.title
    ada.press("s")

    ada.press("z")
    assert ada.title == first
    ada.press("n")

    assert [one.verdict for one in site.said()] == ["silent", "withdrawn", "not silent"]


@pytest.mark.parametrize("wait", [0, 30, 100])
def test_undo_that_comes_before_the_next_page_is_done_there(
    site: Site, person: Come, wait: int
) -> None:
    ada = person("Ada")
    ada.open("/screen")
    first = ada.title

    ada.page.keyboard.press("s")
    ada.page.wait_for_timeout(wait)
    ada.page.keyboard.press("z")

    expect(ada.page.get_by_role("status")).to_contain_text(
        "your decision is taken back",
        timeout=30_000,  # the first answer may load much
    )
    assert ada.title == first
    assert [one.verdict for one in site.said()] == ["silent", "withdrawn"]


def test_a_decision_about_a_page_that_nobody_has_seen_is_refused_in_words(
    site: Site, person: Come
) -> None:
    ada = person("Ada")
    ada.open("/screen")

    ada.page.evaluate(
        """() => ["s", "n"].forEach((key) => document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true })))"""
    )

    expect(ada.page.get_by_role("status")).to_contain_text("“n” came before this page was there")
    assert [one.verdict for one in site.said()] == ["silent"]


def test_undo_with_nothing_to_undo_says_so(person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")

    ada.page.keyboard.press("z")

    expect(ada.page.get_by_role("status")).to_have_text("There is nothing to take back.")


def test_a_key_that_is_held_down_decides_once(site: Site, person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")

    with ada.page.expect_navigation():
        for _ in range(5):
            ada.page.keyboard.down("s")
    for _ in range(5):
        ada.page.keyboard.down("s")
    ada.page.keyboard.up("s")
    ada.open("/screen")

    assert len(site.said()) == 1


def test_a_question_mark_shows_the_keys_and_they_rest_meanwhile(site: Site, person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")
    dialog = ada.page.get_by_role("dialog")

    ada.page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("silent bug")
    ada.page.keyboard.press("s")
    ada.page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    assert site.said() == []


def test_with_control_or_command_keys_are_the_browsers(site: Site, person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")

    for key in ("Alt+n", "Control+u", "Meta+z"):
        ada.page.keyboard.press(key)
    ada.page.bring_to_front()

    assert site.said() == []


def test_what_came_of_it_is_read_aloud(person: Come) -> None:
    ada = person("Ada")
    ada.open("/screen")
    name = ada.page.locator("header.issue .meta bdi").first.inner_text()

    ada.press("s")

    outcome = ada.page.get_by_role("status")
    expect(outcome).to_have_text(f"{name}: is a silent bug, you said.")
    expect(ada.page.locator("h1")).to_be_focused()


def test_a_list_is_walked_through_by_keyboard(person: Come) -> None:
    ada = person("Ada")
    ada.open("/")
    links = ada.page.locator("[data-open]")

    ada.page.keyboard.press("j")
    ada.page.keyboard.press("j")
    ada.page.keyboard.press("k")
    ada.page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    title = links.nth(1).inner_text()
    ada.press("Enter")
    assert ada.title == title

    ada.press("]")
    ada.press("[")
    assert ada.title == title
    ada.press("q")
    ada.page.keyboard.press("/")
    expect(ada.page.get_by_role("searchbox")).to_be_focused()


def test_two_reviewers_at_once_lose_no_vote(site: Site, person: Come) -> None:
    site.prefer(audit_share=0.0)
    ada, ben = person("Ada"), person("Ben")
    for one in (ada, ben):
        one.open("/screen")
    assert ada.title == ben.title

    for one, key in ((ada, "s"), (ben, "n")):
        one.page.keyboard.press(key)  # neither waits for the other
    for one in (ada, ben):
        one.page.get_by_text("you said").first.wait_for()

    assert sorted(said.verdict for said in site.said()) == ["not silent", "silent"]
    assert {said.issue_id for said in site.said()} == {site.said()[0].issue_id}
    cleo = person("Cleo")
    expect(cleo.open("/disagreements").get_by_text("1 issue is open")).to_be_visible()
    cleo.page.get_by_role("button", name="Silent", exact=True).click()
    expect(cleo.page.get_by_text("No open disagreement.")).to_be_visible()


def test_blind_mode_hides_the_score_until_one_has_decided(site: Site, person: Come) -> None:
    site.prefer(blind=True)
    ada = person("Ada")
    page = ada.open("/screen")
    name = page.locator("header.issue .meta bdi").first.inner_text()

    expect(page.locator(".likelihood, mark, .reasons, .suggestion, .spread")).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("rank")
    ada.press("s")
    page.get_by_role("status").get_by_role("link").click()

    expect(page.locator("header.issue .meta bdi").first).to_have_text(name)
    expect(page.locator(".issue .likelihood")).to_be_visible()
    expect(page.locator(".reasons")).to_be_visible()
