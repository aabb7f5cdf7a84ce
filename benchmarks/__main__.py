"""Prints what was measured: ``python -m benchmarks``, 45 minutes; ``--quick``, half a minute."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.measures import COMMAND, FULL, PARTS, QUICK, Choice, Plan, measure
from benchmarks.peers import CORES, PEERS
from benchmarks.report import in_tables, machine, markdown, table
from benchmarks.rows import Row, in_process
from benchmarks.subject import Subject
from benchmarks.targets import targets


def main() -> None:
    """Measure and print."""
    options = _parser().parse_args()
    choice = Choice(options.model, options.encoder, options.peers, options.parts)
    _keep_to_cores()
    subject = _subject(options.model)
    facts = machine(subject.model_id)
    rows = in_tables(_measured(QUICK if options.quick else FULL, choice, subject))
    if options.markdown:
        print(markdown(rows, facts))  # noqa: T201 - the result
    else:
        Console().print(table(rows, facts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small run, to see it work")
    parser.add_argument("--markdown", action="store_true", help="print for docs/benchmarks.md")
    parser.add_argument("--model", metavar="NAME|DIR", help="a model in place of the active one")
    parser.add_argument(
        "--encoder", metavar="DIR", help="what peers run: runs/encoders/…, or a base model"
    )
    parser.add_argument(
        "--peers", nargs="*", choices=PEERS, default=[*PEERS], help="which; all by default"
    )
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=[*PARTS], help="what to measure; all of it"
    )
    return parser


def _keep_to_cores() -> None:
    """Give this process and all that it starts as many cores as there are threads."""
    os.environ |= {"SILENTRANK_THREADS": str(CORES), "OMP_NUM_THREADS": str(CORES)}
    if hasattr(os, "sched_setaffinity"):  # macOS has none
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _measured(plan: Plan, choice: Choice, subject: Subject) -> list[Row]:
    console = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    rows: list[Row] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("measuring", total=None)
        for row in measure(plan, choice, subject, Path(folder)):
            bar.update(task, description=f"measured: {row.what}")
            rows.append(row)
    return [*rows, *targets(rows, plan.compared)]


def _subject(model: str | None) -> Subject:
    """Ask the command whether it is whole, and another process what it is: both may be large."""
    show = [COMMAND, "models", "verify", *([model] if model else [])]
    answer = subprocess.run(show, capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(answer.stderr)
    subject: Subject = in_process("subject", "describe", model)
    return subject


if __name__ == "__main__":
    main()
