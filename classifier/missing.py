"""Which facts an issue lacks without which nobody can tell whether the bug is silent.

Versions are not among them: what templates ask of the environment is no part of what a model,
or this module, sees of an issue.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from classifier.scorers.phrases import EXPECTATION
from classifier.types import NormalizedIssue, Section, SegmentKind

EXPECTED = re.compile(EXPECTATION.pattern, re.IGNORECASE)


def missing_facts(issue: NormalizedIssue) -> tuple[str, ...]:
    """Name what is missing, in the order in which a triager would ask for it."""
    return tuple(name for name, is_missing in MISSING.items() if is_missing(issue))


def _has_no_description(issue: NormalizedIssue) -> bool:
    return all(segment.kind is SegmentKind.TITLE for segment in issue.segments)


def _has_no_reproduction(issue: NormalizedIssue) -> bool:
    return not any(
        segment.kind is SegmentKind.CODE or segment.section is Section.REPRODUCTION
        for segment in issue.segments
    )


def _has_no_expectation(issue: NormalizedIssue) -> bool:
    return EXPECTED.search(issue.text) is None and not any(
        segment.section is Section.EXPECTED for segment in issue.segments
    )


MISSING: Mapping[str, Callable[[NormalizedIssue], bool]] = MappingProxyType(
    {
        "no description": _has_no_description,
        "no reproduction": _has_no_reproduction,
        "no expected behaviour": _has_no_expectation,
    }
)
