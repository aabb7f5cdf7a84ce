import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.explain import LONGEST_QUOTE, MOST_PASSES, explain
from classifier.normalize import normalize
from classifier.types import (
    Evidence,
    Issue,
    IssueKey,
    NormalizedIssue,
    Score,
    Segment,
    SegmentKind,
)

if TYPE_CHECKING:
    from tests.classifier.conftest import WordScorer

ONE_WORD = math.log(2)  # what each "wrong" or "crash" adds to or takes from the log-odds


def test_lines_are_quoted_with_what_leaving_them_out_changes(
    make_issue: Callable[..., Issue], word_scorer: "WordScorer"
) -> None:
    issue = make_issue("It is wrong", "The loss is wrong, wrong.\n\nThere was a crash once. Bye.")

    reasons = explain(normalize(issue), word_scorer)

    assert [(reason.text, reason.is_quote) for reason in reasons] == [
        ("The loss is wrong, wrong.", True),
        ("It is wrong", True),
        ("There was a crash once.", True),
        ("no error", False),
    ]
    assert [reason.weight for reason in reasons] == pytest.approx(
        [2 * ONE_WORD, ONE_WORD, -ONE_WORD, 0.4]
    )


def test_no_more_reasons_are_given_than_asked_for(
    make_issue: Callable[..., Issue], word_scorer: "WordScorer"
) -> None:
    issue = normalize(make_issue("wrong", "wrong one. crash two. wrong three."))

    assert len(explain(issue, word_scorer, most=2)) == 2


def test_what_weighs_next_to_nothing_is_not_told(make_issue: Callable[..., Issue]) -> None:
    class Indifferent:
        has_aspects = False

        def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
            return [Score(issue.key, 0.3) for issue in issues]

        def facts(self, _: NormalizedIssue) -> list[Evidence]:
            return [Evidence("a trifle", 0.04, is_quote=False)]

    assert explain(normalize(make_issue("Title", "Body.")), Indifferent()) == ()


def test_a_certain_model_still_gives_finite_weights(make_issue: Callable[..., Issue]) -> None:
    class Certain:
        has_aspects = False

        def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
            return [Score(issue.key, float("wrong" in issue.text)) for issue in issues]

        def facts(self, _: NormalizedIssue) -> list[Evidence]:
            return []

    (reason,) = explain(normalize(make_issue("Title", "All wrong.")), Certain())

    assert reason.text == "All wrong."
    assert 20 < reason.weight < math.inf


@given(
    counts=st.lists(st.integers(0, 90), max_size=8),
    kind=st.sampled_from([SegmentKind.PROSE, SegmentKind.CODE]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_issue_is_read_a_bounded_number_of_times(
    word_scorer: "WordScorer", counts: list[int], kind: SegmentKind
) -> None:
    word_scorer.read_count = 0
    body = tuple(Segment(kind, "This is wrong. " * count) for count in counts)

    explain(NormalizedIssue(IssueKey(), (Segment(SegmentKind.TITLE, "t"), *body)), word_scorer)

    assert word_scorer.read_count <= MOST_PASSES + 1


def test_a_long_line_is_quoted_in_part(
    make_issue: Callable[..., Issue], word_scorer: "WordScorer"
) -> None:
    first, *_ = explain(normalize(make_issue("t", "wrong " * 1000)), word_scorer)

    assert len(first.text) <= LONGEST_QUOTE
    assert first.text.endswith("…")


def test_an_issue_without_text_has_facts_alone(
    make_issue: Callable[..., Issue], word_scorer: "WordScorer"
) -> None:
    assert explain(normalize(make_issue()), word_scorer) == (
        Evidence("no error", 0.4, is_quote=False),
    )
