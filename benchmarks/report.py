"""The table, in a terminal or as markdown, and the machine that it holds for."""

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from rich.table import Table

from benchmarks.peers import CORES
from benchmarks.rows import Row

PACKAGES = (
    *("silentrank", "markdown-it-py", "numpy", "onnxruntime", "tokenizers", "scikit-learn"),
    *("torch", "transformers", "sentence-transformers"),
)
HEADINGS = ("", "median", "least to most", "runs")
THREE_DIGITS = 100
INSTRUCTIONS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8", "amx_bf16")
"""Which of these a processor has decides how fast it multiplies numbers of 8 and of 16 bits."""
CPU_LIST = Path("/proc/cpuinfo")  # where Linux names the processor


def machine(model_id: str) -> dict[str, str]:
    """What the figures hold for: hardware as the system names it, versions, day and load."""
    return {
        "processor": f"{_processor()}, {CORES} of its {os.cpu_count()} cores",
        "instructions": ", ".join(_instructions()) or "not known",
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "packages": ", ".join(_versions()),
        "model": model_id,
        "measured": f"{datetime.now(UTC):%Y-%m-%d}, load before it {os.getloadavg()[0]:.1f}",
    }


def table(rows: Sequence[Row], facts: dict[str, str]) -> Table:
    """Lay out what was measured for a terminal."""
    grid = Table(caption="\n".join(f"{key}: {value}" for key, value in facts.items()))
    grid.caption_justify = "left"
    for heading in HEADINGS:
        grid.add_column(heading, justify="right" if heading else "left")
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            grid.add_section()
            grid.add_row(f"[bold]{group}[/]")
        grid.add_row(*_cells(row))
    return grid


def markdown(rows: Sequence[Row], facts: dict[str, str]) -> str:
    """Write the machine and a table for each group."""
    lines = ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in facts.items())]
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            lines += ["", f"| {' | '.join((group, *HEADINGS[1:]))} |", "|---|---:|---:|---:|"]
        lines.append(f"| {' | '.join(_cells(row))} |")
    return "\n".join(lines)


def in_tables(rows: Iterable[Row]) -> list[Row]:
    """Rows of one group together, groups as they first came."""
    of_group: dict[str, list[Row]] = {}
    for row in rows:
        of_group.setdefault(row.group, []).append(row)
    return [row for own in of_group.values() for row in own]


def _cells(row: Row) -> tuple[str, str, str, str]:
    values = row.values
    if not values:
        return row.what, row.note, "", "0"
    spread = f"{_shown(min(values))} to {_shown(max(values))}" if len(values) > 1 else ""
    note = f" ({row.note})" if row.note else ""
    return (
        row.what,
        f"{_shown(median(values))} {row.unit}".rstrip() + note,
        spread,
        str(len(values)),
    )


def _versions() -> Iterator[str]:
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


def _shown(value: float) -> str:
    """Three digits: what the next run would not contradict."""
    return f"{value:,.0f}" if value >= THREE_DIGITS else f"{value:.3g}"


def _processor() -> str:
    return _of_processor("model name") or platform.processor() or platform.machine()


def _instructions() -> Iterator[str]:
    flags = _of_processor("flags").split()
    return (name for name in INSTRUCTIONS if name in flags)


def _of_processor(what: str) -> str:
    """What Linux says of the first core; elsewhere nothing."""
    if CPU_LIST.exists():
        for line in CPU_LIST.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == what:
                return value.strip()
    return ""
