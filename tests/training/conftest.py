"""An invented study, small enough to read, in the layout of the real files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from training.extraction import extract_labels

REPO = "octo/grad"


def study_row(number: int, *, silent: bool = False, **cells: Any) -> dict[str, Any]:  # noqa: ANN401 - any column
    blank = dict.fromkeys(
        [
            "scenario",
            "impact",
            "component",
            "component_2",
            "root_cause",
            "buggy_version",
            "fixed_version",
            "fixing_commit",
            "body_markdown",
        ]
    )
    return (
        {
            "repo": REPO,
            "number": number,
            "url": f"https://example.org/{REPO}/issues/{number}",
            "title": f"Title {number}",
            "body": f"Body of issue {number}",
            "opened_at": f"20{10 + number}-03-01T10:00:00Z",
            "closed_at": f"20{10 + number}-04-01T10:00:00Z",
            "github_labels": ["type:bug", "comp:grad"],
            "vote_1": silent,
            "vote_2": silent,
            "vote_3": silent,
            "votes": 3 * silent,
            "silent": silent,
        }
        | blank
        | cells
    )


STUDY = [
    study_row(3),
    study_row(
        1,
        silent=True,
        scenario="Wrong save/reload",
        impact=4,
        component="Saving",
        buggy_version="2.0 alpha, see https://example.org/1.99",
        fixed_version="Nigthly? Fix seems to be in 2,4. Gist: https://example.org/3.1",
        fixing_commit="a" * 40 + ", " + "b" * 40,
        body_markdown="Body of **issue** 1",
    ),
    study_row(2, body=None, opened_at=None, closed_at=None, vote_1=True, votes=1),
]
POOL = [
    {"repo": REPO, "number": 10, "title": "Pool 10", "body": "Body 10", "opened_at": None},
    {
        "repo": REPO,
        "number": 11,
        "title": "Pool 11",
        "body": "Body 11",
        "opened_at": "2021-01-01T00:00:00Z",
    },
    {"repo": REPO, "number": 99, "title": "No label", "body": "Body 99", "opened_at": None},
]
SILVER = [
    {
        "repo": REPO,
        "number": 11,
        "score": 87.5,
        "kind": "silent",
        "scenario": "saveload",
        "impact": 3,
    },
    {"repo": REPO, "number": 10, "score": 2.0, "kind": "docs", "scenario": "none", "impact": 0},
]
TITLES = [
    {
        "repo": "octo/flame",
        "number": number,
        "title": f"Flame {number}",
        "created_at": "2022-05-01T00:00:00Z",
        "silent": silent,
        "silent_strict": strict,
        "negative_kind": kind,
    }
    for number, silent, strict, kind in [
        (1, 1, 1, None),
        (2, 0, 0, "performance"),
        (3, None, 0, "nonsilent_bug"),
        (4, None, None, None),
    ]
]
ZERO_SHOT = [{"repo": REPO, "number": 1, "score": 71.0, "judge": 1}]
SURVEY = [
    {"scenario": "Wrong parameter settings", "question": "severity"}
    | {f"rated_{rating}": 10 * rating for rating in range(1, 6)}
]


def write_parquet(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    pyarrow.parquet.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


@pytest.fixture
def invented_data(tmp_path: Path) -> Path:
    """The folder that the labels and texts come in."""
    folder = tmp_path / "shared"
    folder.mkdir()
    write_parquet(folder / "silent_bug_study.parquet", STUDY)
    write_parquet(folder / "dl_bug_reports_unlabelled.parquet", POOL)
    write_parquet(folder / "pytorch_silent_titles_until_2023.parquet", TITLES)
    for name, rows in [
        ("silver_labels", SILVER),
        ("llm_zero_shot_reference", ZERO_SHOT),
        ("survey_ratings", SURVEY),
    ]:
        pyarrow.csv.write_csv(pa.Table.from_pylist(rows), folder / f"{name}.csv")
    return folder


@pytest.fixture
def labels(invented_data: Path, tmp_path: Path) -> Path:
    """Label tables extracted from the invented study."""
    extract_labels(invented_data, tmp_path / "labels")
    return tmp_path / "labels"
