"""Writes what commands print into the triager's page: ``python -m docs.generate_outputs``.

A block there begins with ``<!-- output: silentrank ... -->``; what is fenced below is replaced.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from docs.fresh import but_for_rounding, keep_fresh

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "triage.md"
BLOCK = re.compile(
    r"<!-- output: (?P<command>silentrank [^\n]+) -->\n```text\n.*?^```$", re.MULTILINE | re.DOTALL
)


def with_outputs(page: str) -> str:
    """Return the page, each block with what its command prints now."""
    page, count = BLOCK.subn(_run, page)
    if count != page.count("<!-- output:") or count == 0:
        raise ValueError(f"{PAGE}: an output block has lost its fence")
    return page


def _run(block: re.Match[str]) -> str:
    program, *arguments = shlex.split(block["command"])
    answer = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=True,
    )
    lines = "\n".join(line.rstrip() for line in answer.stdout.splitlines())
    return f"<!-- output: {block['command']} -->\n```text\n{lines}\n```"


if __name__ == "__main__":
    keep_fresh(PAGE, with_outputs(PAGE.read_text(encoding="utf-8")), alike=but_for_rounding)
