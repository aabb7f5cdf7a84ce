"""What a model that reads sees of an issue."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.normalize import normalize
from classifier.scorers.features import texts_of
from classifier.scorers.reading import (
    CHARACTERS_A_TOKEN,
    TERM_COLUMNS,
    Piece,
    Reader,
    Reading,
    pieces_of,
    shares,
)
from classifier.types import Issue, IssueKey, NormalizedIssue, Section, Segment, SegmentKind
from tests.tiny_transformer import tiny_tokenizer, vocabulary

TOKENIZER = tiny_tokenizer()
IDS = vocabulary()
NAMES = [*IDS]
START, END = IDS["[CLS]"], IDS["[SEP]"]
CODE = "```python\nmodel.fit(x)\nprint(load_model(path))\n```"
TRACEBACK = "```\nTraceback (most recent call last):\nValueError: shapes differ\n```"
LOG = "\n".join(f"2021-03-04 05:06:0{n}.123456: I tensorflow/core/a.cc:{n}] step" for n in range(9))
ANSWERS = """**Describe the current behavior**
The mean is gamma.

**Describe the expected behavior**
The mean is delta.

**Code to reproduce the issue**
Take any mean."""
BLOCKS = (
    *(CODE, TRACEBACK, f"```\n{LOG}\n```", ANSWERS, "![Loss curve](https://example.org/a.png)"),
    *("https://example.org/some/page", "- one\n- two", "> alpha", "# Title", "| a | b |\n|-|-|"),
    *("alpha beta " * 40, "The loss is wrong, no error is shown."),
)
BODIES = st.lists(st.sampled_from(BLOCKS) | st.text(max_size=40), max_size=8).map("\n\n".join)


def normalized(title: str, body: str = "", number: int = 1) -> NormalizedIssue:
    return normalize(Issue(IssueKey("octo/demo", number), title, body))


def reader(budget: int = 256) -> Reader:
    return Reader(TOKENIZER, budget=budget, start=START, end=END)


def read(issue: NormalizedIssue, budget: int = 256) -> Reading:
    (reading,) = reader(budget).read([issue])
    return reading


def words(issue: NormalizedIssue, budget: int = 256) -> list[str]:
    """The tokens that are read, as words and pieces of words."""
    return [NAMES[token] for token in read(issue, budget).tokens]


def texts(issue: NormalizedIssue) -> list[str]:
    """The texts that are cut into tokens, as if there were no budget."""
    return [piece.text for piece in pieces_of(issue, 1000)]


def stand_in(kind: SegmentKind, text: str, **fields: object) -> str:
    segment = replace(Segment(kind, text), **fields)  # type: ignore[arg-type] # a segment's own
    issue = NormalizedIssue(IssueKey(), (Segment(SegmentKind.TITLE, ""), segment))
    return texts(issue)[1]


def equal(first: Reading, second: Reading) -> bool:
    own, other = ([one.tokens, *one.terms, *one.counts] for one in (first, second))
    return all(np.array_equal(a, b) for a, b in zip(own, other, strict=True))


@settings(max_examples=60)
@given(title=st.text(max_size=60), body=BODIES, budget=st.integers(16, 96))
def test_a_budget_is_never_exceeded(title: str, body: str, budget: int) -> None:
    tokens = read(normalized(title, body), budget).tokens

    assert 3 <= len(tokens) <= budget
    assert tokens.dtype == np.int64
    assert (tokens[0], tokens[-1]) == (START, END)
    assert tokens.min() >= 0
    assert tokens.max() < len(IDS)


def test_the_title_is_read_first_and_the_body_after_a_mark() -> None:
    assert words(normalized("Wrong loss", "Alpha beta.")) == [
        *("[CLS]", "wrong", "loss", "[SEP]", "alpha", "beta", ".", "[SEP]")
    ]
    assert words(normalized("", "")) == ["[CLS]", "[SEP]", "[SEP]"]


def test_a_long_title_leaves_half_to_the_body() -> None:
    tokens = words(normalized("alpha " * 100, "beta " * 100), 63)

    assert tokens.count("alpha") == 30
    assert tokens.count("beta") == 30


def test_pieces_are_read_in_the_order_of_the_issue() -> None:
    body = f"Alpha.\n\n{CODE}\n\nBeta.\n\n{TRACEBACK}\n\nGamma."

    tokens = words(normalized("Title", body))

    order = [tokens.index(word) for word in ("title", "alpha", "code", "beta", "error", "gamma")]
    assert order == sorted(order)


def test_code_is_stood_in_for_by_what_it_calls() -> None:
    body = f"Alpha.\n\n{CODE}\n\n```python\nx = 1\n```"

    assert texts(normalized("Title", body)) == [
        *("Title", "Alpha.", "[code 2 lines: model.fit, load_model]", "[code 1 line]")
    ]


def test_calls_are_told_once_by_two_parts_of_their_name_and_up_to_eight() -> None:
    code = "a.b.c.fit(1)\nother.c.fit(2)\nif (x): len(range(3))\n" + "".join(
        f"call_{n}()\n" for n in range(9)
    )

    told = stand_in(SegmentKind.CODE, code, line_count=12)

    assert told == f"[code 12 lines: c.fit, {', '.join(f'call_{n}' for n in range(7))}]"


def test_an_error_is_stood_in_for_by_its_type_and_message() -> None:
    named = stand_in(SegmentKind.ERROR, "ValueError: odd shape", exception="ValueError")
    unnamed = stand_in(SegmentKind.ERROR, "odd shape", exception="ValueError")

    assert texts(normalized("T", TRACEBACK))[1] == "[error ValueError: shapes differ]"
    assert named == unnamed == "[error ValueError: odd shape]"
    assert stand_in(SegmentKind.ERROR, "odd shape") == "[error odd shape]"


def test_logs_links_and_pictures_are_stood_in_for_by_what_they_are() -> None:
    assert stand_in(SegmentKind.LOG, "step 1\nstep 2", line_count=2) == "[log 2 lines]"
    assert stand_in(SegmentKind.LINK, "https://example.org/a") == "[link]"
    assert stand_in(SegmentKind.IMAGE, "Loss curve") == "[image Loss curve]"
    assert stand_in(SegmentKind.IMAGE, "") == "[image]"
    assert texts(normalized("T", f"```\n{LOG}\n```"))[1] == "[log 9 lines]"


def test_a_stand_in_takes_at_most_32_tokens() -> None:
    body = "```\nTraceback (most recent call last):\nValueError: " + "beta " * 200 + "\n```"

    assert words(normalized("Title", body), 512).count("beta") <= 32


def test_answers_are_marked_where_their_section_begins() -> None:
    read_texts = texts(normalized("Title", f"{ANSWERS}\n\n{CODE}\n\nAnd more."))

    assert read_texts[1:] == [
        "actual: The mean is gamma.",
        "expected: The mean is delta.",
        "to reproduce: Take any mean.",
        "[code 2 lines: model.fit, load_model]",
        "And more.",
    ]


def test_answers_are_read_before_other_prose_where_not_all_fits() -> None:
    tokens = words(normalized("Title", f"{'alpha ' * 100}\n\n{ANSWERS}\n\n{'beta ' * 100}"), 48)

    assert {"actual", "gamma", "expected", "delta"} <= {*tokens}
    assert tokens.index("alpha") < tokens.index("gamma") < tokens.index("delta")
    assert "beta" not in tokens


def test_the_first_stand_ins_of_a_kind_come_before_prose_and_later_ones_after_it() -> None:
    prose = "alpha " * 100
    errors = "\n\nbeta\n\n".join([TRACEBACK] * 6)
    issue = normalized("Title", f"{prose}\n\n{errors}")

    assert words(issue, 100).count("error") == 3
    assert words(issue, 100).count("alpha") > 0
    assert words(issue, 512).count("error") == 6


def test_what_is_served_first_is_what_has_the_earlier_turn() -> None:
    pieces = [Piece("", 3, 10), Piece("", 1, 4), Piece("", 3, 10), Piece("", 2, 10)]

    assert shares(pieces, [8, 8, 8, 8], 16) == [4, 4, 0, 8]
    assert shares(pieces, [8, 8, 8, 8], 100) == [8, 4, 8, 8]
    assert shares(pieces, [8, 8, 8, 8], 0) == [0, 0, 0, 0]
    assert shares([], [], 5) == []


ISSUES = [
    normalized(title, body, number)
    for number, (title, body) in enumerate(
        [("Wrong loss", ANSWERS), ("Crash", TRACEBACK), ("", ""), ("損失 🙂", CODE), ("A", LOG)]
    )
]


@given(order=st.permutations(ISSUES), count=st.integers(0, len(ISSUES)))
def test_a_reading_does_not_depend_on_the_issues_around_it(
    order: Sequence[NormalizedIssue], count: int
) -> None:
    together = reader(64).read(order[:count])

    assert len(together) == count
    assert all(equal(one, read(issue, 64)) for one, issue in zip(together, order, strict=False))


@settings(max_examples=60)
@given(title=st.text(), body=st.text() | BODIES)
def test_terms_and_counts_are_those_of_the_whole_text_past_the_budget(
    title: str, body: str
) -> None:
    issue = normalized(title, body)
    reading = read(issue, 128)

    for column, terms, counts in zip(TERM_COLUMNS, reading.terms, reading.counts, strict=True):
        (text,) = texts_of([issue])[column]
        whole = Counter(TOKENIZER.encode(text, add_special_tokens=False).ids)
        assert dict(zip(terms.tolist(), counts.tolist(), strict=True)) == dict(whole)
        assert terms.dtype == counts.dtype == np.int64


def test_terms_of_a_long_text_are_counted_up_to_the_clip() -> None:
    reading = read(normalized("Title", "a " * 5000), 103)

    kept = 100 * CHARACTERS_A_TOKEN
    assert reading.counts[1].tolist() == [kept // 2]
    assert len(reading.tokens) == 103


HOSTILE = (
    "(" * 60_000,
    "Error" * 12_000,
    "a" * 60_000,
    "is" + " " * 60_000,
    "print(" * 9_000,
    "\x00\x1b[31m\x7f\u202e\u200b\ufeff" * 5_000,
    "\ud800 lone",
    "損失が違う🙂" * 5_000,
    "a\u0301\u0323" * 20_000,
    "[CLS] [SEP] [PAD] [MASK] " * 2_000,
    "![" * 20_000,
    "```\n" * 4_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]))
def test_hostile_texts_are_read_within_the_budget_and_alike_twice(text: str) -> None:
    issue = normalized(text, f"{text}\n\n```python\n{text}\n```\n\n{TRACEBACK}\n{text}")

    first = read(issue)

    assert len(first.tokens) <= 256
    assert (first.tokens[0], first.tokens[-1]) == (START, END)
    assert equal(first, read(issue))


@pytest.mark.parametrize("section", [*Section])
def test_a_segment_of_any_kind_and_section_is_read(section: Section) -> None:
    segments = [Segment(kind, "alpha", section) for kind in SegmentKind]
    issue = NormalizedIssue(IssueKey(), (Segment(SegmentKind.TITLE, "beta"), *segments))

    assert len(read(issue).tokens) > len(SegmentKind)


def test_marks_that_a_text_spells_out_are_text(make_issue: Callable[..., Issue]) -> None:
    tokenizer = tiny_tokenizer()
    reader = Reader(tokenizer, budget=64, start=2, end=3)

    (reading,) = reader.read(
        [normalize(make_issue(title="[SEP] [CLS] [PAD] [MASK]", body="[SEP]"))]
    )

    ids = vocabulary()
    marks = [ids[mark] for mark in ("[PAD]", "[CLS]", "[SEP]", "[MASK]")]
    assert reading.tokens[0] == ids["[CLS]"]
    assert np.isin(reading.tokens, marks).sum() == 3  # start, end of the title, end
    assert not np.isin(np.concatenate(reading.terms), marks).any()
