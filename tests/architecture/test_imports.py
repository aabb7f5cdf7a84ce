"""What import-linter cannot see: what is really loaded when a process starts."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from classifier.artifact import list_models, read_manifest

SLOW = {
    "alembic",
    "datasets",
    "fastapi",
    "github",
    "mlflow",
    "numpy",
    "onnx",
    "onnxruntime",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "sqlalchemy",
    "tokenizers",
    "torch",
    "transformers",
    "uvicorn",
}
SCORERS_MAY_LOAD = {
    "linear": {"numpy", "pandas", "pyarrow", "scipy", "sklearn"},  # sklearn loads what is there
    "onnx": {"numpy", "onnxruntime", "tokenizers"},
}
REPOSITORY = Path(__file__).parents[2]
RELEASED = {path.name: read_manifest(path).scorer for path in list_models()}
PRINT_MODULES = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh process has loaded after ``statement``."""
    process = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{PRINT_MODULES}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(process.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("statement", ["import classifier", "import classifier.cli"])
def test_importing_the_package_or_its_door_loads_nothing_slow(statement: str) -> None:
    loaded = modules_after(statement)

    assert "classifier" in loaded
    assert not loaded & SLOW


@pytest.mark.parametrize(
    "command",
    ["", "rank", "score", "calibrate", "serve", "action", "labels", "reviewers", "models"],
)
def test_help_loads_nothing_slow(command: str) -> None:
    loaded = modules_after(
        "import contextlib, sys\n"
        "from classifier.cli import main\n"
        f"sys.argv = {['silentrank', *command.split(), '--help']}\n"
        "with contextlib.suppress(SystemExit): main()"
    )

    assert "rich" in loaded  # the help was really printed
    assert not loaded & SLOW


@pytest.mark.parametrize("model", RELEASED)
def test_ranking_loads_no_more_than_the_models_scorer_needs(model: str) -> None:
    loaded = modules_after(
        "from classifier import load, rank_issues\n"
        "from classifier.sources import read_issues\n"
        f"issues = read_issues([{str(REPOSITORY / 'examples' / 'issues.jsonl')!r}], print)\n"
        f"assert rank_issues(issues, load({model!r}), top=3, explain=True).entries"
    )

    assert loaded & SLOW <= SCORERS_MAY_LOAD[RELEASED[model]]


@pytest.mark.parametrize(
    "module", ["classifier.scorers.onnx", "training.families.transformer.encoders"]
)
def test_the_runtime_is_told_not_to_report_on_its_users(module: str, tmp_path: Path) -> None:
    if module.startswith("training") and not all(map(find_spec, ("onnx", "torch"))):
        pytest.skip("needs the extra transformer")
    silencing = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in silencing}

    subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        env={**environment, "HOME": str(tmp_path)},
        check=True,
    )

    assert list(tmp_path.rglob("*onnxruntime*")) == []
