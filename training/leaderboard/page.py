"""The leaderboard as a page with pictures; nothing in it is typed by hand."""

from collections.abc import Sequence
from pathlib import Path
from string import Template

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classifier.files import replace_file
from training.compare import Verdict
from training.figures import between, short
from training.leaderboard import Board, Entry, Leaderboard
from training.leaderboard.kept import folder_of
from training.plots import COLOR, REFERENCE, save
from training.protocols import PROTOCOLS, Protocol
from training.results import HEADINGS, PROTOCOL_NAMES, cell, row_title

TEMPLATE = Path(__file__).with_name("template.md")
MEASURES = (
    "average_precision",
    "roc_auc",
    "precision_at_20",
    "recall_at_20_percent",
    "wss_at_95_percent",
    "expected_calibration_error",
)
COLORS = {Verdict.WIN: "#2b8a3e", Verdict.DRAW: COLOR, Verdict.LOSS: "#b3402a"}
OTHERS = "#666666"  # the baseline and what was not compared
PANELS_A_ROW = 2


def write_page(leaderboard: Leaderboard, page: Path) -> None:
    """Write the page, and its pictures into ``images`` beside it."""
    for protocol in PROTOCOLS:
        draw(leaderboard, protocol, page.parent / "images" / picture_name(protocol))
    content = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        baseline=leaderboard.baseline,
        digest=leaderboard.digest[:12],
        kept=folder_of(page).name,
        boards="\n".join(_section(leaderboard, protocol) for protocol in PROTOCOLS),
        runs=_runs_table(leaderboard),
    )
    replace_file(page, content.encode())


def picture_name(protocol: Protocol) -> str:
    """A protocol's picture."""
    return f"leaderboard-{protocol}.png"


def _section(leaderboard: Leaderboard, protocol: Protocol) -> str:
    boards = [board for board in leaderboard.boards if board.protocol == protocol]
    title = PROTOCOL_NAMES[protocol].capitalize()
    picture = f"![Average precision, {title.lower()}](images/{picture_name(protocol)})"
    return "\n".join([f"## {title}\n", f"{picture}\n", *(_table(board) for board in boards)])


def _table(board: Board) -> str:
    chance = short(board.silent / board.tested)
    title = f"### {row_title(board.part).capitalize()}\n"
    counts = f"{board.tested:,} issues, {board.silent} silent; chance gives AP {chance}.\n"
    headings = ["model", *(HEADINGS[name] for name in MEASURES), "AP against baseline", ""]
    lines = [headings, ["---"] * len(headings), *(_line(entry) for entry in board.entries)]
    return "\n".join([title, counts, *(f"| {' | '.join(line)} |" for line in lines), ""])


def _line(entry: Entry) -> list[str]:
    cells = [cell(entry.row[name]) if name in entry.row else "" for name in MEASURES]
    if entry.comparison is None:
        return [entry.model, *cells, "", ""]
    difference = entry.comparison.differences["average_precision"]
    return [entry.model, *cells, between(difference), str(entry.comparison.verdict)]


def _runs_table(leaderboard: Leaderboard) -> str:
    lines = ["| model | protocol | commit | run | folds, minutes |", "|---|---|---|---|---|"]
    for protocol, runs in leaderboard.runs.items():
        for run in sorted(runs, key=lambda run: run.name):
            dirty = "" if run.tags.get("git_dirty") == "false" else " and changes"
            commit = run.tags.get("git_commit", "unknown")[:7] + dirty
            minutes = f"{run.metrics.get('seconds', 0.0) / 60:.1f}"
            cells = [run.name, protocol, commit, f"`{run.run_id[:8]}`", minutes]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(leaderboard: Leaderboard, protocol: Protocol, path: Path) -> None:
    """Average precision with its interval, a panel for each part, best on top."""
    boards = [board for board in leaderboard.boards if board.protocol == protocol]
    columns = min(PANELS_A_ROW, len(boards))
    rows = -(-len(boards) // columns)
    with mpl.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        height = 0.9 + 0.32 * max(len(board.entries) for board in boards)
        figure = Figure(figsize=(6.2 * columns, height * rows), dpi=120, layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, board in zip(panels, boards, strict=False):
            _draw_board(axes, board)
        for axes in panels[len(boards) :]:
            axes.set_axis_off()
        save(figure, path)


def _draw_board(axes: Axes, board: Board) -> None:
    for height, entry in enumerate(reversed(board.entries)):
        estimate = entry.row["average_precision"]
        color = COLORS[entry.comparison.verdict] if entry.comparison else OTHERS
        axes.plot([estimate.low, estimate.high], [height, height], color=color, linewidth=2)
        axes.plot(estimate.value, height, "o", color=color)
    chance = board.silent / board.tested
    axes.axvline(chance, **REFERENCE)
    axes.annotate("chance", (chance, -0.9), ha="left", va="bottom", color=OTHERS)
    axes.set_yticks(range(len(board.entries)), _names(board.entries))
    axes.set(xlabel="average precision, 95 % interval", xlim=(0, None), ylim=(-1, None))
    axes.set_title(f"{PROTOCOL_NAMES[board.protocol]}: {row_title(board.part)}", loc="left")


def _names(entries: Sequence[Entry]) -> list[str]:
    return [entry.model for entry in reversed(entries)]
