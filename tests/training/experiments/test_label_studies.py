import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner, Result

from classifier.errors import InputError
from training import labels as labels_module
from training.cli import label_studies

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy

app = typer.Typer()
for command in (label_studies.audit, label_studies.curve, label_studies.severity):
    app.command()(command)

Invoke = Callable[..., Result]


@pytest.fixture
def invoke(
    study: "InventedStudy", config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    """Run a command on the invented study in a folder of its own."""
    monkeypatch.setattr(labels_module, "labels_directory", lambda: study.labels)
    monkeypatch.chdir(tmp_path)
    shared = (str(config), "--data", str(study.hydrated), "--repeats", "1")
    return lambda name, *options: CliRunner().invoke(app, [name, *shared, *options])


def test_audit_writes_a_sheet_and_says_where(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("audit", "--with-titles", "--at-most", "2", "--jobs", "1")

    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "runs/small/audit.csv"
    with (tmp_path / "runs" / "small" / "audit.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert all(row["title"] and row["url"] for row in rows)
    assert sum(row["reason"] == "silent, but does not look like it" for row in rows) <= 2


def test_curve_prints_its_tables_and_writes_pictures(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("curve", "--more", "40", "--jobs", "1", "--no-track")

    assert result.exit_code == 0
    assert "| share of judged issues | labels a fold | AP |" in result.output
    assert "next 40 silver labels" in result.output
    assert {path.name for path in (tmp_path / "runs" / "small" / "curve").iterdir()} == {
        "learning_curves.parquet",
        "learning_curve_gold.png",
        "learning_curve_silver.png",
    }


def test_severity_needs_silent_issues_whose_scenario_is_known(invoke: Invoke) -> None:
    result = invoke("severity")

    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith("0 groups of silent issues with a class of calculation")
