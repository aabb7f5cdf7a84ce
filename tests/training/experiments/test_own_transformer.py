"""From labels of one's own to a transformer that ranks, by the commands alone."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier.artifact import verify

from .conftest import is_silent, words_of

if TYPE_CHECKING:
    from tests.training.experiments.conftest import Run

NUMBERS = range(301, 367)
CONFIG = """
name = "small"
description = "A transformer of invented issues."
family = "transformer"
seed = 3

[data]
issues = ["mine.jsonl"]
labels = "mine.csv"

[evaluation]
folds = 3
repeats = 1
inner_folds = 2
first_origin = 2024-09-01
resamples = 100

[model]
base = "{base}"
encoders = "encoders"
layers = 1
minimum_count = 1
"""
RANK = "from classifier.cli import main; main()"


def rows() -> list[dict[str, Any]]:
    return [
        {"url": f"https://github.com/octo/mine/issues/{number}"}
        | words_of(number, is_wrong=is_silent(number))
        | {"created_at": f"2024-{1 + number % 12:02}-{1 + number % 28:02}T00:00:00Z"}
        for number in NUMBERS
    ]


@pytest.fixture
def own(tiny_base: Path, tmp_path: Path) -> Path:
    """A folder with issues, labels and a configuration that names both."""
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows())))
    with (tmp_path / "mine.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["url", "label"])
        for number, row in zip(NUMBERS, rows(), strict=True):
            writer.writerow([row["url"], "silent" if is_silent(number) else "not silent"])
    (tmp_path / "mine.toml").write_text(CONFIG.format(base=tiny_base))
    return tmp_path


def test_labels_of_ones_own_become_a_model_that_ranks(run: "Run", own: Path) -> None:
    outcome = run("train", "mine.toml", "--data", "absent", "--no-track", "--jobs", "1")

    assert outcome.exit_code == 0, outcome.errors
    model = own / "runs" / "small" / "model"
    manifest = verify(model)
    assert manifest.scorer == "onnx"
    assert set(manifest.metrics) >= {"cv/silent", "temporal/silent"}
    for noise in ("Warning", "torchvision", "pre-processing"):  # of what exports the encoder
        assert noise not in outcome.errors

    command = [sys.executable, "-c", RANK, "rank", "mine.jsonl", "--model", str(model)]
    ranked = subprocess.run(
        [*command, "--format", "jsonl"], cwd=own, capture_output=True, text=True, check=True
    )

    ranking = [json.loads(line) for line in ranked.stdout.splitlines()]
    assert {row["model"] for row in ranking} == {"small"}
    assert {row["number"] for row in ranking} == {*NUMBERS}
    assert sum(is_silent(row["number"]) for row in ranking[:22]) > 11  # it learned from them
    assert all(row["scenario"] and row["impact"] for row in ranking)
