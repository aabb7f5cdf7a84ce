"""Do both renderings of an issue come out of the normalizer alike?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import correlation, median, quantiles

from classifier.normalize import NORMALIZER_VERSION, normalize
from classifier.scorers import Scorer
from classifier.types import Issue, IssueKey, NormalizedIssue, SegmentKind

MEDIAN_BOUND = 0.95
FIFTH_PERCENTILE_BOUND = 0.85
ONE_SIDED_BOUND = 0.10
CORRELATION_BOUND = 0.97
FEWEST_PAIRS = 2
"""A percentile of fewer means nothing."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Jaccard similarity of the word sets of two renderings, over all pairs."""

    median: float
    fifth_percentile: float
    lowest: float


@dataclass(frozen=True, slots=True)
class NormalizerReport:
    """How alike two renderings come out; ``body`` is what the bounds apply to."""

    pair_count: int
    body: Agreement
    title_and_body: Agreement
    one_sided: Mapping[SegmentKind, float]  # share of pairs where one rendering alone has the kind
    both_sided: Mapping[SegmentKind, float]  # share of pairs where both have it
    score_correlation: float  # Pearson's, of one model's probabilities for both renderings

    @property
    def meets_bounds(self) -> bool:
        """Whether the bounds that training and scoring rely on hold."""
        return (
            self.body.median >= MEDIAN_BOUND
            and self.body.fifth_percentile >= FIFTH_PERCENTILE_BOUND
            and all(share <= ONE_SIDED_BOUND for share in self.one_sided.values())
            and self.score_correlation >= CORRELATION_BOUND
        )


def check_normalizer(pairs: Iterable[tuple[str, str, str]], scorer: Scorer) -> NormalizerReport:
    """Compare renderings of at least two issues, each as title, markdown and rendered text.

    ``scorer`` tells whether what differs matters to a model.
    """
    both = [
        (_normalize(title, markdown), _normalize(title, rendered))
        for title, markdown, rendered in pairs
    ]
    kinds = [(_kinds(first), _kinds(second)) for first, second in both]
    return NormalizerReport(
        pair_count=len(both),
        body=_agreement([_jaccard(_body(first), _body(second)) for first, second in both]),
        title_and_body=_agreement([_jaccard(first.text, second.text) for first, second in both]),
        one_sided={
            kind: sum((kind in first) != (kind in second) for first, second in kinds) / len(both)
            for kind in SegmentKind
        },
        both_sided={
            kind: sum(kind in first and kind in second for first, second in kinds) / len(both)
            for kind in SegmentKind
        },
        score_correlation=_correlation(scorer, both),
    )


def render(report: NormalizerReport) -> str:
    """The report as text, each figure beside its bound."""
    rows = [("body", report.body), ("title and body", report.title_and_body)]
    lines = [
        f"Normalizer {NORMALIZER_VERSION}: {report.pair_count} issues in two renderings",
        "",
        "word sets (Jaccard)     median   5th percentile   lowest",
        *(
            f"  {name:<20} {row.median:7.3f}   {row.fifth_percentile:14.3f}   {row.lowest:6.3f}"
            for name, row in rows
        ),
        f"  bounds, of the body  {MEDIAN_BOUND:7.3f}   {FIFTH_PERCENTILE_BOUND:14.3f}",
        "",
        f"segment kind   in both   in one alone (at most {ONE_SIDED_BOUND:.0%})",
    ]
    lines += [
        f"  {kind:<12} {report.both_sided[kind]:7.1%}   {share:12.1%}"
        for kind, share in report.one_sided.items()
    ]
    correlates = f"correlate at {report.score_correlation:.4f} (at least {CORRELATION_BOUND})"
    lines += ["", f"scores of both renderings {correlates}"]
    lines += ["", "All bounds are met." if report.meets_bounds else "Bounds are missed."]
    return "\n".join(lines)


def _normalize(title: str, body: str) -> NormalizedIssue:
    return normalize(Issue(IssueKey(), title, body))


def _correlation(scorer: Scorer, both: Sequence[tuple[NormalizedIssue, NormalizedIssue]]) -> float:
    first, second = (
        [score.probability for score in scorer.score(side)] for side in zip(*both, strict=True)
    )
    return correlation(first, second)


def _body(issue: NormalizedIssue) -> str:
    return "\n".join(segment.text for segment in issue.segments[1:])


def _kinds(issue: NormalizedIssue) -> frozenset[SegmentKind]:
    return frozenset(segment.kind for segment in issue.segments)


def _jaccard(first: str, second: str) -> float:
    words, others = set(_WORD.findall(first.lower())), set(_WORD.findall(second.lower()))
    return len(words & others) / len(words | others) if words or others else 1.0


def _agreement(values: list[float]) -> Agreement:
    fifth = quantiles(values, n=20, method="inclusive")[0]
    return Agreement(median(values), fifth, min(values))
