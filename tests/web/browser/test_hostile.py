"""What strangers write into issues, under the Content-Security-Policy and before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from classifier.types import Aspects, Issue, IssueKey, Score
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.engine import session
from classifier.web.store.issues import find_by_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.browser.conftest import Person, Site

    Come = Callable[..., Person]

HOSTILE = {
    "script": "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>",
    "handlers": "<a href='javascript:window.pwned=1' onmouseover='window.pwned=1'>x</a>"
    "<details open ontoggle='window.pwned=1'><summary>y</summary></details>"
    "<svg onload='window.pwned=1'><animate onbegin='window.pwned=1'/></svg>",
    "frames": "<iframe srcdoc='<script>top.pwned=1</script>'></iframe><object data='//x'></object>"
    "<meta http-equiv='refresh' content='0;url=https://evil.example/'><base href='//evil.example'>",
    "style": "<style>body { display: none }</style>"
    "<div style='position:fixed;inset:0;background:red' class='top skip-link' id='main'>over</div>",
    "escape": "</article></main></div></div><form action='/undo' method='post'><button>x</button>"
    "<h1>Another page</h1><footer>",
    "markdown": "![x](https://evil.example/track.gif) [x](javascript:alert(1)) "
    "![y](javascript:alert(1)) <https://evil.example/\u202egnp.exe>",
    "bidi": "\u202e\u2066 reversed \u200b\u00ad\u2028 text \x1b[2J\x07\x00",
    "huge": "A" * 200_000 + "\n\n" + "| a " * 3_000 + "\n" + "> " * 5_000 + "[" * 5_000,
    "wide": f"`{'x' * 5_000}` {'y' * 5_000}\n\n| a | b |\n|---|---|\n| {'z' * 3_000} | b |",
    "deep": "<div>" * 5_000 + "bottom",
}
FOREIGN = "img, script, style, iframe, form, svg, [style], [id]"


@pytest.fixture
def hostile(site: Site) -> dict[str, str]:
    """Bring hostile issues in; the address of each by its name."""
    score = Score(IssueKey(), 0.5, Aspects((1 / 7,) * 7, (0.25,) * 4))
    new = []
    for number, (name, text) in enumerate(HOSTILE.items(), 1):
        issue = Issue(IssueKey("octo/hostile", number), f"{name} {text}"[:1000], body=text)
        new.append(Arrival(replace(issue, labels=(text[:300],)), "open", score))
    with session(site.engine) as opened:
        upsert(opened, new, model_id="fixed", now=datetime.now(UTC))
        rows = [find_by_key(opened, one.issue.key) for one in new]
    return {name: f"/issues/{row.id}" for name, row in zip(HOSTILE, rows, strict=True) if row}


def test_hostile_issues_are_inert(person: Come, hostile: dict[str, str]) -> None:
    ada = person("Ada")

    for name, address in hostile.items():
        page = ada.open(address)

        assert page.url.endswith(address), name
        assert page.evaluate("window.pwned") is None, name
        assert page.locator("main").count() == 1, name
        assert page.locator("h1").count() == 1, name
        assert page.locator(f".body :is({FOREIGN})").count() == 0, name
        assert page.get_by_role("button", name="Silent", exact=True).is_visible(), name
        box = page.locator(".brand").bounding_box()
        assert box, name
        assert page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('.brand') !== null",
            [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
        ), name
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, name


def test_a_list_of_hostile_issues_is_inert(person: Come, hostile: dict[str, str]) -> None:
    page = person("Ada", size={"width": 360, "height": 740}).open("/?repo=octo/hostile")

    assert page.locator("[data-row]").count() == len(hostile)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_were_a_script_to_come_through_the_policy_would_stop_it(person: Come) -> None:
    ada = person("Ada")
    page = ada.open("/")

    page.evaluate(
        "const script = document.createElement('script'); script.textContent = 'window.pwned = 1';"
        "document.body.append(script);"
        "document.body.insertAdjacentHTML('beforeend', '<svg onload=\"window.pwned = 1\"></svg>"
        '<p id=probe style="position: fixed">x</p>\');'
    )

    assert page.evaluate("window.pwned") is None
    position = page.evaluate("getComputedStyle(document.getElementById('probe')).position")
    assert position == "static"
    assert any("Content Security Policy" in words for words in ada.heard)
    ada.heard.clear()
    ada.asked.clear()
