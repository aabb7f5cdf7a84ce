"""Tables of measures at the width of the terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from classifier.metrics import Estimate
from training.results import table


def show_table(title: str, rows: Mapping[str, Mapping[str, Estimate]]) -> None:
    """Print measures with their intervals."""
    show_cells(title, *table(rows))


def show_cells(title: str, headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print a table, turned and cut where the terminal is narrow."""
    console = Console()
    lines = [[cell.replace(" (", "\n(") for cell in line] for line in cells]
    if _width([headings, *lines]) > console.width:
        headings, *lines = (list(column) for column in zip(headings, *lines, strict=True))
    while lines:
        count = _fitting([headings, *lines], console.width)
        grid = Table(title=escape(title), title_justify="left")
        for heading in headings[:count]:
            grid.add_column(escape(heading), overflow="fold")
        for line in lines:
            grid.add_row(*map(escape, line[:count]))
        console.print(grid)
        headings, lines = _rest(headings, count), [_rest(line, count) for line in lines]
        if len(headings) == 1:
            return


def _fitting(lines: Sequence[Sequence[str]], width: int) -> int:
    """How many columns fit, two at least: what a line is about, and one value."""
    fitting = (count for count in range(len(lines[0]), 2, -1) if _width(lines, count) <= width)
    return next(fitting, 2)


def _width(lines: Sequence[Sequence[str]], count: int | None = None) -> int:
    columns = list(zip(*lines, strict=True))[:count]
    parts = [[part for cell in column for part in cell.splitlines()] for column in columns]
    return 1 + sum(3 + max(map(len, part), default=0) for part in parts)


def _rest(cells: Sequence[str], count: int) -> list[str]:
    return [cells[0], *cells[count:]]
