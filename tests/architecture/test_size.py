"""Code stays small enough to be read in one sitting."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MODULES = sorted(
    path for package in ("classifier", "training") for path in (REPOSITORY / package).rglob("*.py")
)
MOST_LINES_OF_MODULE = 400
MOST_LINES_OF_FUNCTION = 50  # of its body: a signature may list many options


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_modules_and_functions_are_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    lengths = {
        node.name: (node.end_lineno or 0) - node.body[0].lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert len(source.splitlines()) <= MOST_LINES_OF_MODULE
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_FUNCTION} == {}
