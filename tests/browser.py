"""Chromium for tests of pages, where it is there: nothing is fetched, and nothing is blocked."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, StorageState

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
AXE = Path(sys.prefix) / "node_modules" / "axe-core" / "axe.min.js"  # `make test` fetches it
GRAVE = {"serious", "critical"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium without a window; skips the test where that cannot be."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
    found = (shutil.which(name) for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name)
    path = next(filter(None, found), None)
    if path is None:
        pytest.skip("needs Chromium on the path, or where CHROMIUM says")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


def grave_barriers(
    browser: Browser, address: str, *, scheme: str = "light", state: StorageState | None = None
) -> list[str]:
    """What axe-core finds that keeps people out; skips where axe-core is not there.

    In the dark only colours are looked at, since nothing else differs from the light. ``state``
    has the cookies of whoever looks.
    """
    if not AXE.is_file():
        pytest.skip("needs axe-core; where npm is there, `make test` fetches it")
    context = browser.new_context(
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        storage_state=state,
    )
    try:
        page = context.new_page()
        page.goto(address)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        rules = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
        options = {"resultTypes": ["violations"], **rules}
        found = page.evaluate("options => axe.run(options)", options)["violations"]
    finally:
        context.close()
    return [
        f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html']}"
        for rule in found
        if rule["impact"] in GRAVE
    ]
