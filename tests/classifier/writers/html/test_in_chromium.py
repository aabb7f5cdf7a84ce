"""The report in a real browser: from disk, with the network off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifier.writers.escape import visible
from classifier.writers.html import write_html
from tests.browser import grave_barriers
from tests.classifier.writers.html.rankings import HOSTILE, hostile_ranking, plain_ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from classifier.types import Ranking

    Open = Callable[..., Page]


@pytest.fixture
def report(tmp_path: Path) -> Callable[[Ranking], str]:
    """Write a report, and say under which address a browser opens it."""

    def write(ranking: Ranking) -> str:
        path = tmp_path / "report.html"
        with path.open("w", encoding="utf-8") as stream:
            write_html(ranking, stream, with_evidence=True)
        return path.as_uri()

    return write


@pytest.fixture
def open_report(browser: Browser, report: Callable[[Ranking], str]) -> Iterator[Open]:
    """Open a report offline; the browser must not complain, nor ask for anything else."""
    heard: list[str] = []
    asked: list[str] = []
    contexts = []

    def visit(ranking: Ranking, *, width: int = 1200, has_script: bool = True) -> Page:
        context = browser.new_context(
            offline=True, java_script_enabled=has_script, viewport={"width": width, "height": 800}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(report(ranking))
        return page

    yield visit
    for context in contexts:
        context.close()
    assert heard == []
    assert len(asked) == len(contexts)


def titles(page: Page) -> list[str]:
    """The titles in sight, in their order."""
    found: list[str] = page.locator(
        ".ranking td:nth-child(3) > :first-child:visible"
    ).all_inner_texts()
    return found


def test_each_filter_leaves_what_fits_and_says_how_much(open_report: Open) -> None:
    page = open_report(plain_ranking())
    assert len(titles(page)) == 6

    page.get_by_label("Search").fill("LOSS of")
    assert titles(page) == ["Loss of the last batch is shown"]
    assert page.get_by_role("status").inner_text() == "1 of 6: “LOSS of”"

    page.get_by_role("button", name="Clear").click()
    assert len(titles(page)) == 6
    page.locator("[name=repo]").select_option("octo/other")
    page.get_by_label("Silent at least, %").fill("22")
    assert titles(page) == ["clip_norm has no effect", "Loss of the last batch is shown"]
    page.locator("[name=kind]").select_option("Wrong message")
    assert titles(page) == ["Loss of the last batch is shown"]
    assert page.get_by_role("status").inner_text() == (
        "1 of 6: octo/other, at least 22 %, Wrong message"
    )


def test_issues_can_be_put_in_other_orders_and_back(open_report: Open) -> None:
    page = open_report(plain_ranking())
    ranked = titles(page)
    order = page.locator("[name=order]")

    order.select_option("impact, worst first")
    assert titles(page)[:3] == [ranked[1], ranked[2], ranked[5]]
    order.select_option("repository, newest first")
    assert [titles(page)[place] for place in (0, 2, 3)] == [ranked[4], ranked[1], ranked[3]]
    order.select_option("priority")
    assert titles(page) == ranked
    order.select_option("rank")
    assert titles(page) == ranked


def test_reasons_can_be_put_away(open_report: Open) -> None:
    page = open_report(plain_ranking())
    reason = page.get_by_text("a short description").first
    assert reason.is_visible()

    page.get_by_label("Reasons").uncheck()

    assert not reason.is_visible()
    assert page.get_by_text("Reasons: 1 for, 1 against").first.is_visible()


def test_enter_in_a_field_sends_nothing_anywhere(open_report: Open) -> None:
    page = open_report(plain_ranking())
    address = page.url

    page.get_by_label("Search").press("Enter")

    assert page.url == address


def test_hostile_words_are_seen_and_do_nothing(open_report: Open) -> None:
    page = open_report(hostile_ranking())

    assert titles(page)[:7] == [visible(title) for title in HOSTILE[:7]]
    assert page.evaluate("window.owned") is None
    assert page.locator("svg, img, base, plaintext, iframe").count() == 0
    page.locator("[name=repo]").select_option(index=1)
    assert len(titles(page)) == 1


def test_what_gets_in_all_the_same_is_not_run(browser: Browser, report: Callable[..., str]) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(report(plain_ranking()))

    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.owned = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<svg onload='window.owned = 1'></svg>");
        }"""
    )

    assert page.evaluate("window.owned") is None
    context.close()


def test_without_javascript_all_but_the_filters_is_there(open_report: Open) -> None:
    page = open_report(plain_ranking(), has_script=False)

    assert len(titles(page)) == 6
    assert page.get_by_text("a short description").first.is_visible()
    assert not page.get_by_label("Search").is_visible()
    assert page.get_by_text("Filters need JavaScript").is_visible()


@pytest.mark.parametrize("make", [plain_ranking, hostile_ranking])
def test_a_phone_need_not_scroll_sideways(open_report: Open, make: Callable[[], Ranking]) -> None:
    page = open_report(make(), width=360)

    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_on_paper_there_are_reasons_and_bars_but_no_fields(open_report: Open) -> None:
    page = open_report(plain_ranking())
    page.emulate_media(media="print")

    assert not page.get_by_label("Search").is_visible()
    assert page.get_by_text("a short description").first.is_visible()
    lengths = page.locator("td > i").evaluate_all(
        "all => all.map(bar => parseFloat(getComputedStyle(bar, '::before').width))"
    )
    assert lengths[0] > lengths[2] > lengths[4] > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_people_out(
    browser: Browser, report: Callable[[Ranking], str], scheme: str
) -> None:
    assert grave_barriers(browser, report(plain_ranking()), scheme=scheme) == []
