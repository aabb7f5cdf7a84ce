import logging
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from datasets import ClassLabel

from classifier.errors import InputError
from classifier.types import IssueKey
from training.dataset import (
    KINDS,
    SCENARIOS,
    LabeledIssue,
    RenderingPair,
    digest_of,
    labeled_issues,
    load_dataset,
    rendering_pairs,
)
from training.hydrate import hydrate


@pytest.fixture
def hydrated(invented_data: Path, labels: Path, tmp_path: Path) -> Path:
    out = tmp_path / "hydrated"
    for name in (
        "silent_bug_study",
        "dl_bug_reports_unlabelled",
        "pytorch_silent_titles_until_2023",
    ):
        hydrate(f"parquet:{invented_data / name}.parquet", out, labels=labels)
    return out


@pytest.fixture
def issues(hydrated: Path, labels: Path) -> list[LabeledIssue]:
    return labeled_issues(load_dataset(hydrated, labels=labels))


def test_rows_come_by_origin_and_then_by_key(issues: list[LabeledIssue]) -> None:
    assert [(row.origin, row.issue.key.number) for row in issues] == [
        ("study", 1),
        ("study", 3),
        ("silver", 10),
        ("silver", 11),
        ("pytorch_title", 1),
        ("pytorch_title", 2),
        ("pytorch_title", 3),
        ("pytorch_title", 4),
    ]


def test_a_gold_row_carries_text_and_facts(issues: list[LabeledIssue]) -> None:
    first = issues[0]
    assert first.issue.key == IssueKey("octo/grad", 1)
    assert (first.issue.title, first.issue.body) == ("Title 1", "Body of issue 1")
    assert first.issue.opened_at == datetime(2011, 3, 1, 10, tzinfo=UTC)
    assert first.issue.url == "https://example.org/octo/grad/issues/1"
    assert (first.is_silent, first.votes, first.silver_score) == (True, 3, None)
    assert (first.kind, first.scenario, first.impact) == ("silent", "saveload", 4)
    assert (issues[1].is_silent, issues[1].kind, issues[1].scenario) == (False, None, None)


def test_a_silver_row_has_a_score_and_no_gold(issues: list[LabeledIssue]) -> None:
    docs, silent = issues[2:4]
    assert (docs.is_silent, docs.votes, docs.silver_score, docs.kind) == (None, None, 2.0, "docs")
    assert (silent.silver_score, silent.scenario, silent.impact) == (87.5, "saveload", 3)
    assert docs.issue.opened_at is None


def test_a_title_row_has_no_body_and_may_be_unlabelled(issues: list[LabeledIssue]) -> None:
    titles = issues[4:]
    assert {row.issue.body for row in titles} == {""}
    assert [row.is_silent for row in titles] == [True, False, False, None]
    assert [row.kind for row in titles] == ["silent", "performance", "nonsilent_bug", None]


def test_github_labels_never_reach_training(issues: list[LabeledIssue]) -> None:
    assert {row.issue.labels for row in issues} == {()}


def test_columns_are_typed(hydrated: Path, labels: Path) -> None:
    features = load_dataset(hydrated, labels=labels).features
    assert features["kind"] == ClassLabel(names=list(KINDS))
    assert features["scenario"] == ClassLabel(names=list(SCENARIOS))
    assert features["opened_at"].dtype == "timestamp[s, tz=UTC]"
    assert "body_markdown" not in features


def test_issues_without_text_are_left_out_and_reported(
    hydrated: Path, labels: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        load_dataset(hydrated, labels=labels)
    assert caplog.messages == ["study: 1 of 3 issues have no text: octo/grad#2"]


def test_a_folder_without_the_study_is_refused(
    invented_data: Path, labels: Path, tmp_path: Path
) -> None:
    source = f"parquet:{invented_data / 'dl_bug_reports_unlabelled.parquet'}"
    hydrate(source, tmp_path / "pool", labels=labels)
    for folder in (tmp_path / "pool", tmp_path / "absent"):
        with pytest.raises(InputError, match="No issue of the study has text in"):
            load_dataset(folder, labels=labels)


def test_the_digest_depends_on_content_and_not_on_order(hydrated: Path, labels: Path) -> None:
    rows = labeled_issues(load_dataset(hydrated, labels=labels))
    digest = digest_of(rows)
    assert digest_of(reversed(rows)) == digest
    assert digest_of(rows[:-1]) != digest
    assert digest_of([*rows[:-1], replace(rows[-1], silver_score=1.0)]) != digest
    assert len(digest) == 64


def test_where_you_have_issues_of_your_own_the_study_may_be_missing(
    labels: Path, tmp_path: Path
) -> None:
    assert len(load_dataset(tmp_path, labels=labels, is_study_needed=False)) == 0


def test_rendering_pairs_hold_both_renderings_of_an_issue(hydrated: Path) -> None:
    assert rendering_pairs(hydrated) == [
        RenderingPair("Title 1", "Body of **issue** 1", "Body of issue 1")
    ]


def test_raw_markdown_is_no_part_of_a_labelled_issue() -> None:
    assert "body_markdown" not in {field.name for field in fields(LabeledIssue)}


def test_the_real_study_joins_completely(shared_data: Path, tmp_path: Path) -> None:
    for name in (
        "silent_bug_study",
        "dl_bug_reports_unlabelled",
        "pytorch_silent_titles_until_2023",
    ):
        hydrate(f"parquet:{shared_data / name}.parquet", tmp_path)
    rows = labeled_issues(load_dataset(tmp_path))
    counts = {
        origin: sum(row.origin == origin for row in rows) for origin in {r.origin for r in rows}
    }
    assert counts == {"study": 1166, "silver": 3900, "pytorch_title": 2251}
    assert sum(row.is_silent is True and row.origin == "study" for row in rows) == 77
    assert len(rendering_pairs(tmp_path)) == 77
