"""A table for people, at the width of their terminal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from classifier.types import Evidence, RankedIssue, Ranking, Scenario, Verdict
from classifier.writers.escape import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

WIDTH_UNSEEN = 110  # columns, where the stream is no terminal
WIDTH_WITH_BAR = 70  # columns; in less room the title needs them more
WIDEST_ISSUE = 32  # columns of "owner/name#number"
LEAST_TITLE = 30  # columns; where fewer would be left, the title needs the scenario's
GAP = 2  # columns between two columns
BAR_WIDTH = 8
EIGHTHS = " ▏▎▍▌▋▊▉"
LIKELY, POSSIBLE = 0.5, 0.2  # where the colour changes


def write_table(
    ranking: Ranking, stream: TextIO, *, with_evidence: bool, width: int | None = None
) -> None:
    """Write a line an issue, the title cut where the line ends; reasons stand below it."""
    console = _console(stream, width)
    if ranking.entries:
        console.print(_table(ranking, console.width, with_evidence=with_evidence))
    count = len(ranking.entries)
    issues = "1 issue" if count == 1 else f"{count or 'no'} issues"
    repo = visible(_common_repo(ranking.entries))
    order = " in order of priority" if ranking.by == "priority" else ""
    words = f"{issues}{f' of {repo}' if repo else ''}{order}, by {visible(ranking.model_id)}"
    if ranking.threshold is not None:
        words += f"; worth reading from {ranking.threshold:.1%} on"
    console.print(words, style="dim")


def _console(stream: TextIO, width: int | None) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - the other formats do without

    unseen = None if stream.isatty() else WIDTH_UNSEEN
    return Console(file=stream, width=width or unseen, emoji=False, highlight=False, markup=False)


def _table(ranking: Ranking, width: int, *, with_evidence: bool) -> "Table":
    from rich.table import Table  # noqa: PLC0415

    repo = _common_repo(ranking.entries)
    names = [_name(entry, without=repo) for entry in ranking.entries]
    columns = _columns(ranking, names, width)
    table = Table(box=None, pad_edge=False, header_style="dim", width=width)
    for header, fixed in columns.items():
        table.add_column(header, width=fixed, no_wrap=True, overflow="ellipsis")
    table.add_column("Title", ratio=1)
    margin = [""] * len(columns)
    for entry, name in zip(ranking.entries, names, strict=True):
        cells = _cells(entry, name, has_bar=columns["Silent?"] > BAR_WIDTH)
        table.add_row(*(cells[header] for header in columns), _on_one_line(entry.title))
        if entry.missing:
            table.add_row(*margin, _lacking(entry.missing))
        for reason in entry.evidence if with_evidence else ():
            table.add_row(*margin, _reason(reason))
    return table


def _columns(ranking: Ranking, names: Iterable[str], width: int) -> dict[str, int]:
    """Return the width of each column but the title's, which has the rest.

    Where priority makes the order, it takes the place of the bar.
    """
    from rich.cells import cell_len  # noqa: PLC0415

    likelihood = {"Silent?": len("100.0%")}
    if width >= WIDTH_WITH_BAR and ranking.by == "priority":
        likelihood = {"Priority": len("Priority"), "Silent?": len("Silent?")}
    elif width >= WIDTH_WITH_BAR:
        likelihood = {"Silent?": BAR_WIDTH + 1 + len("100.0%")}
    issue = min(WIDEST_ISSUE, width // 3, max(map(cell_len, ["Issue", *names])))
    scenario = {"Scenario": max(map(len, Scenario))} if ranking.has_outlooks else {}
    columns = {"Rank": len("Rank"), **likelihood, **scenario, "Issue": issue}
    if width - sum(columns.values()) - GAP * len(columns) < LEAST_TITLE:
        columns.pop("Scenario", None)
    return columns


def _cells(entry: RankedIssue, name: str, *, has_bar: bool) -> "dict[str, str | Text]":
    """Return what an issue has for each column that there may be."""
    return {
        "Rank": f"{entry.rank:>4}",
        "Priority": "" if entry.priority is None else f"{entry.priority:>8.2f}",
        "Silent?": _likelihood(entry.probability, has_bar=has_bar),
        "Scenario": "" if entry.outlook is None else entry.outlook.scenario,
        "Issue": name,
    }


def _common_repo(entries: Iterable[RankedIssue]) -> str:
    """Return the repository that all issues are of, so that it need not stand in every line."""
    repos = {entry.key.repo for entry in entries}
    return repos.pop() if len(repos) == 1 else ""


def _name(entry: RankedIssue, *, without: str) -> str:
    repo = "" if entry.key.repo == without else entry.key.repo
    return visible(f"{repo}#{entry.key.number}" if entry.key.number else repo)


def _likelihood(probability: float, *, has_bar: bool) -> "Text":
    from rich.text import Text  # noqa: PLC0415

    style = "red" if probability >= LIKELY else "yellow" if probability >= POSSIBLE else "dim"
    bar = f"{_bar(probability)} " if has_bar else ""
    return Text(f"{bar}{probability:>6.1%}", style=style)


def _bar(probability: float) -> str:
    whole, eighths = divmod(round(probability * BAR_WIDTH * 8), 8)
    return ("█" * whole + EIGHTHS[eighths]).ljust(BAR_WIDTH)[:BAR_WIDTH]


def _lacking(facts: Iterable[str]) -> "Text":
    from rich.text import Text  # noqa: PLC0415

    return Text(f"{Verdict.CANT_TELL}: {visible(', '.join(facts))}", style="yellow")


def _reason(reason: Evidence) -> "Text":
    from rich.text import Text  # noqa: PLC0415

    quoted = f"“{visible(reason.text)}”" if reason.is_quote else visible(reason.text)
    style = "green" if reason.weight > 0 else "magenta"
    return Text.assemble((f"{reason.weight:+.2f} ", style), (quoted, "dim"))


def _on_one_line(text: str) -> "Text":
    from rich.text import Text  # noqa: PLC0415

    return Text(visible(text), no_wrap=True, overflow="ellipsis")
