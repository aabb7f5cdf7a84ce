"""Why an issue scores as it does: its own lines and facts, for and against.

A line's weight is what leaving it out changes, so it holds for every kind of model.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from classifier.scorers import Scorer
from classifier.types import Evidence, NormalizedIssue, Segment, SegmentKind

MOST_PASSES = 40  # times that the model reads one issue again, whatever its length
LEAST_WEIGHT = 0.05  # log-odds; at even odds about one percentage point
LONGEST_QUOTE = 160  # characters
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
# One line of these means little without the others, so they stand or fall together.
UNDIVIDED = {SegmentKind.TITLE, SegmentKind.CODE, SegmentKind.ERROR, SegmentKind.LOG}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some neighbouring sentences of one segment."""

    segment: int  # its index in the issue
    sentences: slice


def explain(issue: NormalizedIssue, scorer: Scorer, *, most: int = 6) -> tuple[Evidence, ...]:
    """Return up to ``most`` reasons, the strongest first, each worth its signed log-odds."""
    sentences = [_sentences(segment) for segment in issue.segments]
    pieces = list(_pieces(sentences))
    variants = [_without(issue, piece, sentences) for piece in pieces]
    whole, *others = (_log_odds(score.probability) for score in scorer.score([issue, *variants]))
    quotes = [
        Evidence(_quote(sentences[piece.segment][piece.sentences]), whole - other, is_quote=True)
        for piece, other in zip(pieces, others, strict=True)
    ]
    reasons = (*quotes, *scorer.facts(issue))
    told = {reason.text: reason for reason in reversed(reasons) if _is_worth_telling(reason)}
    return tuple(sorted(told.values(), key=_strongest_first)[:most])


def _sentences(segment: Segment) -> list[str]:
    if segment.kind in UNDIVIDED:
        return [segment.text] if segment.text.strip() else []
    return [sentence for sentence in SENTENCE_ENDS.split(segment.text) if sentence.strip()]


def _pieces(sentences: Sequence[Sequence[str]]) -> Iterator[Piece]:
    """Cut an issue into at most ``MOST_PASSES`` pieces, in reading order.

    What is short goes sentence by sentence. Of a long issue neighbours go together, and past
    that the rest is left untold: reporters say what is wrong before they paste the logs.
    """
    size = 1
    while size < MOST_PASSES and _count(sentences, size) > MOST_PASSES:
        size += 1
    pieces = (
        Piece(segment, slice(start, start + size))
        for segment, within in enumerate(sentences)
        for start in range(0, len(within), size)
    )
    yield from (piece for piece, _ in zip(pieces, range(MOST_PASSES), strict=False))


def _count(sentences: Sequence[Sequence[str]], size: int) -> int:
    return sum(math.ceil(len(within) / size) for within in sentences)


def _without(
    issue: NormalizedIssue, piece: Piece, sentences: Sequence[Sequence[str]]
) -> NormalizedIssue:
    segment = issue.segments[piece.segment]
    left = list(sentences[piece.segment])
    del left[piece.sentences]
    is_needed = bool(left) or segment.kind is SegmentKind.TITLE  # the title's place is the first
    rest = (replace(segment, text=" ".join(left)),) if is_needed else ()
    before, after = issue.segments[: piece.segment], issue.segments[piece.segment + 1 :]
    return replace(issue, segments=(*before, *rest, *after))


def _quote(sentences: Sequence[str]) -> str:
    words = " ".join(" ".join(sentences).split())
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1].rstrip() + "…"


def _log_odds(probability: float) -> float:
    likely = min(max(probability, 1e-6), 1 - 1e-6)  # certainty has no finite log-odds
    return math.log(likely / (1 - likely))


def _is_worth_telling(evidence: Evidence) -> bool:
    return abs(evidence.weight) >= LEAST_WEIGHT and bool(evidence.text.strip())


def _strongest_first(evidence: Evidence) -> tuple[float, str]:
    return -abs(evidence.weight), evidence.text
