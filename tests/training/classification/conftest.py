"""Invented issues of two repositories, in a Parquet file, and a configuration small enough."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from classifier.files import replace_file
from training.classification.settings import TaskExperiment, read_task
from training.classification.table import Issues, read_training_issues
from training.cli import app

LABELS = ("bug", "feature", "question")
REPOS = ("octo/grad", "octo/plot")
TITLES = {
    "bug": ("{} crashes", "{} returns a wrong value", "Regression in {}"),
    "feature": ("Add {} please", "Support {} on Windows", "Allow {} to be configured"),
    "question": ("How do I use {}?", "What does {} mean?", "Is {} meant for this?"),
}
BODIES = {
    "bug": "**Describe the bug**\nThe call of {} failed.",
    "feature": "**Is your feature request related to a problem?**\nI would like {}.",
    "question": "I have read the manual and do not understand {}.",
}
SUBJECTS = ("fit", "zoom", "colors", "predict", "labels", "export", "axes")
CONFIG = """
name = "small"
description = "invented"

[task]
labels = ["bug", "feature", "question"]
group_column = "repo"

[model]
words = [{ column = "title", minimum_count = 1 }, { column = "body", minimum_count = 1 }]
facts_factor = 0.5
date_factor = 0.3

[evaluation]
folds = 3
repeats = 2
resamples = 100

[ablations."words alone"]
model = { facts_factor = 0.0, date_factor = 0.0 }
"""


def invented(numbers: range) -> dict[str, list[Any]]:
    """Columns of a file: labels take turns, a repository after the other."""
    labels = [LABELS[number % len(LABELS)] for number in numbers]
    subjects = [SUBJECTS[number % len(SUBJECTS)] for number in numbers]
    return {
        "repo": [REPOS[number // 6 % len(REPOS)] for number in numbers],
        "created_at": [f"2023-{1 + number % 12:02}-03 10:00:00" for number in numbers],
        "label": labels,
        "title": [
            TITLES[label][number // 3 % 3].format(subject)
            for number, label, subject in zip(numbers, labels, subjects, strict=True)
        ],
        "body": [
            f"{BODIES[label].format(subject)} Number {number}."
            for number, label, subject in zip(numbers, labels, subjects, strict=True)
        ],
    }


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder with a configuration, issues to learn from, and the command."""

    folder: Path

    def write_issues(self, name: str, columns: Mapping[str, list[Any]]) -> Path:
        """Write a Parquet file."""
        buffer = pa.BufferOutputStream()
        pyarrow.parquet.write_table(pa.table(dict(columns)), buffer)
        replace_file(self.folder / name, buffer.getvalue().to_pybytes())
        return self.folder / name

    def write_config(self, text: str = CONFIG, name: str = "small.toml") -> Path:
        """Write a configuration."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder / name

    def run(self, *arguments: object) -> Any:  # noqa: ANN401 - typer's own
        """Run the command; an error of ours is raised."""
        return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return Workplace(tmp_path)


@pytest.fixture
def issues_file(workplace: Workplace) -> Path:
    return workplace.write_issues("issues.parquet", invented(range(72)))


@pytest.fixture
def experiment(workplace: Workplace) -> TaskExperiment:
    return read_task(workplace.write_config())


@pytest.fixture
def issues(issues_file: Path, experiment: TaskExperiment) -> Issues:
    return read_training_issues(issues_file, experiment.task)


@pytest.fixture(scope="session")
def without() -> Callable[[Mapping[str, list[Any]], str], dict[str, list[Any]]]:
    """Columns without one of them."""
    return lambda columns, name: {key: cells for key, cells in columns.items() if key != name}
