"""What strangers wrote, on a page: it shows, it is found again, and it does nothing."""

from __future__ import annotations

from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.types import Evidence
from classifier.web.dressing import DEEPEST
from classifier.web.highlighting import highlight
from classifier.web.rendering import LONGEST_BODY, TAGS, render_body, render_title

HARMLESS = {"href", "rel", "start", "class", "role", "tabindex", "aria-label"}
FRAGMENTS = st.sampled_from(
    (
        *("<script>", "</script>", "<img src=//x.example/a.png onerror=alert(1)>", "<style>*{}"),
        *("<svg onload=alert(1)>", "<a href='javascript:alert(1)'>", "</a>", "<iframe src=//x>"),
        *("<div style='position:fixed' class='wide' id=main>", "</div>", "</main>", "<form>"),
        *(
            "<math><mi//xlink:href='data:x'>",
            "<mark class=x>",
            "</mark>",
            "<!--",
            "-->",
            "<![CDATA[",
        ),
        *(
            "[x](javascript:alert(1))",
            "![x](https://x.example/p.gif)",
            "<base href=//x>",
            "<p",
            ">",
        ),
        *(
            "```",
            "`",
            "\n",
            "\n\n",
            "# ",
            "> ",
            "| a | b |\n|---|---|\n| 1 | 2 |\n",
            "&lt;",
            "&#0;",
        ),
        *(
            "<table><tr><td>",
            "</table>",
            "<details><summary>",
            "\u202e",
            "\x1b[2J",
            "\x00",
            "\ud800",
        ),
        *("<noscript><p title='</noscript><img src=x>'>", "the loss is wrong", "https://x.example"),
    )
)
HOSTILE = st.lists(FRAGMENTS | st.text(max_size=8), max_size=25).map("".join)
REASON = Evidence("the loss is wrong", 1.0, is_quote=True)


