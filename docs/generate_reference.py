"""Writes the command reference from the commands: ``python -m docs.generate_reference``."""

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.cli import get_docs_for_click
from typer.main import get_command

from docs.fresh import keep_fresh

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference.md"
PREFACE = """\
<!-- Written by docs/generate_reference.py from the code; `make docs` writes it anew. -->

# Command reference
"""


def reference() -> str:
    """Return the pages of all commands that the distribution installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pages = [
        _page(name, entry_point.partition(":")[0])
        for name, entry_point in project["scripts"].items()
    ]
    return "\n".join([PREFACE, *pages]).rstrip() + "\n"


def _page(name: str, module: str) -> str:
    command = get_command(import_module(module).app)
    _give_whole_summaries(command)
    context = typer.Context(command, info_name=name)
    return get_docs_for_click(obj=command, ctx=context, indent=1, name=name)


def _give_whole_summaries(command: Any) -> None:  # noqa: ANN401 - typer keeps the type private
    """Keep lists of commands from cutting each one's first sentence."""
    command.short_help = (command.help or "").partition("\n")[0]
    for inner in getattr(command, "commands", {}).values():
        _give_whole_summaries(inner)


if __name__ == "__main__":
    keep_fresh(REFERENCE, reference())
