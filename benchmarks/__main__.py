"""Prints what was measured: ``python -m benchmarks``, some minutes; ``--quick``, some seconds."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.measures import COMMAND, FULL, QUICK, Row, measure
from benchmarks.report import machine, markdown, table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small run, to see it work")
    parser.add_argument("--markdown", action="store_true", help="print for docs/benchmarks.md")
    parser.add_argument("--model", metavar="NAME|DIR", help="a model in place of the active one")
    options = parser.parse_args()
    facts = machine(_model_id(options.model))
    rows = _measured(options.model, is_quick=options.quick)
    if options.markdown:
        print(markdown(rows, facts))  # noqa: T201 - the result
    else:
        Console().print(table(rows, facts))


def _measured(model: str | None, *, is_quick: bool) -> list[Row]:
    console = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("measuring, some minutes", total=None)
        for row in measure(QUICK if is_quick else FULL, model, Path(folder)):
            bar.update(task, description=f"measured: {row.what}")
            rows.append(row)
    return rows


def _model_id(model: str | None) -> str:
    """Ask the command, so that nothing large is imported here."""
    show = [COMMAND, "models", "verify", *([model] if model else [])]
    answer = subprocess.run(show, capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(answer.stderr)
    return answer.stdout.partition(":")[0]


if __name__ == "__main__":
    main()
