"""What the report says, and that strangers' words are never more than words in it."""

import io
import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.types import Evidence, IssueKey, Outlook, RankedIssue, Ranking, Scenario
from classifier.writers.html import write_html
from tests.classifier.writers.html.rankings import (
    ADDRESSES,
    HOSTILE,
    hostile_ranking,
    plain_ranking,
)

VOID = {"input", "meta"}
ENDED_BY = {"tr": {"td", "tr"}, "td": {"td"}, "li": {"li"}}  # what needs no end tag
WRITTEN = {  # which attributes we write on which elements
    **{name: set[str]() for name in ("head", "title", "style", "script", "body", "header", "main")},
    **{name: set[str]() for name in ("h1", "h2", "h3", "ul", "li", "b", "em", "q", "bdi")},
    **{name: set[str]() for name in ("summary", "thead", "tbody", "tr")},
    **{name: {"class"} for name in ("label", "table", "td", "span", "small", "i")},
    "html": {"lang"},
    "meta": {"charset", "content", "http-equiv", "name"},
    "section": {"aria-label", "id"},
    "div": {"class", "id"},
    "p": {"class", "role"},
    "form": {"aria-label", "hidden", "role"},
    "input": {"autocomplete", "checked", "max", "min", "name", "placeholder", "step", "type"},
    "select": {"name"},
    "option": {"value"},
    "button": {"type"},
    "th": {"class", "scope"},
    "a": {"href"},
    "details": {"open"},
}
HREF = re.compile(r"#[a-z]+|https?://[\w.:-]+/[\w./%?=#-]*", re.ASCII)
TEXTS = st.text() | st.sampled_from(HOSTILE) | st.text(alphabet="<>&\"'=/!-#;\\ acegilnoprst")


