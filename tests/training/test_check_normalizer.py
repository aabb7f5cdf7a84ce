"""Two renderings of an issue come out alike, and the report says how much."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from classifier import load
from classifier.types import Evidence, NormalizedIssue, Score, SegmentKind
from training.check_normalizer import CORRELATION_BOUND, check_normalizer, render


class WordCountScorer:
    """Scores an issue by how many words are read of it."""

    has_aspects = False

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        return [Score(issue.key, len(issue.text.split()) / 1000) for issue in issues]

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:  # noqa: ARG002 - the protocol's
        return []


SAME = ("Wrong mean", "**The mean**  is `wrong`", "The mean is wrong")
ALIKE = ("Wrong variance", "*Twice* as large as it is", "Twice as large as it is")
OTHER = ("Wrong sum", "```\nx = f(1)\n```", "nothing alike, not at all, in no way and by no means")


def test_alike_renderings_meet_the_bounds() -> None:
    report = check_normalizer([SAME, ALIKE], WordCountScorer())
    assert report.meets_bounds
    assert (report.pair_count, report.body.median, report.body.lowest) == (2, 1.0, 1.0)
    assert report.both_sided[SegmentKind.PROSE] == 1.0
    assert report.score_correlation == pytest.approx(1.0)
    assert "All bounds are met." in render(report)


def test_unlike_renderings_miss_them_and_are_counted_by_kind() -> None:
    report = check_normalizer([SAME, ALIKE, SAME, OTHER], WordCountScorer())
    assert not report.meets_bounds
    assert report.body.lowest == 0.0
    assert 0.0 < report.title_and_body.lowest < 1.0
    assert report.one_sided[SegmentKind.CODE] == 0.25
    assert report.one_sided[SegmentKind.PROSE] == 0.25
    assert report.score_correlation < CORRELATION_BOUND
    assert "Bounds are missed." in render(report)


def test_the_studys_pairs_meet_the_bounds(shared_data: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="reads the study's texts")
    columns = ["title", "body_markdown", "body"]
    table = parquet.read_table(shared_data / "silent_bug_study.parquet", columns=columns)
    pairs = [
        (row["title"], row["body_markdown"], row["body"])
        for row in table.to_pylist()
        if row["body_markdown"]
    ]
    assert len(pairs) == 77
    report = check_normalizer(pairs, load().scorer)
    assert report.meets_bounds, render(report)
