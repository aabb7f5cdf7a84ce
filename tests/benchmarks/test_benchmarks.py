import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.hostile import bodies
from benchmarks.issues import LONGEST, issues, write_issues
from benchmarks.processes import run
from benchmarks.report import in_tables, markdown
from benchmarks.rows import Row
from benchmarks.stages import STAGES
from classifier.sources import read_issues

REPOSITORY = Path(__file__).parents[2]


def test_invented_issues_are_the_same_every_time_and_as_long_as_real_ones() -> None:
    rows = list(issues(2_000))
    lengths = [len(row["body"]) for row in rows]

    assert rows == list(issues(2_000))
    assert rows[:50] == list(issues(50))
    assert statistics.median(lengths) == pytest.approx(2_750, rel=0.1)
    assert statistics.mean(lengths) == pytest.approx(4_000, rel=0.1)
    assert 20_000 < max(lengths) <= LONGEST


def test_every_invented_issue_is_one_that_rank_reads(tmp_path: Path) -> None:
    path = tmp_path / "issues.jsonl"
    write_issues(path, 30)

    read = list(read_issues([str(path)], lambda skipped: pytest.fail(skipped.reason)))

    assert [issue.key.number for issue in read] == list(range(1, 31))
    assert {issue.key.repo for issue in read} == {"octo/bench"}


def test_hostile_bodies_have_the_length_asked_for() -> None:
    assert {name: len(body) for name, body in bodies(4_096) if not 4_000 < len(body) <= 4_096} == {}


def test_what_a_process_took_is_what_the_system_says() -> None:
    # from a process of its own: this one may be larger than what it would measure
    script = """
import sys
from benchmarks.processes import run
for code in ("pass", "x = bytearray(300_000_000)"):
    print(run([sys.executable, "-c", code]).megabytes)
"""
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, check=True
    )
    small, large = map(float, answer.stdout.split())

    assert 1 < small < 150
    assert 300 < large < small + 350


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run([sys.executable, "-c", "raise SystemExit('no such model')"])

    assert "no such model" in failed.value.stderr


def test_a_row_shows_its_median_its_spread_and_its_runs() -> None:
    page = markdown([Row("Speed", "rank", "issues/s", (100.0, 300.0, 250.4))], {"processor": "any"})

    assert page.splitlines() == [
        "| | |",
        "|---|---|",
        "| processor | any |",
        "",
        "| Speed | median | least to most | runs |",
        "|---|---:|---:|---:|",
        "| rank | 250 issues/s | 100 to 300 | 3 |",
    ]


def test_a_row_shows_its_note_behind_its_figure_or_in_its_place() -> None:
    rows = [
        Row("Speed", "torch", "s", (4.0,), "2 times silentrank's"),
        Row("Memory", "torch", "MB", (400.0,)),
        Row("Speed", "setfit", "s", (), "left out: setfit is not installed"),
    ]

    assert markdown(in_tables(rows), {}).splitlines()[3:] == [
        "| Speed | median | least to most | runs |",
        "|---|---:|---:|---:|",
        "| torch | 4 s (2 times silentrank's) |  | 1 |",
        "| setfit | left out: setfit is not installed |  | 0 |",
        "",
        "| Memory | median | least to most | runs |",
        "|---|---:|---:|---:|",
        "| torch | 400 MB |  | 1 |",
    ]


def test_a_quick_run_prints_every_row_with_the_machine() -> None:
    parts = ("one-issue", "rank", "page", "installed", "action", "hostile")
    cells, page = _quick("--peers", "--parts", *parts)

    named = {row[0] for row in cells}
    assert {"processor", "memory", "model", "silentrank --help", "silentrank score"} <= named
    assert {"silentrank rank, 10 issues", "silentrank rank --top 20, 40 issues"} <= named
    assert {name for name, _ in bodies(100)} <= named
    if find_spec("fastapi"):
        assert {"queue, first page, p95", "decision, p50", "peak memory, 2 clients"} <= named
    active = json.loads(
        subprocess.run(
            [Path(sys.executable).with_name("silentrank"), "models", "show"],
            capture_output=True,
            check=True,
        ).stdout
    )
    assert f"| model | {active['model_id']} |" in page


def test_a_quick_run_measures_a_graph_and_peers_beside_it(
    tiny_model: Path, tiny_base: Path
) -> None:
    options = "--model", str(tiny_model), "--encoder", str(tiny_base), "--peers", "onnx-fp32"
    cells, _ = _quick(*options, "--parts", "stages", "graph", "one-issue")

    named = [row[0] for row in cells]
    assert named.index("silentrank score") < named.index("graph")  # however parts were named
    assert {name for name, _ in bodies(100)}.isdisjoint(named)
    assert named.count("onnxruntime, fp32") == 2  # time and memory of one issue
    assert {"the products alone: the limit", "between operators"} <= set(named)
    assert "of the limit of 8-bit products: the scorer's graph" in named
    _check_shares(cells, STAGES["onnx"])


def _quick(*options: str) -> tuple[list[list[str]], str]:
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--markdown", *options],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    lines = process.stdout.splitlines()
    return [line.strip("| ").split(" | ") for line in lines], process.stdout


def _check_shares(cells: Sequence[Sequence[str]], stages: Sequence[str]) -> None:
    spent = {row[0]: float(row[1].removesuffix(" %")) for row in cells if row[0] in stages}
    assert set(spent) == set(stages)
    assert sum(spent.values()) == pytest.approx(100, abs=0.5)
