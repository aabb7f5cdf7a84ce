"""The example issues are read as they lie there."""

import json
from pathlib import Path

from classifier.labels import read_labels
from classifier.sources import Skipped, read_issues

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = FOLDER / "issues.jsonl"
LABELLED = FOLDER / "labelled.jsonl"


def test_every_example_but_the_pull_request_is_read() -> None:
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="ascii").splitlines()]
    skipped: list[Skipped] = []

    issues = list(read_issues([str(EXAMPLES)], skipped.append))

    assert [issue.title for issue in issues] == [
        row["title"] for row in rows if "pull_request" not in row
    ]
    assert len({issue.key for issue in issues}) == len(issues) == len(rows) - 1
    assert "" in {issue.body for issue in issues}
    assert max(len(issue.body) for issue in issues) > 30_000


def test_half_a_year_of_one_repository_is_dated_and_labelled_throughout() -> None:
    skipped: list[Skipped] = []

    issues = list(read_issues([str(LABELLED)], skipped.append))

    labels = read_labels(LABELLED)
    assert skipped == []
    assert [issue.key for issue in issues] == list(labels)
    assert (len(labels), sum(labels.values())) == (162, 16)
    assert {issue.key.repo for issue in issues} == {"octo/lumenet"}
    dates = [issue.opened_at for issue in issues if issue.opened_at is not None]
    assert len(dates) == len(issues)
    assert dates == sorted(dates)
    assert (dates[-1] - dates[0]).days > 170
