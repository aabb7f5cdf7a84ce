"""The shipped model over the study's own issues: a sanity check, as it was trained on them."""

from pathlib import Path

import pytest

from classifier.metrics import roc_auc
from classifier.pipeline import load, rank_issues
from classifier.sources import Skipped, read_issues
from classifier.types import IssueKey

OTHERS = 8  # one in so many of the issues without a silent bug: enough to tell


def refuse(skipped: Skipped) -> None:
    pytest.fail(f"left out: {skipped}")


def test_silent_bugs_of_the_study_come_first(shared_data: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="needs the extra train")
    path = shared_data / "silent_bug_study.parquet"
    study = pandas.read_parquet(path, columns=["repo", "number", "silent"])
    is_silent = {IssueKey(row.repo, row.number): bool(row.silent) for row in study.itertuples()}

    kept = {key for row, key in enumerate(is_silent) if is_silent[key] or row % OTHERS == 0}
    issues = (issue for issue in read_issues([str(path)], refuse) if issue.key in kept)

    entries = rank_issues(issues, load()).entries

    assert len(entries) == len(kept)
    labels = [is_silent[entry.key] for entry in entries]
    assert roc_auc(labels, [entry.probability for entry in entries]) >= 0.90
