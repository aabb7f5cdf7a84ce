"""A golden file: output that changes without a new version would break every stored model."""

import json
import os
import tomllib
from dataclasses import asdict
from pathlib import Path

from classifier.normalize import NORMALIZER_VERSION, normalize
from classifier.types import Issue, IssueKey

GOLDEN = Path(__file__).parents[2] / "golden"
ISSUES = GOLDEN / "normalizer_issues.toml"
SEGMENTS = GOLDEN / "normalizer.json"
REWRITE = "SILENTRANK_REWRITE_GOLDEN"
HOW_TO_REWRITE = (
    "The normalizer's output differs from its record. If that is wanted, raise NORMALIZER_VERSION, "
    f"run `{REWRITE}=1 pytest {Path(__file__).name}` and retrain the models."
)


def test_output_changes_only_with_the_version() -> None:
    if os.environ.get(REWRITE):
        _rewrite()
    golden = json.loads(SEGMENTS.read_text("utf-8"))
    found = {"version": NORMALIZER_VERSION, "issues": _normalize_all()}
    assert found == golden, HOW_TO_REWRITE


def _rewrite() -> None:
    """Record what the normalizer does now; refused if the version has that record already."""
    found = _normalize_all()
    if SEGMENTS.exists():
        recorded = json.loads(SEGMENTS.read_text("utf-8"))
        changed = {title for title, segments in recorded["issues"].items()} & {
            title for title, segments in found.items() if segments != recorded["issues"].get(title)
        }
        assert not changed or recorded["version"] < NORMALIZER_VERSION, HOW_TO_REWRITE
    record = {"version": NORMALIZER_VERSION, "issues": found}
    SEGMENTS.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _normalize_all() -> dict[str, list[dict[str, object]]]:
    issues = tomllib.loads(ISSUES.read_text("utf-8"))["issue"]
    return {
        issue["title"]: [
            asdict(segment)
            for segment in normalize(Issue(IssueKey(), issue["title"], issue["body"])).segments
        ]
        for issue in issues
    }
