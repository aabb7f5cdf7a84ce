"""The page for everybody: without JavaScript, on a phone, by a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import grave_barriers
from tests.web.browser.conftest import PHONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Browser

    from tests.web.browser.conftest import Person, Site

    Come = Callable[..., Person]

FONT_PIXELS = 10 * 96 / 72  # of the words in a picture that is not scaled
PATHS = (
    *("/", "/?standing=all&repo=octo/layerkit", "/issues/1", "/screen", "/disagreements"),
    *("/status", "/labels", "/settings", "/keys", "/sign-in"),
)
COLOURED = ("/", "/issues/1", "/status")  # between them they have every colour


def disagree(person: Come) -> None:
    for name, key in (("Ben", "s"), ("Cleo", "n")):
        one = person(name)
        one.open("/issues/1")
        one.page.get_by_label("Note").fill("Why not? " * 20)
        one.page.keyboard.press("Escape")
        one.press(key)


def test_filters_narrow_the_queue(person: Come) -> None:
    page = person().open("/")

    page.get_by_label("Repository").select_option("octo/tracejit")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-row]")).to_have_count(5)
    page.get_by_role("searchbox").fill("zeros grad")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("[data-row]")).to_have_count(37)


def test_all_of_it_works_without_javascript(site: Site, person: Come) -> None:
    ada = person("Ada", has_script=False)
    page = ada.open("/")
    page.get_by_label("Repository").select_option("octo/tracejit")
    page.get_by_role("button", name="Show").click()
    page.locator("[data-open]").first.click()

    page.get_by_role("radio", name="Wrong shape").check()
    page.get_by_label("Note").fill("by hand")
    page.get_by_role("button", name="Not silent").click()
    expect(page.get_by_role("status")).to_contain_text("is not a silent bug, you said")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("your decision is taken back")
    page.get_by_role("link", name="Screen", exact=True).click()
    page.get_by_role("button", name="Unsure").click()
    page.get_by_role("link", name="Keys").click()
    expect(page.get_by_role("heading", name="Deciding by keyboard")).to_be_visible()

    said = [(one.verdict, one.scenario, one.note) for one in site.said()]
    assert said[0] == ("not silent", "shape", "by hand")
    assert [verdict for verdict, _, _ in said] == ["not silent", "withdrawn", "unsure"]


def test_no_page_is_wider_than_a_phone(person: Come) -> None:
    disagree(person)
    ada = person("Ada", size=PHONE)

    widest = {
        path: ada.open(path).evaluate("document.documentElement.scrollWidth") for path in PATHS
    }

    assert {path: width for path, width in widest.items() if width > PHONE["width"]} == {}


def test_on_a_phone_the_words_in_pictures_can_be_read(person: Come) -> None:
    page = person("Ada", size=PHONE).open("/status")
    page.evaluate("for (const one of document.images) one.loading = 'eager'")
    page.evaluate("Promise.all([...document.images].map(one => one.decode()))")

    scales = page.evaluate("[...document.images].map(one => one.clientWidth / one.naturalWidth)")

    assert scales
    assert min(scales) * FONT_PIXELS >= 11


def test_on_a_phone_the_decision_is_at_the_thumb(site: Site, person: Come) -> None:
    ada = person("Ada", size=PHONE)
    page = ada.open("/screen")

    for name in ("Silent", "Not silent", "Unsure", "Skip"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert box["height"] >= 40
        assert box["y"] + box["height"] <= PHONE["height"]
        assert box["y"] >= PHONE["height"] - 80
    page.get_by_role("button", name="Silent", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("is a silent bug")
    assert len(site.said()) == 1


def test_nothing_at_the_end_of_a_page_hides_behind_the_decision(person: Come) -> None:
    page = person("Ada", size=PHONE).open("/screen")

    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")

    keys = page.get_by_role("link", name="Keys").bounding_box()
    bar = page.locator(".verdicts").bounding_box()
    assert keys
    assert bar
    assert keys["y"] + keys["height"] <= bar["y"]


def test_the_first_tab_leads_past_the_navigation(person: Come) -> None:
    page = person("Ada").open("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()


@pytest.mark.parametrize(("scheme", "paths"), [("light", PATHS), ("dark", COLOURED)])
def test_nothing_keeps_people_out(
    browser: Browser, site: Site, person: Come, scheme: str, paths: Sequence[str]
) -> None:
    disagree(person)
    ada = person("Ada")
    ada.open("/screen?repo=octo/layerkit")
    ada.press("s")
    state = ada.context.storage_state()

    found = {
        path: grave_barriers(browser, f"{site.url}{path}", scheme=scheme, state=state)
        for path in paths
    }

    assert {path: barriers for path, barriers in found.items() if barriers} == {}
