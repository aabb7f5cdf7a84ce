"""Takes the pictures of the triage page and of the report: ``python -m docs.make_web_pictures``.

Needs Chromium, as `chromium` on the path or where `CHROMIUM` says, and the extras `web` and `dev`.
It is no part of ``make docs``: run it when the pages have changed, and look at the pictures.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from classifier.labels import read_labels
from classifier.types import IssueKey
from docs.make_action_pictures import IMAGES, find_chromium

EXAMPLES = Path(__file__).parents[1] / "examples"
ISSUES, LABELS = EXAMPLES / "labelled.jsonl", EXAMPLES / "labels.csv"
SILENTRANK = (sys.executable, "-c", "from classifier.cli import main; main()")
SCALE = 1.5
DESK: ViewportSize = {"width": 1180, "height": 760}
TALL: ViewportSize = {"width": 1180, "height": 1000}
IS_LOADED = (  # images further down load when they are scrolled to
    "[...document.images].every(one => one.complete && one.naturalWidth"
    " || one.getBoundingClientRect().top > innerHeight)"
)
PHONE: ViewportSize = {"width": 390, "height": 760}
Scheme = Literal["light", "dark"]
DECIDED = {"Ada": 60, "Ben": 14}
MISTAKEN_EVERY = 5  # of Ben's decisions one differs
SHARE_OF_CHANCE = "40"  # per cent: so few decisions tell more if chance chose many
SHOWN = "random_split gives overlapping parts"  # the issue in the picture


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run `silentrank serve` over the examples; yield its address."""
    command = [*SILENTRANK, "serve", str(ISSUES), "--port", "0"]
    command += ["--database", str(folder / "triage.db")]
    log = (folder / "log").open("w", encoding="utf-8")
    with log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            found = (re.search(r"http://\S+", line) for line in process.stdout)
            yield next(match[0] for match in found if match)
        finally:
            process.terminate()


def sign_in(page: Page, address: str, name: str) -> None:
    """Let somebody in, once all issues are there."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Sign in").click()
    while page.get_by_text("Still reading").count() or not page.locator("[data-row]").count():
        page.wait_for_timeout(500)
        page.goto(f"{address}/")


def screen(page: Page, address: str, name: str) -> None:
    """Decide on some issues by keyboard, as the labels have it; Ben is mistaken at times."""
    labels = read_labels(LABELS)
    page.goto(f"{address}/screen?standing=all")
    for number in range(1, DECIDED[name] + 1):
        repo, _, issue = page.locator("header.issue .meta bdi").first.inner_text().partition("#")
        is_silent = labels[IssueKey(repo, int(issue))]
        is_mistaken = name == "Ben" and number % MISTAKEN_EVERY == 0
        with page.expect_navigation():
            page.keyboard.press("n" if is_silent is is_mistaken else "s")


def prefer(page: Page, address: str) -> None:
    """Have more issues chosen by chance than usual."""
    page.goto(f"{address}/settings")
    page.get_by_label("Share of chance").fill(SHARE_OF_CHANCE)
    page.get_by_role("button", name="Save").click()


def take(page: Page, name: str) -> None:
    """Take the picture of what is in the window, its images included."""
    while not page.evaluate(IS_LOADED):
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)
    page.screenshot(path=IMAGES / f"{name}.png")


def picture_pages(browser: Browser, address: str) -> None:
    """Take all pictures of the triage page."""
    for name in DECIDED:
        person = browser.new_page(viewport=DESK)
        sign_in(person, address, name)
        prefer(person, address)
        screen(person, address, name)
    state = person.context.storage_state()
    schemes: tuple[tuple[Scheme, str], ...] = (("light", ""), ("dark", "-dark"))
    for scheme, suffix in schemes:
        page = browser.new_page(
            viewport=DESK, device_scale_factor=SCALE, color_scheme=scheme, storage_state=state
        )
        page.goto(f"{address}/?standing=all")
        take(page, f"web-queue{suffix}")
        page.get_by_role("link", name=SHOWN).click()
        take(page, f"web-issue{suffix}")
        page.set_viewport_size(TALL)
        page.goto(f"{address}/status")
        take(page, f"web-status{suffix}")
        page.close()
    phone = browser.new_page(viewport=PHONE, device_scale_factor=SCALE, storage_state=state)
    phone.goto(f"{address}/screen")
    take(phone, "web-phone")


def picture_report(browser: Browser, folder: Path) -> None:
    """Take the picture of the report."""
    report = folder / "report.html"
    command = [*SILENTRANK, "rank", str(ISSUES), "--top", "50", "--explain", "--out", str(report)]
    subprocess.run(command, check=True, capture_output=True)
    page = browser.new_page(viewport=DESK, device_scale_factor=SCALE)
    page.goto(report.as_uri())
    take(page, "report")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        with server(Path(name)) as found:
            picture_pages(chromium, found)
        picture_report(chromium, Path(name))
        chromium.close()