class Parsed(HTMLParser):
    """A page as a browser sees it, as far as elements, attributes and text go."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.unclosed: list[str] = []
        self.others: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        while self.unclosed and self.unclosed[-1] in ENDED_BY.get(tag, ()):
            self.unclosed.pop()
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.unclosed[-1] != tag and self.unclosed[-1] in ENDED_BY:
            self.unclosed.pop()
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.unclosed):
            self.texts[tag][-1] += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def page(ranking: Ranking, *, with_evidence: bool = True) -> str:
    stream = io.StringIO()
    write_html(ranking, stream, with_evidence=with_evidence)
    return stream.getvalue()


def assert_only_ours(parsed: Parsed) -> None:
    for tag, attributes in parsed.elements:
        assert set(attributes) <= WRITTEN[tag], tag
        if tag == "a":
            assert HREF.fullmatch(attributes["href"] or "")
    assert parsed.unclosed == []
    assert parsed.others == []


RANKINGS = st.builds(
    Ranking,
    TEXTS,
    st.lists(
        st.builds(
            RankedIssue,
            st.integers(1, 10**6),
            st.builds(IssueKey, TEXTS, st.integers(0, 10**9)),
            TEXTS,
            TEXTS | st.sampled_from(ADDRESSES) | TEXTS.map("https://octo.example/".__add__),
            st.floats(0, 1),
            st.lists(st.builds(Evidence, TEXTS, st.floats(-9, 9), st.booleans()), max_size=2).map(
                tuple
            ),
            st.lists(TEXTS, max_size=2).map(tuple),
            st.none()
            | st.builds(
                Outlook, st.sampled_from(Scenario), st.floats(0, 1), st.integers(1, 4), st.just(4.0)
            ),
        ),
        max_size=3,
    ).map(tuple),
    st.none() | st.floats(0, 1),
    st.sampled_from(["probability", "priority"]),
    st.booleans(),
)


@given(ranking=RANKINGS, with_evidence=st.booleans())
def test_no_text_becomes_an_element_an_attribute_or_a_link(
    ranking: Ranking, *, with_evidence: bool
) -> None:
    parsed = Parsed(page(ranking, with_evidence=with_evidence))

    assert_only_ours(parsed)
    assert Counter(tag for tag, _ in parsed.elements)["script"] == bool(ranking.entries)
    assert len(parsed.texts.get("tr", [])) >= len(ranking.entries)


def test_hostile_words_show_as_they_are_and_lead_nowhere() -> None:
    parsed = Parsed(page(hostile_ranking()))

    assert_only_ours(parsed)
    assert {attributes["href"] for tag, attributes in parsed.elements if tag == "a"} == {
        "#guide",
        *(f"#{kind}" for kind in Scenario),
    }
    rows = parsed.texts["tr"]
    assert any(HOSTILE[0] in row for row in rows)
    assert any(HOSTILE[6] in row for row in rows)


def test_what_is_longer_than_any_title_is_cut() -> None:
    entry = RankedIssue(1, IssueKey("octo/demo", 1), "W" * 10**6, "", 0.5)

    assert "W" * 255 + "…<" in page(Ranking("words", (entry,)))


@pytest.mark.parametrize("tag", ["style", "script"])
def test_the_policy_lets_nothing_act_but_our_own_style_and_script(tag: str) -> None:
    parsed = Parsed(page(plain_ranking()))
    (policy,) = (
        attributes["content"] or ""
        for _, attributes in parsed.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )

    (content,) = parsed.texts[tag]
    checksum = b64encode(sha256(content.encode()).digest()).decode()
    assert f"{tag}-src 'sha256-{checksum}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_the_page_fetches_nothing() -> None:
    parsed = Parsed(page(plain_ranking()))

    assert not re.search(r"url\(|@import", parsed.texts["style"][0])
    assert not re.search(r"fetch|import\b|XMLHttp|eval|innerHTML", parsed.texts["script"][0])
    assert not {"src", "srcset", "style", "background"} & {
        name for _, attributes in parsed.elements for name in attributes
    }


def test_a_thousand_issues_with_their_reasons_stay_below_a_megabyte() -> None:
    line = "x" * 70  # titles and reasons are that long, on average, among the study's issues
    entries = tuple(
        RankedIssue(
            rank,
            IssueKey("tensorflow/tensorflow", 30000 + rank),
            line,
            f"https://github.com/tensorflow/tensorflow/issues/{30000 + rank}",
            0.4,
            tuple(Evidence(f"{line}{n or ''}", 0.25 - n / 10, is_quote=True) for n in range(6)),
            outlook=Outlook(Scenario.PERFORMANCE, 0.35, 2, 3.6),
        )
        for rank in range(1, 1001)
    )

    assert len(page(Ranking("words", entries, has_outlooks=True)).encode()) < 1_000_000


def test_the_same_ranking_gives_the_same_page() -> None:
    assert page(hostile_ranking()) == page(hostile_ranking())


def test_an_issue_tells_how_likely_it_is_in_a_number_a_bar_and_words() -> None:
    text = page(plain_ranking())

    assert "<b>81.0\N{NO-BREAK SPACE}%</b>" in text
    assert '<i class="w81"></i>' in text
    assert "<small>very likely</small>" in text


def test_a_scenario_that_is_no_favourite_is_told_with_doubt() -> None:
    unsure = replace(plain_ranking().entries[0], outlook=Outlook(Scenario.SHAPE, 0.31, 2, 3.5))
    text = page(replace(plain_ranking(), entries=(unsure,)))

    assert '<a href="#shape">perhaps wrong shape</a> 31\N{NO-BREAK SPACE}%' in text
    assert "impact 2 of 4, moderate" in text


def test_reasons_are_counted_and_weighed() -> None:
    text = page(plain_ranking())

    assert "Reasons: 1 for, 1 against" in text
    assert "<li><b>+1.20</b>the title<li>" in text
    assert "<li><i>\N{MINUS SIGN}0.20</i>a short description<" in text


def test_the_head_tells_whose_issues_they_are_and_how_many_bugs_to_expect() -> None:
    both = page(plain_ranking())
    lumen = tuple(entry for entry in plain_ranking().entries if entry.key.repo == "octo/lumen")
    one = page(replace(plain_ranking(), entries=lumen, threshold=0.6))

    assert "6 issues of 2 repositories, the likeliest first." in both
    assert "about 2 silent bugs" in both
    assert "<small><bdi>octo/lumen</bdi>#30</small>" in both
    assert "3 issues of <b>octo/lumen</b>" in one
    assert "<small>#30</small>" in one
    assert "<title>Possible silent bugs of octo/lumen</title>" in one
    assert "worth reading from 60.0\N{NO-BREAK SPACE}% on, which 2 reach" in one


def test_only_what_there_is_to_choose_from_can_be_chosen() -> None:
    several = Parsed(page(plain_ranking()))
    alone = Parsed(
        page(
            replace(plain_ranking(), entries=plain_ranking().entries[:1], has_outlooks=False),
            with_evidence=False,
        )
    )

    def fields(parsed: Parsed) -> set[str | None]:
        return {
            attributes["name"] for tag, attributes in parsed.elements if tag in {"input", "select"}
        }

    assert fields(several) == {"text", "repo", "least", "kind", "order", "reasons"}
    assert fields(alone) == {"text", "least", "order"}


def test_what_to_check_first_is_told_of_the_scenarios_that_there_are() -> None:
    text = page(plain_ranking())

    assert text.count("What to check first:") == 4
    assert "Give the parameter two extreme values" in text
    assert "Try a batch of one" not in text


def test_a_ranking_without_issues_says_so_and_has_nothing_to_act() -> None:
    text = page(Ranking("words", ()))

    assert "No issue is left to rank." in text
    assert "<script" not in text
    assert "<table" not in text
