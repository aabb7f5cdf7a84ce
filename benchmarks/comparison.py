"""silentrank beside others that run the same encoder."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.names import THROUGHPUT
from benchmarks.peers import PEERS, TOKENIZER
from benchmarks.processes import Usage, run
from benchmarks.rows import Row
from benchmarks.subject import Subject

NEEDED = ("torch", "transformers")  # to write an encoder down for any of them


@dataclass(frozen=True, slots=True)
class Peers:
    """Peers that are to run, their files, and why they cannot, if they cannot."""

    names: Sequence[str]
    folder: Path
    tokens: int  # the most that they may read of an issue
    reason: str = ""

    def usages(self, name: str, issues: Path, runs: int) -> tuple[list[Usage], str]:
        """What a peer takes for a file of issues, or why it does not run here."""
        missing = PEERS[name].missing
        if missing or self.reason:
            return [], f"{missing[0]} is not installed" if missing else self.reason
        arguments = [name, str(self.folder), str(issues), str(self.tokens)]
        command = [sys.executable, "-m", "benchmarks.peers", *arguments]
        try:
            if runs > 1:
                run(command)  # warms the system's file cache
            return [run(command) for _ in range(runs)], ""
        except subprocess.CalledProcessError as error:
            return [], _last_line(error.stderr)


@dataclass(frozen=True, slots=True)
class Figure:
    """What is told of a process, and in which table."""

    group: str
    unit: str
    value: Callable[[Usage], float]

    def row(self, what: str, usages: Sequence[Usage], note: str = "") -> Row:
        """A row of the table."""
        return Row(self.group, what, self.unit, tuple(map(self.value, usages)), note)


def seconds(group: str) -> Figure:
    """Wall time, start to end."""
    return Figure(group, "s", lambda usage: usage.seconds)


def megabytes(group: str) -> Figure:
    """The largest resident set."""
    return Figure(group, "MB", lambda usage: usage.megabytes)


def throughput(count: int) -> Figure:
    """Issues a second, of ``count``."""
    return Figure(THROUGHPUT, "issues/s", lambda usage: count / usage.seconds)


def prepare(names: Sequence[str], folder: Path, encoder: str | None, subject: Subject) -> Peers:
    """Write the encoder down for all peers, in a process that may be large."""
    lacking = [module for module in NEEDED if find_spec(module) is None]
    if lacking or not names:
        reason = f"{lacking[0]} is not installed" if lacking else ""
        return Peers(names, folder, subject.tokens, reason)
    folder.mkdir()
    options = ["--tokenizer", str(subject.directory / TOKENIZER)]
    options += ["--encoder", encoder] if encoder else []
    command = [sys.executable, "-m", "benchmarks.prepare", str(folder), str(subject.tokens)]
    answer = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    reason = _last_line(answer.stderr) if answer.returncode else ""
    return Peers(names, folder, subject.tokens, reason)


def beside(
    own: Sequence[Usage],
    figures: Sequence[Figure],
    peers: Peers,
    issues: Path,
    *,
    runs: int,
    what: str = "",
) -> Iterator[Row]:
    """A row for each peer and figure, with how it compares with silentrank's ``own``."""
    for name in peers.names:
        called = f"{PEERS[name].name}{what}"
        usages, reason = peers.usages(name, issues, runs)
        for figure in figures:
            if not usages:
                yield figure.row(called, (), f"left out: {reason}")
                continue
            ratio = median(map(figure.value, usages)) / median(map(figure.value, own))
            yield figure.row(called, usages, f"{ratio:.3g} times silentrank's")


def write_one(source: Path, folder: Path) -> tuple[Path, str, Path]:
    """The issue of middle length: as a file for peers, and as a title and a file of its body."""
    with source.open(encoding="utf-8") as file:
        rows = sorted(map(json.loads, file), key=lambda row: len(row["body"]))
    row = rows[len(rows) // 2]
    issue, body = folder / "one.jsonl", folder / "one.md"
    issue.write_text(json.dumps(row) + "\n", encoding="utf-8")
    body.write_text(row["body"], encoding="utf-8")
    return issue, row["title"], body


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it failed without a word"])[-1]
