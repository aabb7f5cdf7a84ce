"""What the linear model sees of an issue: four texts and a list of facts.

The facts are what a triager looks for before reading: is there an error, is something
expected and something else observed, is it a question? Each has words for when it holds and
for when it does not, so that it can serve as a reason.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.types import NormalizedIssue, Section, Segment, SegmentKind

# A rendered text has lost what tells these apart: a model that saw it would learn the renderer.
PROSE_KINDS = frozenset(
    {
        SegmentKind.PROSE,
        SegmentKind.HEADING,
        SegmentKind.LIST_ITEM,
        SegmentKind.QUOTE,
        SegmentKind.TABLE,
    }
)
TEXT_KINDS: Mapping[str, frozenset[SegmentKind]] = {
    "title": frozenset({SegmentKind.TITLE}),
    "prose": PROSE_KINDS,
    "error": frozenset({SegmentKind.ERROR}),
    "code": frozenset({SegmentKind.CODE}),
}
TEXT_COLUMNS = tuple(TEXT_KINDS)


@dataclass(frozen=True, slots=True)
class Fact:
    """A yes-no or counted property of an issue, with words for having and for lacking it."""

    name: str
    present: str
    absent: str
    measure: Callable[[NormalizedIssue], float]  # 0.0 where absent


def texts_of(issues: Sequence[NormalizedIssue]) -> dict[str, list[str]]:
    """The texts of ``TEXT_COLUMNS``, each (issues,)."""
    return {
        column: [_join(issue, kinds) for issue in issues] for column, kinds in TEXT_KINDS.items()
    }


def facts_of(issues: Sequence[NormalizedIssue]) -> NDArray[np.float64]:
    """The values of ``FACTS``: (issues, facts)."""
    return np.array([[fact.measure(issue) for fact in FACTS] for issue in issues])


def _join(issue: NormalizedIssue, kinds: Collection[SegmentKind]) -> str:
    return "\n".join(segment.text for segment in issue.segments if segment.kind in kinds)


def _words(issue: NormalizedIssue) -> str:
    return _join(issue, PROSE_KINDS | {SegmentKind.TITLE})


def _has(predicate: Callable[[Segment], bool]) -> Callable[[NormalizedIssue], float]:
    return lambda issue: float(any(predicate(segment) for segment in issue.segments))


def _lines(kinds: Collection[SegmentKind]) -> Callable[[NormalizedIssue], float]:
    def measure(issue: NormalizedIssue) -> float:
        return math.log1p(sum(s.line_count for s in issue.segments if s.kind in kinds))

    return measure


def _mentions(
    pattern: str, text: Callable[[NormalizedIssue], str] = _words
) -> Callable[[NormalizedIssue], float]:
    expression = re.compile(pattern, re.IGNORECASE)
    return lambda issue: float(expression.search(text(issue)) is not None)


def _title(issue: NormalizedIssue) -> str:
    return issue.segments[0].text


def _code(issue: NormalizedIssue) -> str:
    return _join(issue, {SegmentKind.CODE})


def _any_of(words: str) -> str:
    return rf"\b(?:{'|'.join(words.split())})\b"


EXCEPTION_NAME = r"\b[A-Z][A-Za-z]*(?:Error|Exception|Warning)\b"
WRONG = _any_of(
    """wrong(?:ly)? incorrect(?:ly)? inconsistent(?:ly)? inconsistency mismatch(?:es|ed)?
    different(?:ly)? differs? discrepancy unexpected(?:ly)? misleading ambiguous inaccurate
    silent(?:ly)? ignor(?:es|ed|ing) overrid(?:es|den) overwrit(?:es|ten) double twice
    missing lost loses"""
)
NOT_DOING = (
    r"\b(?:does|do|did|is|are|was|were|has|have|should|will|can)(?: not|n['\u2019]t)\s+"
    r"(?:\w+\s+){0,2}?"
    r"(?:work|affect|update|change|save|load|restore|respect|honou?r|match|equal|return|reset"
    r"|apply|applied|appear|show|display|propagate|forward|pass|use|used|set|same|correct)"
)
CRASH = _any_of(
    """crash(?:es|ed|ing)? segfaults? segmentation core\\sdump(?:ed)? abort(?:s|ed)? hangs?
    freez(?:es|ing) stuck deadlock fail(?:s|ed|ure)? error(?:s)? exception traceback
    out\\sof\\smemory oom raises? throws?"""
)
BUILD = _any_of(
    "(?<!nightly\\s)build(?:ing)? compil(?:e|ing|ation) install(?:ing|ation)? bazel pip dll"
)
FEATURE = (
    r"\b(?:feature request|please add|would be (?:nice|great|useful|helpful)|it is desirable"
    r"|add support|support for|enhancement|proposal|deprecat(?:ed?|ion))\b"
)
QUESTION = r"\b(?:how (?:to|do|can|should)|is it possible|is there (?:a|any) way|what is the)\b"
DOCUMENTATION = r"\b(?:docs?|documentation|docstring|tutorial|typo|broken link|example in)\b"
EXPECTATION = r"\b(?:expect(?:ed|s)?|should (?:be|have|return|give|equal|match))\b"
COMPARISON = (
    r"\ballclose\b|\bassert\b|\barray_equal\b|assert_(?:allclose|equal|almost_equal)"
    r"|\bprint\([^\n]{0,80}(?:==|-)"
)
SAVING = r"\b(?:save|load|saved|loaded|saving|loading|reload|restore|checkpoint|serializ\w+)\b"
PERFORMANCE = r"\b(?:slow(?:er|ly|down)?|performance|memory leak|speed|times faster|throughput)\b"
VERSIONS = r"\b(?:used to work|worked (?:in|with|on)|regression|in (?:tf|version) ?\d|since \d)"
NUMBERS = r"\b(?:accuracy|loss|metric|gradient|result|value|output|shape|weight|nan|zero)s?\b"

FACTS: tuple[Fact, ...] = (
    Fact(
        "has_error",
        "an error or traceback",
        "no error or traceback",
        _has(lambda segment: segment.kind is SegmentKind.ERROR),
    ),
    Fact(
        "error_lines", "a long traceback", "a short traceback or none", _lines({SegmentKind.ERROR})
    ),
    Fact(
        "exception_in_title",
        "an exception named in the title",
        "no exception named in the title",
        _mentions(EXCEPTION_NAME, _title),
    ),
    Fact(
        "crash_in_title",
        "a failure named in the title",
        "no failure named in the title",
        _mentions(CRASH, _title),
    ),
    Fact(
        "wrong_in_title",
        "the title says that something is wrong or differs",
        "the title does not say that something is wrong or differs",
        _mentions(WRONG, _title),
    ),
    Fact(
        "inaction_in_title",
        "the title says that something has no effect",
        "the title does not say that something has no effect",
        _mentions(NOT_DOING, _title),
    ),
    Fact(
        "wrong",
        "says that something is wrong or differs",
        "does not say that something is wrong",
        _mentions(WRONG),
    ),
    Fact(
        "inaction",
        "says that something has no effect",
        "does not say that something has no effect",
        _mentions(NOT_DOING),
    ),
    Fact("crash", "speaks of a failure", "speaks of no failure", _mentions(CRASH)),
    Fact(
        "expected",
        "says what was expected",
        "does not say what was expected",
        _mentions(EXPECTATION),
    ),
    Fact(
        "expected_section",
        "expected behaviour filled in",
        "no expected behaviour filled in",
        _has(lambda segment: segment.section is Section.EXPECTED),
    ),
    Fact(
        "current_section",
        "current behaviour filled in",
        "no current behaviour filled in",
        _has(lambda segment: segment.section is Section.CURRENT),
    ),
    Fact("code_lines", "much code", "little or no code", _lines({SegmentKind.CODE})),
    Fact("log_lines", "a long log", "a short log or none", _lines({SegmentKind.LOG})),
    Fact("prose_lines", "a long description", "a short description", _lines(PROSE_KINDS)),
    Fact(
        "comparison",
        "code that compares results",
        "no code that compares results",
        _mentions(COMPARISON, _code),
    ),
    Fact(
        "saving", "speaks of saving or loading", "nothing on saving or loading", _mentions(SAVING)
    ),
    Fact(
        "performance",
        "speaks of speed or memory",
        "nothing on speed or memory",
        _mentions(PERFORMANCE),
    ),
    Fact(
        "versions",
        "says that it once worked",
        "does not say that it once worked",
        _mentions(VERSIONS),
    ),
    Fact(
        "numbers", "speaks of results or values", "nothing on results or values", _mentions(NUMBERS)
    ),
    Fact("build", "speaks of building or installing", "nothing on building", _mentions(BUILD)),
    Fact("feature", "asks for a feature", "asks for no feature", _mentions(FEATURE)),
    Fact("question", "asks how to do something", "no how-to question", _mentions(QUESTION)),
    Fact(
        "question_in_title",
        "the title is a question",
        "the title is no question",
        _mentions(r"\?|^(?:how|what|why|is|can|does)\b", _title),
    ),
    Fact(
        "documentation_in_title",
        "documentation in the title",
        "no documentation in the title",
        _mentions(DOCUMENTATION, _title),
    ),
    Fact(
        "documentation",
        "speaks of documentation",
        "nothing on documentation",
        _mentions(DOCUMENTATION),
    ),
)
