"""Settings, labels, keys, and what all pages share."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from classifier.web.store.engine import reading
from classifier.web.store.preferences import Preferences, read_preferences
from classifier.web.templating import KEYS, PAGES, STATIC

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.web.pages.browsing import Visitor
    from tests.web.pages.conftest import Visit

OWN_PAGES = [path for path, _ in PAGES if path != "/status"]


def preferences(client: TestClient) -> Preferences:
    with reading(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        return read_preferences(opened)


def upload(page: Visitor, name: str, content: str | bytes) -> Visitor:
    token = page.open("/labels").form("/labels").fields["csrf_token"]
    answer = page.client.post(
        "/labels", data={"csrf_token": token}, files={"file": (name, content)}
    )
    page.html, page.status = answer.text, answer.status_code
    return page


def test_settings_are_kept(client: TestClient, visit: Visit) -> None:
    page = visit("Ada").open("/settings")

    page.submit("/settings", blind="1", audit_share="25", threshold="40", relearn_every="5")

    assert "Settings are saved." in page.text
    assert preferences(client) == Preferences(
        blind=True, audit_share=0.25, threshold=0.4, relearn_every=5
    )
    assert page.form("/settings").fields["threshold"] == "40"


def test_settings_that_make_no_sense_are_told_and_not_kept(
    client: TestClient, visit: Visit
) -> None:
    no_counts = (
        "0",
        "-1",
        "2.5",
        "100001",
        "inf",
        "nan",
        "1e400",
        "\N{ARABIC-INDIC DIGIT TWO}",
        "",
    )
    for changes in (
        *({"audit_share": "130"}, {"audit_share": "nan"}, {"threshold": "x"}),
        *({"relearn_every": count} for count in no_counts),
    ):
        page = visit("Ada").open("/settings").submit("/settings", **changes)
        assert page.status == 422
        assert 'role="alert"' in page.html
    assert preferences(client) == Preferences()


def test_the_threshold_moves_the_tick_of_all_bars(visit: Visit) -> None:
    page = visit("Ada").open("/settings").submit("/settings", threshold="62")

    assert '<rect class="tick" x="62.0"' in page.open("/").html


def test_labels_are_taken_out_as_they_were_decided(visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue("focal_loss").decide("silent", scenario="shape")

    assert re.search(r"octo/layerkit 1 0 0 0", page.open("/labels").text)
    (row,) = csv.DictReader(io.StringIO(page.client.get("/labels.csv").text))
    assert (row["number"], row["label"], row["scenario"]) == ("1187", "silent", "shape")
    (line,) = page.client.get("/labels.jsonl?repo=octo/layerkit").text.splitlines()
    assert json.loads(line)["votes"] == "Ada: silent"
    assert page.client.get("/labels.jsonl?repo=octo/gradflow").text == ""


def test_labels_come_in_as_ones_own_decisions_and_count_once(visit: Visit) -> None:
    page = visit("Ada")
    table = "repo,number,label\nocto/layerkit,1187,silent\nocto/layerkit,1,silent\n"

    upload(page, "mine.csv", table)
    assert "1 labels added, 0 were there already" in page.text
    assert "Passed over: 1 of issues that are not here, such as octo/layerkit#1" in page.text
    upload(page, "mine.csv", table)
    assert "0 labels added, 1 were there already" in page.text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "mine.csv",
            "repo,number,label\nocto/layerkit,1187,silent\no/l,2,perhaps\n",
            "is no label",
        ),
        ("mine.txt", "x", "Cannot read labels"),
        ("mine.csv", b"\xff\xfe\x00", "is not UTF-8"),
        ("mine.jsonl", "[]\n", "is no JSON object"),
    ],
)
def test_a_broken_table_is_told_and_nothing_of_it_taken(
    visit: Visit, name: str, content: str | bytes, told: str
) -> None:
    page = upload(visit("Ada"), name, content)

    assert page.status == 422
    assert told in page.text
    assert "Nobody has decided" in page.open("/labels").text


def test_every_key_that_is_told_of_is_on_a_page(visit: Visit) -> None:
    page = visit("Ada").open("/").open_issue("softmax")
    script = (STATIC / "keys.js").read_text(encoding="utf-8")

    for _, keys in KEYS:
        for names, _ in keys:
            for key in names.split():
                assert f'data-key="{key}"' in page.html or f'"{key}"' in script


@pytest.mark.parametrize("path", [*OWN_PAGES, "/keys", "/sign-in", "/issues/1"])
def test_no_page_has_script_or_style_of_its_own(visit: Visit, path: str) -> None:
    page = visit("Ada").open(path)

    assert page.status == 200
    assert re.findall(r"<script[^>]*>", page.html) == ['<script src="/static/keys.js" defer>']
    assert not re.search(r"<style|<[^>]* (style|on\w+)=", page.html)
    assert not re.search(r'(?:src|href)="https?://', re.sub(r"<a [^>]*>", "", page.html))
    assert page.html.count("<h1") == 1
    assert 'href="#main"' in page.html


@pytest.mark.parametrize("name", ["style.css", "keys.js", "icon.svg"])
def test_assets_come_from_the_package(client: TestClient, name: str) -> None:
    answer = client.get(f"/static/{name}")

    assert answer.status_code == 200
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+", "", answer.text)
