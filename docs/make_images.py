"""Draws the README's picture, a ranking as a terminal shows it: ``python -m docs.make_images``."""

import io
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console, Group
from rich.padding import Padding
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from docs.fresh import keep_fresh

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "images" / "ranking.svg"
COMMAND = ("silentrank", "rank", "examples/issues.jsonl", "--top", "10")
WIDTH = 110  # columns, as ``rank`` assumes where it writes to no terminal
MARGIN = 1
THEME = TerminalTheme(
    (30, 33, 40),  # background
    (215, 218, 224),  # text
    [
        (40, 44, 52),
        (240, 113, 120),  # red: likely
        (152, 195, 121),
        (229, 192, 123),  # yellow: possible
        (97, 175, 239),
        (198, 120, 221),
        (86, 182, 194),
        (215, 218, 224),
    ],
)
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>A ranking of ten issues in a terminal</title>
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
  font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 18px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture() -> str:
    """Run the command and draw what it prints."""
    prompt = Text.assemble(("$ ", "green"), " ".join(COMMAND), "\n")
    screen = Group(prompt, Text.from_ansi(_output()))
    console = Console(file=io.StringIO(), record=True, width=WIDTH + 2 * MARGIN)
    console.print(Padding(screen, (0, MARGIN)))
    return console.export_svg(
        title="silentrank", theme=THEME, code_format=FRAME, unique_id="ranking"
    )


def _output() -> str:
    command = [str(Path(sys.executable).with_name(COMMAND[0])), *COMMAND[1:]]
    colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment | colours,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=True,
    ).stdout


if __name__ == "__main__":
    keep_fresh(PICTURE, picture())
