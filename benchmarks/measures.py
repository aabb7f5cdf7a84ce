"""What is measured. Rows of one table may come apart; the report puts them together."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import names
from benchmarks.action import costs
from benchmarks.comparison import (
    Peers,
    beside,
    megabytes,
    prepare,
    seconds,
    throughput,
    write_one,
)
from benchmarks.installed import sizes
from benchmarks.issues import write_issues
from benchmarks.names import PRODUCTS, RANK, of_issues
from benchmarks.processes import Usage, run
from benchmarks.rows import Row, in_process, parts, shares
from benchmarks.subject import Subject
from benchmarks.web import Load, web

COMMAND = str(Path(sys.executable).with_name("silentrank"))
TOP = 20
WAYS = "The graph alone, in different ways"
PARTS = ("one-issue", "rank", "stages", "graph", "page", "installed", "action", "hostile")
COMPARED = frozenset({"one-issue", "rank"})
"""Parts in which peers run, too."""
READING = COMPARED | {"stages", "graph"}
"""Parts that read files of issues."""
OPERATORS = "Where the time of the graph goes"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    short_runs: int  # of silentrank's commands that end within seconds
    rank_runs: Mapping[int, int]  # issues → runs of ``rank``, the fewest issues first
    parts_runs: int  # of what is timed inside a process
    hostile_length: int  # characters
    peer_runs: int  # of a peer that scores one issue; many issues it scores once
    is_installed: bool  # whether silentrank is installed anew, which takes a minute
    load: Load  # of the triage page

    @property
    def compared(self) -> int:
        """Issues in the comparison, and where the stages are timed."""
        return [*self.rank_runs][1]

    @property
    def read(self) -> int:
        """Issues whose graph is timed alone."""
        return next(iter(self.rank_runs))


FULL = Plan(
    20,
    {1_000: 5, 5_000: 3, 20_000: 1},
    3,
    1_000_000,
    5,
    is_installed=True,
    load=Load(100_000, {1: 60, 32: 5}, 1_000, 3),
)
QUICK = Plan(  # only to see it run
    1, {10: 1, 20: 1, 40: 1}, 1, 10_000, 1, is_installed=False, load=Load(100, {2: 1}, 2, 1)
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the run is about."""

    model: str | None  # as the command line names it
    encoder: str | None  # what peers run; None for the pretrained one
    peers: Sequence[str]  # names in PEERS
    parts: Collection[str]  # names in PARTS

    @property
    def options(self) -> tuple[str, ...]:
        """For the command."""
        return ("--model", self.model) if self.model else ()


def measure(plan: Plan, choice: Choice, subject: Subject, folder: Path) -> Iterator[Row]:
    """Measure what was chosen, a row at a time; whatever it needs is written into ``folder``."""
    files = {size: folder / f"{size}.jsonl" for size in plan.rank_runs}
    if not READING.isdisjoint(choice.parts):
        for size, path in files.items():
            write_issues(path, size)
    is_compared = not COMPARED.isdisjoint(choice.parts)
    peers = prepare(choice.peers if is_compared else (), folder / "peers", choice.encoder, subject)
    measures: Mapping[str, Callable[[], Iterator[Row]]] = {
        "one-issue": lambda: _one_issue(plan, choice, peers, files[plan.read], folder),
        "rank": lambda: _rank(plan, choice, peers, files),
        "stages": lambda: _stages(plan, choice, subject, files[plan.compared]),
        "graph": lambda: _graph(plan, subject, files[plan.read], folder),
        "page": lambda: web(plan.load, choice.model, subject, folder / "web"),
        "installed": lambda: sizes(folder / "installed", is_measured=plan.is_installed),
        "action": lambda: costs(folder / "action", plan.parts_runs, is_installed=plan.is_installed),
        "hostile": lambda: _hostile(plan),
    }
    for part in PARTS:
        if part in choice.parts:
            yield from measures[part]()


def _one_issue(
    plan: Plan, choice: Choice, peers: Peers, source: Path, folder: Path
) -> Iterator[Row]:
    issue, title, body = write_one(source, folder)
    time, memory = seconds(names.COLD), megabytes(names.COLD_MEMORY)
    yield time.row(names.HELP, _runs(("--help",), plan.short_runs))
    arguments = ("score", "--title", title, "--body-file", str(body), *choice.options)
    own = _runs(arguments, plan.short_runs)
    yield time.row(names.SCORE, own)
    yield memory.row(names.SCORE, own)
    yield from beside(own, (time, memory), peers, issue, runs=plan.peer_runs)


def _rank(plan: Plan, choice: Choice, peers: Peers, files: Mapping[int, Path]) -> Iterator[Row]:
    memory = megabytes(names.MEMORY)
    for size, path in files.items():
        own = _runs(("rank", str(path), *choice.options), plan.rank_runs[size])
        yield throughput(size).row(f"{RANK}{of_issues(size)}", own)
        yield memory.row(f"{RANK}{of_issues(size)}", own)
        if size == plan.compared:
            figures = throughput(size), memory
            yield from beside(own, figures, peers, path, runs=1, what=of_issues(size))
    size, path = max(files.items())
    usages = _runs(("rank", str(path), "--top", str(TOP), *choice.options), 1)
    yield memory.row(f"{RANK} --top {TOP}{of_issues(size)}", usages)


def _stages(plan: Plan, choice: Choice, subject: Subject, path: Path) -> Iterator[Row]:
    group = f"{names.SHARES}{of_issues(plan.compared)}"
    runs = [
        shares(in_process("stages", "seconds", path, choice.model, subject.directory))
        for _ in range(plan.parts_runs)
    ]
    yield from parts(group, "%", runs)
    reading = in_process("stages", "reading_stages")
    together = tuple(sum(run[stage] for stage in run if stage in reading) for run in runs)
    yield Row(group, names.TOGETHER, "%", together)


def _graph(plan: Plan, subject: Subject, path: Path, folder: Path) -> Iterator[Row]:
    if not subject.has_graph:
        return
    place = subject.directory, path
    times = range(plan.parts_runs)
    ways = [in_process("graph_runs", "rates", *place) for _ in times]
    yield from parts(f"{WAYS}{of_issues(plan.read)}", "issues/s", ways)
    tokens, operations = in_process("products", "work", *place)
    yield Row(PRODUCTS, "tokens an issue", "", (tokens,))
    yield Row(PRODUCTS, names.OPERATIONS, "billion", (operations,))
    speeds = [in_process("products", "speeds", *place) for _ in times]
    yield from parts(PRODUCTS, "billion/s", speeds)
    spent = [shares(in_process("products", "spent", *place, folder)) for _ in times]
    yield from parts(OPERATORS, "%", spent)


def _hostile(plan: Plan) -> Iterator[Row]:
    runs = [
        {what: 1000 * spent for what, spent in found.items()}
        for found in (
            in_process("hostile", "seconds", plan.hostile_length) for _ in range(plan.parts_runs)
        )
    ]
    group = f"Normalizing one hostile body, {plan.hostile_length:,} characters"
    yield from sorted(parts(group, "ms", runs), key=lambda row: -median(row.values))


def _runs(arguments: Sequence[str], count: int) -> list[Usage]:
    """Run a command as often as asked, after a warm-up where that costs little."""
    command = [COMMAND, *arguments]
    if count > 1:
        run(command)
    return [run(command) for _ in range(count)]
