"""What the linear model sees of an issue: four texts and a list of facts.

The facts are what a triager looks for before reading: is there an error, is something
expected and something else observed, is it a question? Each has words for when it holds and
for when it does not, so that it can serve as a reason.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.scorers.mentions import PROSE_KINDS, Mention, SeenIssue, Text
from classifier.scorers.phrases import (
    BUILD,
    COMPARISON,
    CRASH,
    DOCUMENTATION,
    EXCEPTION_NAME,
    EXPECTATION,
    FEATURE,
    NOT_DOING,
    NUMBERS,
    PERFORMANCE,
    QUESTION,
    QUESTION_IN_TITLE,
    SAVING,
    VERSIONS,
    WRONG,
)
from classifier.types import NormalizedIssue, Section, Segment, SegmentKind

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
    of: Callable[[SeenIssue], float]  # 0.0 where absent

    def measure(self, issue: NormalizedIssue) -> float:
        """Its value for an issue; ``facts_of`` measures all facts, and faster."""
        return self.of(SeenIssue(issue))


def texts_of(issues: Sequence[NormalizedIssue]) -> dict[str, list[str]]:
    """The texts of ``TEXT_COLUMNS``, each (issues,)."""
    return {
        column: [_join(issue, kinds) for issue in issues] for column, kinds in TEXT_KINDS.items()
    }


def facts_of(issues: Sequence[NormalizedIssue]) -> NDArray[np.float64]:
    """The values of ``FACTS``: (issues, facts)."""
    seen = [SeenIssue(issue) for issue in issues]
    return np.array([[fact.of(issue) for fact in FACTS] for issue in seen])


def _join(issue: NormalizedIssue, kinds: Collection[SegmentKind]) -> str:
    return "\n".join(segment.text for segment in issue.segments if segment.kind in kinds)


def _has(predicate: Callable[[Segment], bool]) -> Callable[[SeenIssue], float]:
    return lambda seen: float(any(predicate(segment) for segment in seen.issue.segments))


def _lines(kinds: Collection[SegmentKind]) -> Callable[[SeenIssue], float]:
    def measure(seen: SeenIssue) -> float:
        return math.log1p(sum(s.line_count for s in seen.issue.segments if s.kind in kinds))

    return measure


def _title(seen: SeenIssue) -> Text:
    return seen.title


def _code(seen: SeenIssue) -> Text:
    return seen.code


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
        Mention(EXCEPTION_NAME, _title),
    ),
    Fact(
        "crash_in_title",
        "a failure named in the title",
        "no failure named in the title",
        Mention(CRASH, _title),
    ),
    Fact(
        "wrong_in_title",
        "the title says that something is wrong or differs",
        "the title does not say that something is wrong or differs",
        Mention(WRONG, _title),
    ),
    Fact(
        "inaction_in_title",
        "the title says that something has no effect",
        "the title does not say that something has no effect",
        Mention(NOT_DOING, _title),
    ),
    Fact(
        "wrong",
        "says that something is wrong or differs",
        "does not say that something is wrong",
        Mention(WRONG),
    ),
    Fact(
        "inaction",
        "says that something has no effect",
        "does not say that something has no effect",
        Mention(NOT_DOING),
    ),
    Fact("crash", "speaks of a failure", "speaks of no failure", Mention(CRASH)),
    Fact(
        "expected",
        "says what was expected",
        "does not say what was expected",
        Mention(EXPECTATION),
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
        Mention(COMPARISON, _code),
    ),
    Fact(
        "saving",
        "speaks of saving or loading",
        "nothing on saving or loading",
        Mention(SAVING),
    ),
    Fact(
        "performance",
        "speaks of speed or memory",
        "nothing on speed or memory",
        Mention(PERFORMANCE),
    ),
    Fact(
        "versions",
        "says that it once worked",
        "does not say that it once worked",
        Mention(VERSIONS),
    ),
    Fact(
        "numbers",
        "speaks of results or values",
        "nothing on results or values",
        Mention(NUMBERS),
    ),
    Fact(
        "build",
        "speaks of building or installing",
        "nothing on building",
        Mention(BUILD),
    ),
    Fact("feature", "asks for a feature", "asks for no feature", Mention(FEATURE)),
    Fact(
        "question",
        "asks how to do something",
        "no how-to question",
        Mention(QUESTION),
    ),
    Fact(
        "question_in_title",
        "the title is a question",
        "the title is no question",
        Mention(QUESTION_IN_TITLE, _title),
    ),
    Fact(
        "documentation_in_title",
        "documentation in the title",
        "no documentation in the title",
        Mention(DOCUMENTATION, _title),
    ),
    Fact(
        "documentation",
        "speaks of documentation",
        "nothing on documentation",
        Mention(DOCUMENTATION),
    ),
)
