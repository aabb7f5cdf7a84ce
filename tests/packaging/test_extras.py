"""A feature whose packages are missing says which command brings them."""

import ast
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
EXAMPLES = str(REPOSITORY / "examples" / "issues.jsonl")


def modules_of(extra: str) -> list[str]:
    """Top-level modules that only this extra brings."""
    wanted = {canonicalize_name(Requirement(line).name) for line in EXTRAS[extra]}
    return [
        module
        for module, owners in packages_distributions().items()
        if wanted & {canonicalize_name(owner) for owner in owners}
    ]


def run_without(extra: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a console script in a process that cannot import what the extra brings."""
    package = {"silentrank": "classifier", "silentrank-train": "training"}[command[0]]
    absent = dict.fromkeys(modules_of(extra))  # None in sys.modules: the import fails
    script = (
        f"import sys; sys.modules |= {absent}; sys.argv = {command}; "
        f"from {package}.cli import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("github", ["silentrank", "rank", "github:octo/demo"]),
        ("github", ["silentrank", "score", "https://github.com/octo/demo/issues/1"]),
        ("github", ["silentrank-train", "collect-feedback", "octo/demo"]),
        ("linear", ["silentrank", "rank", EXAMPLES, "--model", "tfidf"]),
        ("linear", ["silentrank", "score", "--title", "Wrong loss", "--model", "tfidf"]),
        ("parquet", ["silentrank", "rank", "issues.parquet"]),
        ("postgresql", ["silentrank", "reviewers", "list", "--database", "postgresql:///none"]),
        ("web", ["silentrank", "serve", EXAMPLES]),
        ("web", ["silentrank", "labels", "export"]),
        ("web", ["silentrank", "labels", "import", "labels.csv", "--reviewer", "Ana"]),
        ("web", ["silentrank", "reviewers", "list"]),
        ("train", ["silentrank-train"]),
        ("train", ["silentrank-train", "--help"]),
    ],
)
def test_a_missing_extra_answers_with_the_pip_command(extra: str, command: list[str]) -> None:
    process = run_without(extra, command)

    assert f"pip install 'silentrank[{extra}]'" in process.stderr
    assert "Traceback" not in process.stderr
    assert process.returncode == 1


def test_every_extra_that_an_error_names_exists() -> None:
    named = {
        keyword.value.value: path.name
        for package in ("classifier", "training")
        for path in (REPOSITORY / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "MissingExtraError"
        for keyword in node.keywords
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Constant)
    }

    assert {"github", "linear", "parquet", "train", "transformer"} <= set(named)
    assert set(named) <= set(EXTRAS)
