"""The triage page over a database with many issues: how long people and programs wait."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.names import of_issues
from benchmarks.rows import Row, in_process
from benchmarks.subject import Subject
from benchmarks.web_names import Asking
from benchmarks.web_server import serving

PAGE = "The triage page"
SCORING = "The triage page, scoring for programs"
NEEDED = ("fastapi", "uvicorn", "sqlalchemy", "httpx")  # of the extras web and dev
PERCENTILES = (50, 95)


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked of the page, and over how many issues."""

    size: int  # issues in the database
    requests: Mapping[int, int]  # clients at a time → requests of each for each thing, in a run
    scored: int  # issues, to measure how many a second
    runs: int


def web(load: Load, model: str | None, subject: Subject, folder: Path) -> Iterator[Row]:
    """Rows of the triage page; ``model`` is as the command line names it."""
    missing = [module for module in NEEDED if find_spec(module) is None]
    if missing:
        yield Row(PAGE, "all of it", "", (), f"left out: {missing[0]} is not installed")
        return
    folder.mkdir()
    database = folder / "triage.db"
    options = ("--model", model) if model else ()
    in_process("web_data", "fill", database, load.size, subject.model_id)
    group = f"{PAGE}{of_issues(load.size)}"
    starts: list[float] = []
    scoring: list[Row] = []
    page = 2  # of the queue, from which on nobody has looked at an issue
    for clients, requests in load.requests.items():
        people = "1 client" if clients == 1 else f"{clients} clients"
        with serving(database, options) as server:
            asking = Asking(clients, requests, load.runs, page)
            runs, page = in_process("web_load", "times", server.url, load.size, asking)
            if clients == max(load.requests):
                scoring = [*_throughput(load, model, server.url)]
        starts.append(server.seconds)
        yield Row(group, f"peak memory, {people}", "MB", (server.megabytes,))
        yield from _latencies(f"{group}, {people}", runs)
    yield Row(group, "from the command to the first page", "s", tuple(starts))
    yield from scoring


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest value that ``share`` per cent of all do not exceed."""
    return sorted(values)[-(-len(values) * share // 100) - 1]


def _latencies(group: str, runs: Sequence[Mapping[str, Sequence[float]]]) -> Iterator[Row]:
    for what in runs[0]:
        for share in PERCENTILES:
            values = tuple(1000 * percentile(run[what], share) for run in runs)
            yield Row(group, f"{what}, p{share}", "ms", values)


def _throughput(load: Load, model: str | None, url: str) -> Iterator[Row]:
    group, times = f"{SCORING}{of_issues(load.scored)}", range(load.runs)
    own = tuple(in_process("web_scoring", "alone", model, load.scored) for _ in times)
    asked = tuple(in_process("web_scoring", "by_api", url, load.scored) for _ in times)
    yield Row(group, "the scorer alone", "issues/s", own)
    ratio = f"{median(asked) / median(own):.3g} times the scorer alone"
    yield Row(group, "POST /api/score", "issues/s", asked, ratio)