class Outline(HTMLParser):
    """Every tag with its attributes, and whether each that opens closes in turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.deepest = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"br", "hr"}:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def words(html: str) -> str:
    return "".join(nh3.clean(html, tags=set()).split())


@given(HOSTILE)
def test_nothing_but_harmless_tags_and_attributes_comes_through(body: str) -> None:
    outline = Outline(render_body(body, [REASON]))

    assert outline.open == []
    for tag, attributes in outline.tags:
        assert tag in TAGS | {"mark"}
        assert set(attributes) <= HARMLESS
        assert attributes.get("class") in {None, "for", "against", "wide", "image"}
        if "href" in attributes:
            assert str(attributes["href"]).lower().startswith(("http:", "https:", "mailto:"))
            assert "noopener" in str(attributes["rel"])


@given(HOSTILE)
def test_marking_evidence_changes_no_word(body: str) -> None:
    assert words(render_body(body, [REASON])) == words(render_body(body))


@given(HOSTILE)
def test_a_title_is_text_on_one_line(title: str) -> None:
    outline = Outline(render_title(title, [REASON]))

    assert {tag for tag, _ in outline.tags} <= {"mark"}
    assert "\n" not in render_title(title)


@given(st.lists(st.text(max_size=30), max_size=6), st.lists(st.text(max_size=12), max_size=4))
def test_stretches_make_up_the_text_again(texts: list[str], quotes: list[str]) -> None:
    evidence = [Evidence(quote, 1.0, is_quote=True) for quote in quotes]

    found = highlight(texts, evidence)

    assert ["".join(stretch.text for stretch in stretches) for stretches in found] == texts


@given(before=st.text("xyz .", max_size=20), quote=st.text("abc", min_size=3, max_size=20))
def test_a_quote_is_found_wherever_it_stands(before: str, quote: str) -> None:
    (stretches,) = highlight([f"{before}{quote}!"], [Evidence(quote, -1.0, is_quote=True)])

    assert [stretch.text for stretch in stretches if stretch.kind == "against"] == [quote]


def test_a_quote_is_found_through_markup_and_line_breaks() -> None:
    html = render_body("Yes: the `loss`\nis **wrong**.", [REASON])

    assert '<mark class="for">wrong</mark>' in html
    assert '<code><mark class="for">loss</mark></code>' in html
    assert "Yes: <mark" in html


def test_a_quote_that_was_cut_off_is_found_by_its_beginning() -> None:
    reason = Evidence("the loss is…", -0.5, is_quote=True)

    assert '<mark class="against">the loss is</mark> wrong' in render_body(
        "the loss is wrong", [reason]
    )


def test_facts_and_what_is_too_short_to_mean_anything_are_not_marked() -> None:
    evidence = [Evidence("no error", 1.0, is_quote=False), Evidence("ok", 1.0, is_quote=True)]

    assert "<mark" not in render_body("no error, ok", evidence)


def test_the_stronger_reason_keeps_what_two_of_them_quote() -> None:
    weaker = Evidence("loss is wrong again", -0.2, is_quote=True)

    html = render_body("the loss is wrong again", [REASON, weaker])

    assert html.count("<mark") == 2
    assert '<mark class="for">the loss is wrong</mark><mark class="against"> again</mark>' in html


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("![a plot](https://x.example/p.png)", ">Image: a plot</a>"),
        ("<img src=https://x.example/p.png>", ">Image</a>"),
        ("<img src=data:image/png;base64,AAAA alt=dot>", "<span>Image: dot</span>"),
    ],
)
def test_an_image_is_a_link_in_words(body: str, shown: str) -> None:
    html = render_body(body)

    assert shown in html
    assert "<img" not in html


def test_headings_go_below_those_of_the_page() -> None:
    html = render_body("# One\n\n###### Six")

    assert "<h3>One</h3>" in html
    assert "<h6>Six</h6>" in html


def test_a_table_scrolls_by_keyboard_inside_a_region_of_its_own() -> None:
    html = render_body("| a |\n|---|\n| 1 |\n")

    assert '<div class="wide" role="region" tabindex="0" aria-label="Table"><table>' in html


def test_an_address_is_a_link_and_a_module_is_none() -> None:
    html = render_body("see (https://docs.example/a?b=1&c), torch.nn.py and `https://x.example`")

    assert 'href="https://docs.example/a?b=1&amp;c"' in html
    assert html.count("<a ") == 1


@pytest.mark.parametrize(
    "body", ["<div>" * 9_000, "<i><a><b><p>" * 1_500, "> " * 30_000, "[" * 20_000, "*a_" * 20_000]
)
def test_deep_nesting_does_not_reach_the_browser(body: str) -> None:
    assert Outline(render_body(body)).deepest <= 2 * DEEPEST


def test_what_is_longer_than_github_allows_is_cut() -> None:
    assert len(render_body("a" * (LONGEST_BODY + 10))) < LONGEST_BODY + 20


OPENINGS = st.sampled_from(
    (
        *("<object>", "<template>", "<noscript>", "<style>", "<script>", "<iframe>", "<math>"),
        *("<SCRIPT src=//x>", "<svg>", "<title>", "<textarea>", "<xmp>", "<plaintext>", "<embed>"),
        *("</script>", "</object>", "<!--", "<![CDATA[", "<?php", "<!doctype", "<b>", "<table>"),
        *("<select>", "<details>", "</p>", "`", "\n", "\n\n", "## ", "> ", "- "),
    )
)


@given(st.lists(OPENINGS | st.just("word"), max_size=25))
def test_every_word_outside_of_tags_is_shown(pieces: list[str]) -> None:
    numbered = [f"word{n}." if piece == "word" else piece for n, piece in enumerate(pieces)]
    shown = words(render_body(" ".join(numbered)))

    assert [piece for piece in numbered if piece.startswith("word") and piece not in shown] == []


def test_a_name_in_angle_brackets_swallows_nothing() -> None:
    html = render_body("dtype is <object> here\n\n## Steps\n\n<!-- never closed\n\nThe loss")

    assert "dtype is &lt;object&gt; here" in html
    assert "<h4>Steps</h4>" in html
    assert "The loss" in html


def test_a_comment_that_is_closed_stays_out_of_sight() -> None:
    assert words(render_body("a <!-- Fill in: --> b\n\n<!--\nthe template\n-->\n\nc")) == "abc"


@pytest.mark.parametrize("piece", ["<!--", '<a b="', "<a b='\"", "<a ", "<", "<a b= ", "<!-->"])
def test_tags_that_never_close_take_no_long_time_to_show(piece: str) -> None:
    assert render_body("<div>" + piece * (LONGEST_BODY // len(piece)))
