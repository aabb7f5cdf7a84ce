"""Looks that spare the normalizer work must not change what it says."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from classifier.normalize.characters import (
    _COMBINING_RUN,
    _ESCAPE_SEQUENCE,
    _INVISIBLE,
    _LINE_BREAKS,
    _TOUCHED,
    _WIDE_SPACES,
    clean,
)
from classifier.normalize.markdown import _has_marks
from classifier.normalize.prompts import PROMPTS
from classifier.normalize.templates import _is_prompt, _key, _may_be_prompt, plain_line

ODD = st.sampled_from(
    [
        *("a", "\r\n", "\r", "\n", "\x1b[0m", "\x0b", "\x85", "\x00", "\u2028", "\u00a0", "\u3000"),
        *("\u200b", "e\u0301\u0301\u0301\u0301\u0301", "\ud800", "\ufe0f", "\uffff", "\u212b"),
    ]
)
INLINE = MarkdownIt("commonmark").enable(["strikethrough"])


@given(st.lists(ODD | st.characters()).map("".join))
def test_cleaning_at_a_glance_is_cleaning_in_all_steps(text: str) -> None:
    stepwise = _LINE_BREAKS.sub("\n", _ESCAPE_SEQUENCE.sub("", text))
    stepwise = _WIDE_SPACES.sub(" ", _INVISIBLE.sub("", stepwise))
    stepwise = _COMBINING_RUN.sub(r"\1", stepwise)

    assert clean(text) == unicodedata.normalize("NFC", stepwise)


def test_every_character_that_a_step_takes_out_is_seen_at_a_glance() -> None:
    taken = (_LINE_BREAKS, _INVISIBLE, _WIDE_SPACES)
    every = [chr(code) for code in range(0x11000) if chr(code) != "\n"]

    assert not [
        one
        for one in every
        if any(step.fullmatch(one) for step in taken) and not _TOUCHED.search(one)
    ]


@given(
    prompt=st.sampled_from(PROMPTS),
    before=st.sampled_from(["", " ", "\t", "- ", "**", "1. ", "[x] ", "_", "# ", "x"]),
    after=st.sampled_from(["", ":", " yes", "**: no", "_x", "\u0130", "\u212a", "s: 1"]),
    is_upper=st.booleans(),
)
def test_no_prompt_is_passed_over_for_its_first_word(
    prompt: str, before: str, after: str, *, is_upper: bool
) -> None:
    line = f"{before}{prompt.upper() if is_upper else prompt}{after}"

    assert _may_be_prompt(line) or not _is_prompt(_key(line))


@given(st.text(st.sampled_from("ab_ .>]!~&<*`[\\\n-1é")))
def test_text_that_is_taken_for_plain_is_what_the_parser_makes_of_it(text: str) -> None:
    if _has_marks(text):
        return
    (inline,) = INLINE.parseInline(text)
    parsed = "".join(
        "\n" if token.type in {"softbreak", "hardbreak"} else token.content
        for token in inline.children or ()
    )

    assert _words(parsed) == _words(text)


@given(st.text(st.sampled_from("ab*_ `#~-•[]x1.:é\t")))
def test_a_key_is_the_line_without_marks(line: str) -> None:
    plain = plain_line(line)

    assert _key(line) == " ".join(re.sub(r"[*_`#~]+", " ", plain).split()).lower()


def _words(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().split("\n")]
