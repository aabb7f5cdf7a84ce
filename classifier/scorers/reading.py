"""What a model that reads sees of an issue: tokens in reading order, terms and facts.

Tokens are what the encoder reads, under a budget. Title and prose are read as they are. Code,
tracebacks, logs, links and pictures, of which a small model understands little and which would
fill its window, are stood in for: ``[code 23 lines: Model.fit, load_model]``, ``[error ValueError:
shapes differ]``. What does not fit is left out by what it is, not by where it stands: a listing
never crowds out what was expected.

Terms are the word pieces of the whole title, prose and errors with their counts, past the budget:
what a model that counts knows, beside one that reads (wide and deep: Cheng et al., DLRS 2016).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from classifier.scorers.features import TEXT_KINDS
from classifier.types import NormalizedIssue, Section, Segment, SegmentKind

TERM_COLUMNS = ("title", "prose", "error")
"""Texts whose terms are counted, each apart, in the order of ``Reading.terms``."""
CHARACTERS_A_TOKEN = 12
"""Far more than English has, so that a hostile text is cut before it is cut into tokens."""
STAND_IN = 32
"""Tokens that a stand-in may take."""
STAND_INS_FIRST = 3
"""So many stand-ins of a kind come before prose, the others after it."""
CALLS_TOLD = 8
OF_NO_INTEREST = frozenset(
    ["print", "range", "len", "int", "str", "float", "list", "tuple", "dict", "super", "if"]
)
CALL = re.compile(r"(?<![\w.])([A-Za-z_][\w.]{0,80})\s?\(")
MARKS = {
    Section.EXPECTED: "expected: ",
    Section.CURRENT: "actual: ",
    Section.REPRODUCTION: "to reproduce: ",
}
UNREAD = {SegmentKind.CODE, SegmentKind.LOG, SegmentKind.IMAGE, SegmentKind.LINK}
ANSWERS = {Section.EXPECTED, Section.CURRENT}

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One issue as numbers; all lengths differ from issue to issue."""

    tokens: Ids  # (tokens,), the encoder's, with its start and end marks
    terms: tuple[Ids, ...]  # for each of TERM_COLUMNS, the distinct word pieces: (terms,)
    counts: tuple[Ids, ...]  # how often each occurs, from 1: (terms,)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of an issue, and what it may take of the budget."""

    text: str
    turn: int  # pieces of an earlier one are served first
    most: int  # tokens


class Reader:
    """Cuts issues into tokens and terms."""

    def __init__(self, tokenizer: Tokenizer, *, budget: int, start: int, end: int) -> None:
        """Read at most ``budget`` tokens; ``start`` and ``end`` are the ids of the marks."""
        tokenizer.encode_special_tokens = True  # "[SEP]" in a text is text, not a mark
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self._budget = budget - 3  # start, end of the title, end
        self._start, self._end = start, end

    def read(self, issues: Sequence[NormalizedIssue]) -> list[Reading]:
        """Readings in the order of the issues; one issue's does not depend on the others."""
        pieces = [pieces_of(issue, self._budget) for issue in issues]
        columns = [_columns(issue, self._budget) for issue in issues]
        texts = [
            text
            for own, column in zip(pieces, columns, strict=True)
            for text in (*(piece.text for piece in own), *column)
        ]
        cut = iter(self._tokenizer.encode_batch_fast(texts, add_special_tokens=False))
        return [
            self._reading(own, list(islice(cut, len(own))), list(islice(cut, len(TERM_COLUMNS))))
            for own in pieces
        ]

    def _reading(
        self, pieces: Sequence[Piece], cut: Sequence[Encoding], columns: Sequence[Encoding]
    ) -> Reading:
        title, *others = (
            encoding.ids[:kept]
            for encoding, kept in zip(
                cut, shares(pieces, [len(encoding) for encoding in cut], self._budget), strict=True
            )
        )
        body = [token for ids in others for token in ids]
        counted = [Counter(encoding.ids) for encoding in columns]
        return Reading(
            np.array([self._start, *title, self._end, *body, self._end], np.int64),
            tuple(np.fromiter(counts.keys(), np.int64, len(counts)) for counts in counted),
            tuple(np.fromiter(counts.values(), np.int64, len(counts)) for counts in counted),
        )


def pieces_of(issue: NormalizedIssue, budget: int) -> list[Piece]:
    """The issue's pieces in reading order, the title first; ``budget`` is in tokens."""
    title, *others = issue.segments
    pieces = [Piece(_clipped(title.text, budget), 0, budget // 2)]
    told: Counter[SegmentKind] = Counter()
    section = Section.BODY
    for segment in others:
        mark = "" if segment.section is section else MARKS.get(segment.section, "")
        section = segment.section
        told[segment.kind] += 1
        is_late = told[segment.kind] > STAND_INS_FIRST
        pieces.append(_piece(segment, mark, budget, is_late=is_late))
    return pieces


def shares(pieces: Sequence[Piece], lengths: Sequence[int], budget: int) -> list[int]:
    """How many of its first tokens each piece may keep: (pieces,), together at most ``budget``.

    Pieces are served by their turn, those of one turn as they stand in the issue.
    """
    kept = [0] * len(pieces)
    left = budget
    for i in sorted(range(len(pieces)), key=lambda i: pieces[i].turn):
        kept[i] = min(lengths[i], pieces[i].most, left)
        left -= kept[i]
    return kept


def _piece(segment: Segment, mark: str, budget: int, *, is_late: bool) -> Piece:
    if segment.kind is SegmentKind.ERROR:
        return Piece(f"{mark}[error {_message(segment)}]", 4 if is_late else 1, STAND_IN)
    if segment.kind in UNREAD:
        return Piece(f"{mark}[{_stand_in(segment)}]", 5 if is_late else 2, STAND_IN)
    text = _clipped(f"{mark}{segment.text}", budget)
    if segment.section in ANSWERS:
        return Piece(text, 2, budget // 2)
    return Piece(text, 3, budget)


def _message(segment: Segment) -> str:
    is_named = segment.exception in segment.text
    words = segment.text if is_named else f"{segment.exception}: {segment.text}"
    return _clipped(words, STAND_IN)


def _stand_in(segment: Segment) -> str:
    lines = f"{segment.line_count} {'line' if segment.line_count == 1 else 'lines'}"
    match segment.kind:
        case SegmentKind.CODE:
            calls = ", ".join(islice(_calls(segment.text), CALLS_TOLD))
            return f"code {lines}: {calls}" if calls else f"code {lines}"
        case SegmentKind.LOG:
            return f"log {lines}"
        case kind:
            return (
                f"{kind.value} {_clipped(segment.text, STAND_IN)}"
                if (kind is SegmentKind.IMAGE and segment.text)
                else kind.value
            )


def _calls(code: str) -> Iterator[str]:
    """What a listing calls, in order of appearance, by the last two parts of its name."""
    seen = set(OF_NO_INTEREST)
    for match in CALL.finditer(code):
        name = ".".join(match[1].split(".")[-2:])
        if name not in seen:
            seen.add(name)
            yield name


def _columns(issue: NormalizedIssue, budget: int) -> list[str]:
    """The texts of ``TERM_COLUMNS``, each segment clipped."""
    return [
        "\n".join(
            _clipped(segment.text, budget)
            for segment in issue.segments
            if segment.kind in TEXT_KINDS[column]
        )
        for column in TERM_COLUMNS
    ]


def _clipped(text: str, budget: int) -> str:
    return text[: budget * CHARACTERS_A_TOKEN]
