"""Hostile text: normalizing is total, bounded, idempotent and linear."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.normalize import normalize
from classifier.normalize.characters import BODY_LIMIT, BODY_LINE_LIMIT, clean, clip, clip_lines
from classifier.types import Issue, IssueKey, SegmentKind

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))  # lone surrogates too
PIECES = (
    *("```", "~~~python", "> ", "- ", "1. ", "    ", "\n", "\n\n", "\r", "|a|b|\n|-|-|\n", "# a\n"),
    *("<!--", "-->", "<details>", "</p>", "<img alt='x'>", "![", "](", "**", "__", "`", "a\n=\n"),
    *("\x00", "\u202e", "\ud800", "&lt;", "&#x202e;", "&#0;", "&#8232;", "\u0301", "\u2028"),
    *("Traceback (most recent call last):\n", '  File "a.py", line 1\n', "ValueError: x\n"),
    *("x = f(1)\n", "Epoch 1/2\n", "https://example.org/a ", "word ", "System information\n"),
    *("Expected behavior\n", "Python version: 3\n", "Please make sure that this is a bug "),
)
MARKUP = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)

ONE_MEGABYTE = 1_000_000
HOSTILE = {
    "asterisks": "*",
    "backticks": "`",
    "brackets": "[",
    "images": "![",
    "angles": "<",
    "comments": "<!--",
    "declarations": "<![CDATA[",
    "nulls": "\x00",
    "bidi marks": "\u202e",
    "combining marks": "\u0301",
    "one line": "lorem ipsum ",
    "one word": "a",
    "spaces": " ",
    "line breaks": "\n",
    "quotes": "> ",
    "lists": "- ",
    "list lines": "- a\n",
    "fences": "```\n~~~\n",
    "code": "x = f(y)\n",
    "open brackets": "x = f((\n",
    "errors": "ValueError: x\n",
    "tracebacks": "Traceback (most recent call last):\n",
    "rows": "|a|b|\n|-|-|\n",
    "short rows": "|\n",
    "headings": "# a\n",
    "addresses": "http://a.b/c ",
    "template headings": "Describe the current behavior ",
    "colons": "while : : : ",
}


def _issue(title: str, body: str) -> Issue:
    return Issue(IssueKey("octo/demo", 1), title, body)


@given(title=ANY_TEXT, body=ANY_TEXT | MARKUP)
def test_any_text_is_normalized_within_bounds(title: str, body: str) -> None:
    segments = normalize(_issue(title, body)).segments
    assert segments[0].kind is SegmentKind.TITLE
    assert all(segment.kind is not SegmentKind.TITLE for segment in segments[1:])
    length = sum(len(segment.text) for segment in segments)
    assert length <= 3 * (len(title) + len(body)) + 100
    assert len(segments) <= 2 * len(body) + 1
    assert all(segment.line_count >= 1 for segment in segments)


@given(title=ANY_TEXT, body=ANY_TEXT | MARKUP)
def test_normalizing_twice_changes_nothing(title: str, body: str) -> None:
    once = normalize(_issue(title, body)).text
    assert normalize(_issue(once, "")).text == " ".join(once.split())


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode()  # no lone surrogate is left


@given(MARKUP)
def test_line_ends_do_not_matter(body: str) -> None:
    assert normalize(_issue("", body.replace("\n", "\r\n"))) == normalize(_issue("", body))


@given(ANY_TEXT, st.integers(40, 80))
def test_clipping_keeps_to_its_limit_and_to_both_ends(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped.startswith(text[: limit // 2])
    assert text.endswith(clipped[-(limit // 8) :])
    assert clip_lines(text, limit).count("\n") < limit


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_anything_is_cut_to_what_github_takes(piece: str) -> None:
    body = piece * (ONE_MEGABYTE // len(piece))
    segments = normalize(_issue("", body)).segments
    assert sum(len(segment.text) for segment in segments) <= BODY_LIMIT + 2 * BODY_LINE_LIMIT
    assert len(segments) <= BODY_LIMIT // 8


def test_a_traceback_may_end_in_one_word_as_long_as_a_body() -> None:
    # a pattern that backtracks is a single call to the profile below: here it takes a minute
    word = "Aa" * 32_000
    segments = normalize(_issue("", f"Traceback (most recent call last):\n{word}!")).segments
    assert segments[1].exception == "Traceback"
    assert segments[2].text == f"{word}!"


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_text_takes_twice_the_steps(
    piece: str, count_calls: Callable[[str], int]
) -> None:
    base = 4_000
    count_calls(piece * (base // len(piece)))
    once = count_calls(piece * (base // len(piece)))
    twice = count_calls(piece * (2 * base // len(piece)))
    assert twice <= 2.6 * once + 2_000


@pytest.fixture
def count_calls() -> Callable[[str], int]:
    """Count function calls, Python's and C's, in place of seconds."""

    def count(body: str) -> int:
        calls = 0

        def note(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event in {"call", "c_call"}

        issue = _issue("", body)
        sys.setprofile(note)
        try:
            normalize(issue)
        finally:
            sys.setprofile(None)
        return calls

    return count
