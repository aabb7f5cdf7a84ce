"""Chromium, the page on a real server, and people in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from classifier.web.app import create_app
from classifier.web.scoring import ScoringService
from classifier.web.settings import Settings
from classifier.web.store.engine import reading, session
from classifier.web.store.preferences import Preferences, write_preferences
from classifier.web.store.tables import DecisionRow
from tests.web.fixed_model import fixed_model
from tests.web.loopback import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from sqlalchemy import Engine

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


class Site:
    """The page on a server of the test's own."""

    def __init__(self, url: str, engine: Engine) -> None:
        self.url = url
        self.engine = engine

    def prefer(self, **settings: float) -> None:
        """Set how people screen."""
        with session(self.engine) as opened:
            write_preferences(opened, Preferences(**settings))  # type: ignore[arg-type]

    def said(self) -> list[DecisionRow]:
        """All decisions, the oldest first."""
        with reading(self.engine) as opened:
            return list(opened.scalars(select(DecisionRow).order_by(DecisionRow.id)))


class Person:
    """Somebody with a browser window of their own."""

    def __init__(self, site: Site, context: BrowserContext, name: str) -> None:
        self.site = site
        self.context = context
        self.page: Page = context.new_page()
        self.heard: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.heard.append(message.text))
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("dialog", lambda dialog: self.heard.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        if name:
            self.open("/sign-in")
            self.page.get_by_label("Name").fill(name)
            self.page.get_by_role("button", name="Sign in").click()
            self.page.get_by_role("button", name="Sign out").wait_for()

    def open(self, path: str) -> Page:
        """Go to a page."""
        self.page.goto(f"{self.site.url}{path}")
        return self.page

    def press(self, key: str) -> None:
        """Press a key that leads to another page, and wait for that."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    @property
    def title(self) -> str:
        """The issue that is shown."""
        return self.page.locator("h1").inner_text()


@pytest.fixture
def site(sqlite_url: str, fill: Callable[[Engine], None]) -> Iterator[Site]:
    """The page with the examples, scored by the fixed model."""
    app = create_app(Settings(database_url=sqlite_url), scoring=ScoringService(fixed_model))
    fill(app.state.engine)
    with serving(app) as url:
        yield Site(url, app.state.engine)


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """Let somebody in. At the end no browser complained, and none asked anybody else."""
    people: list[Person] = []

    def come(
        name: str = "", *, has_script: bool = True, size: dict[str, int] | None = None
    ) -> Person:
        context = browser.new_context(
            java_script_enabled=has_script,
            viewport=size or DESK,  # type: ignore[arg-type]
        )
        context.set_default_navigation_timeout(90_000)  # a huge issue on a busy machine
        people.append(Person(site, context, name))
        return people[-1]

    yield come
    for one in people:
        one.context.close()
    assert [words for one in people for words in one.heard] == []
    assert [url for one in people for url in one.asked if not url.startswith(site.url)] == []
