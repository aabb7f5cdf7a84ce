"""What is measured, in the order of the table."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from benchmarks.issues import write_issues
from benchmarks.processes import Usage, run

COMMAND = str(Path(sys.executable).with_name("silentrank"))
TITLE = "fit() ignores sample_weight"
TOP = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing."""

    group: str
    what: str
    unit: str
    values: tuple[float, ...]  # one a run


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    short_runs: int  # of commands that end within seconds
    rank_runs: Mapping[int, int]  # issues → runs of ``rank``, the fewest issues first
    parts_runs: int  # of what is timed inside a process
    hostile_length: int  # characters


FULL = Plan(20, {1_000: 5, 10_000: 5, 100_000: 1}, 3, 1_000_000)
QUICK = Plan(1, {10: 1, 20: 1, 40: 1}, 1, 10_000)  # only shows that everything runs


def measure(plan: Plan, model: str | None, folder: Path) -> Iterator[Row]:
    """Measure everything, a row at a time; the issues for it are written into ``folder``."""
    chosen = ("--model", model) if model else ()
    files = {size: folder / f"{size}.jsonl" for size in plan.rank_runs}
    for size, path in files.items():
        write_issues(path, size)
    yield from _short_commands(plan, chosen)
    yield from _rank(plan, files, chosen)
    _, middle, *_ = plan.rank_runs
    yield from _parts(
        f"Where the time of rank goes, {middle:,} issues",
        "%",
        [_shares(_in_process("stages", str(files[middle]), model)) for _ in range(plan.parts_runs)],
    )
    hostile = _parts(
        f"Normalizing one hostile body, {plan.hostile_length:,} characters",
        "ms",
        [
            _milliseconds(_in_process("hostile", plan.hostile_length))
            for _ in range(plan.parts_runs)
        ],
    )
    yield from sorted(hostile, key=lambda row: -median(row.values))


def _short_commands(plan: Plan, chosen: Sequence[str]) -> Iterator[Row]:
    for what, arguments in {
        "silentrank --help": ("--help",),
        "silentrank score, one issue": ("score", "--title", TITLE, *chosen),
    }.items():
        usages = _runs(arguments, plan.short_runs)
        yield _row("Start to end", what, "s", usages, _seconds)


def _rank(plan: Plan, files: Mapping[int, Path], chosen: Sequence[str]) -> Iterator[Row]:
    memory = []
    for size, path in files.items():
        what = f"silentrank rank, {size:,} issues"
        usages = _runs(("rank", str(path), *chosen), plan.rank_runs[size])
        yield _row("Throughput", what, "issues/s", usages, _issues_a_second(size))
        memory.append(_row("Peak memory", what, "MB", usages, _megabytes))
    yield from memory
    size, path = max(files.items())
    usages = _runs(("rank", str(path), "--top", str(TOP), *chosen), 1)
    yield _row(
        "Peak memory", f"silentrank rank --top {TOP}, {size:,} issues", "MB", usages, _megabytes
    )


def _runs(arguments: Sequence[str], count: int) -> list[Usage]:
    """Run a command as often as asked, after a warm-up where that costs little."""
    command = [COMMAND, *arguments]
    if count > 1:
        run(command)
    return [run(command) for _ in range(count)]


def _row(
    group: str, what: str, unit: str, usages: Sequence[Usage], value: Callable[[Usage], float]
) -> Row:
    return Row(group, what, unit, tuple(map(value, usages)))


def _seconds(usage: Usage) -> float:
    return usage.seconds


def _issues_a_second(count: int) -> Callable[[Usage], float]:
    return lambda usage: count / usage.seconds


def _megabytes(usage: Usage) -> float:
    return usage.megabytes


def _parts(group: str, unit: str, runs: Sequence[Mapping[str, float]]) -> Iterator[Row]:
    """Turn runs of several parts into a row a part."""
    for part in runs[0]:
        yield Row(group, part, unit, tuple(run[part] for run in runs))


def _shares(seconds: Mapping[str, float]) -> dict[str, float]:
    whole = sum(seconds.values())
    return {stage: 100 * spent / whole for stage, spent in seconds.items()}


def _milliseconds(seconds: Mapping[str, float]) -> dict[str, float]:
    return {part: 1000 * spent for part, spent in seconds.items()}


def _in_process(module: str, *arguments: object) -> dict[str, float]:
    """Time the parts of something in a fresh process, which keeps this one small."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_seconds_in, module, arguments).result()


def _seconds_in(module: str, arguments: Sequence[object]) -> dict[str, float]:
    seconds: dict[str, float] = import_module(f"benchmarks.{module}").seconds(*arguments)
    return seconds
