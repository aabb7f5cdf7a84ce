"""The example issues are read as they lie there."""

import json
from pathlib import Path

from classifier.sources import Skipped, read_issues

EXAMPLES = Path(__file__).parents[2] / "examples" / "issues.jsonl"


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
