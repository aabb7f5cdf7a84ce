import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from classifier.errors import InputError
from training.leaderboard.kept import keep
from training.protocols import PROTOCOLS
from training.tracking import RecordedRun

from .conftest import run_in

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy, Outcome

Leaderboard = Callable[..., "Outcome"]
MAJORITY = """
name = "always-the-same"
description = "Says the same of every issue."
family = "majority"
seed = 7

[targets]
vote_factors = [0.25, 0.75]
silver_weight = 0.5

[evaluation]
"""


@pytest.fixture(scope="module")
def checkout(
    study: "InventedStudy", config: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder where two models were evaluated under every protocol."""
    folder = tmp_path_factory.mktemp("leaderboard")
    settings = config.read_text().partition("[evaluation]")[2].partition("[ablations")[0]
    (folder / "majority.toml").write_text(MAJORITY + settings)
    for protocol in PROTOCOLS:
        arguments = ("evaluate", config, "majority.toml", "--protocol", protocol)
        outcome = run_in(folder, study.labels, *arguments, "--data", study.hydrated, "--jobs", "1")
        assert outcome.exit_code == 0
        assert f"{protocol}: " in outcome.output
        assert re.search(r"^(draw|loss), .*: .*always-the-same", outcome.output, re.MULTILINE)
    return folder


def test_the_page_has_every_model_in_every_table(checkout: Path, study: "InventedStudy") -> None:
    outcome = run_in(checkout, study.labels, "leaderboard", "--baseline", "small")

    assert outcome.output.splitlines()[-1] == "docs/leaderboard.md: 3 models, 6 tables"
    page = (checkout / "docs" / "leaderboard.md").read_text(encoding="utf-8")
    tables = page.split("### ")[1:]
    assert len(tables) == 6
    for table in tables:
        lines = [line for line in table.splitlines() if line.startswith("| ")]
        models = [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]]
        assert {"small", "always-the-same"} <= set(models)
        compared = next(line for line in lines if "always-the-same" in line)
        assert re.search(r"\S+ \(\S+ to \S+\) \| (draw|loss) \|", compared)
    assert "$" not in page
    for protocol in PROTOCOLS:
        picture = checkout / "docs" / "images" / f"leaderboard-{protocol}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert f"images/{picture.name}" in page


@pytest.fixture(scope="module")
def kept(checkout: Path, study: "InventedStudy") -> Path:
    """What a page was made from."""
    assert run_in(checkout, study.labels, "leaderboard", "--baseline", "small").exit_code == 0
    return checkout / "docs" / "leaderboard-runs"


def test_what_the_page_was_made_from_makes_it_again_without_mlflow(
    kept: Path, study: "InventedStudy", tmp_path: Path
) -> None:
    shutil.copytree(kept, tmp_path / "docs" / "leaderboard-runs")
    outcome = run_in(tmp_path, study.labels, "leaderboard", "--baseline", "small")

    assert outcome.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["docs"]
    again = tmp_path / "docs" / "leaderboard.md"
    assert again.read_text() == (kept.parent / again.name).read_text()
    told = json.loads((tmp_path / "docs/leaderboard-runs/cv/small/run.json").read_text())
    assert not [name for name in told["run"]["tags"] if name.startswith("mlflow")]


def test_a_run_that_joins_takes_the_place_of_its_models_older_one_alone(
    kept: Path, study: "InventedStudy", config: Path, tmp_path: Path
) -> None:
    def runs() -> dict[str, str]:
        found = (tmp_path / "docs" / "leaderboard-runs" / "temporal").glob("*/run.json")
        return {path.parent.name: json.loads(path.read_text())["run"]["run_id"] for path in found}

    shutil.copytree(kept, tmp_path / "docs" / "leaderboard-runs")
    before = runs()
    arguments = ("evaluate", config, "--protocol", "temporal", "--data", study.hydrated)
    run_in(tmp_path, study.labels, *arguments, "--jobs", "1")
    run_in(tmp_path, study.labels, "leaderboard", "--baseline", "small")
    after = runs()

    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {"small"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.json", b'{"run": {"run_id": "1"}}'),
        ("metrics.parquet", b"of another run"),
        ("predictions.parquet", None),
    ],
)
def test_a_kept_run_that_is_damaged_is_named(
    kept: Path, study: "InventedStudy", tmp_path: Path, name: str, content: bytes | None
) -> None:
    shutil.copytree(kept, tmp_path / "docs" / "leaderboard-runs")
    damaged = tmp_path / "docs" / "leaderboard-runs" / "cv" / "small" / name
    damaged.unlink()
    if content is not None:
        damaged.write_bytes(content)
    outcome = run_in(tmp_path, study.labels, "leaderboard", "--baseline", "small")

    assert outcome.exit_code == 1
    assert "docs/leaderboard-runs/cv/small is no run" in outcome.errors
    assert "Restore that folder, or remove it." in outcome.errors


def test_without_a_page_nothing_of_what_is_kept_changes(
    kept: Path, study: "InventedStudy", config: Path, tmp_path: Path
) -> None:
    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in tmp_path.glob("docs/**/*") if path.is_file()}

    shutil.copytree(kept, tmp_path / "docs" / "leaderboard-runs")
    shutil.rmtree(tmp_path / "docs" / "leaderboard-runs" / "transfer" / "small")
    before = contents()
    run_in(tmp_path, study.labels, "evaluate", config, "--data", study.hydrated, "--jobs", "1")
    outcome = run_in(tmp_path, study.labels, "leaderboard", "--baseline", "small")

    assert outcome.exit_code == 1
    assert "No finished transfer run of the baseline small" in outcome.errors
    assert contents() == before


def test_a_run_whose_name_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    run = RecordedRun("1", "../../elsewhere", {}, {}, "", datetime(2026, 11, 27, tzinfo=UTC))

    with pytest.raises(InputError, match=r"'\.\./\.\./elsewhere', which is no name of a folder"):
        keep(run, tmp_path, tmp_path / "docs" / "leaderboard-runs" / "cv")


def test_best_models_come_first(checkout: Path, study: "InventedStudy") -> None:
    run_in(checkout, study.labels, "leaderboard", "--baseline", "small")

    page = (checkout / "docs" / "leaderboard.md").read_text(encoding="utf-8")
    for table in page.split("### ")[1:]:
        values = [
            float(found) for found in re.findall(r"^\| [^|]+ \| (\d?\.\d+) ", table, re.MULTILINE)
        ]
        assert values == sorted(values, reverse=True)
        assert len(values) >= 2


def test_a_second_run_of_a_row_from_nothing_writes_the_same_numbers(
    checkout: Path, study: "InventedStudy", config: Path
) -> None:
    def numbers() -> str:
        run_in(checkout, study.labels, "leaderboard", "--baseline", "small")
        page = (checkout / "docs" / "leaderboard.md").read_text(encoding="utf-8")
        return page.partition("## The runs")[0]

    before = numbers()
    arguments = ("evaluate", config, "--data", study.hydrated, "--runs", "fresh", "--jobs", "1")
    run_in(checkout, study.labels, *arguments)

    assert len(list((checkout / "fresh" / "folds").iterdir())) == 6
    assert numbers() == before


def test_a_newer_run_on_other_folds_does_not_take_a_rows_place(
    checkout: Path, study: "InventedStudy"
) -> None:
    def rows() -> list[str]:
        run_in(checkout, study.labels, "leaderboard", "--baseline", "small")
        page = (checkout / "docs" / "leaderboard.md").read_text(encoding="utf-8")
        return [line for line in page.splitlines() if line.startswith("| always-the-same | .")]

    before = rows()
    arguments = ("evaluate", "majority.toml", "--repeats", "1", "--data", study.hydrated)
    run_in(checkout, study.labels, *arguments, "--jobs", "1")

    assert len(before) == 6
    assert rows() == before


def test_a_model_is_left_out_of_the_tables_that_it_was_not_measured_for(
    checkout: Path, study: "InventedStudy"
) -> None:
    own = (checkout / "majority.toml").read_text().replace("always-the-same", "in-a-hurry")
    left_out = '\nleft_out_parts = ["silver of other repositories"]\n'
    (checkout / "hurry.toml").write_text(own + left_out)
    arguments = ("evaluate", "hurry.toml", "--protocol", "transfer", "--data", study.hydrated)
    run_in(checkout, study.labels, *arguments, "--jobs", "1")
    run_in(checkout, study.labels, "leaderboard", "--baseline", "small")

    page = (checkout / "docs" / "leaderboard.md").read_text(encoding="utf-8")
    tables = page.partition("## Transfer")[2].partition("## The runs")[0].split("### ")[1:]
    has_row = {table.partition("\n")[0]: "| in-a-hurry | ." in table for table in tables}
    assert len(has_row) == 4
    assert [title for title, there in has_row.items() if not there] == [
        "Silver of other repositories"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--baseline", "absent"), "No finished cv run of the baseline absent is recorded"),
        (("--baseline", "small", "--out", "/dev/null/page.md"), "Cannot write"),
    ],
)
def test_a_page_that_cannot_be_written_says_why(
    checkout: Path, study: "InventedStudy", arguments: tuple[str, ...], message: str
) -> None:
    outcome = run_in(checkout, study.labels, "leaderboard", *arguments)

    assert outcome.exit_code == 1
    assert message in outcome.errors


def test_without_runs_the_next_step_is_named(study: "InventedStudy", tmp_path: Path) -> None:
    outcome = run_in(tmp_path, study.labels, "leaderboard", "--baseline", "small")

    assert outcome.exit_code == 1
    assert list(tmp_path.iterdir()) == []
    assert "No finished cv run of the baseline small is recorded" in outcome.errors
    assert "silentrank-train evaluate configs/*.toml --protocol cv" in outcome.errors


def test_protocols_have_experiments_of_their_own_and_folds_nested_runs(checkout: Path) -> None:
    with sqlite3.connect(checkout / "mlflow.db") as store:
        names = {name for (name,) in store.execute("select name from experiments")}
        (nested,) = store.execute(
            "select count(*) from tags where key = 'mlflow.parentRunId'"
        ).fetchone()

    assert {f"silentrank-{protocol}" for protocol in PROTOCOLS} <= names
    assert nested >= 2 * (6 + 2 + 6)
