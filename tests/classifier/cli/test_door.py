"""What holds for every command."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from rich.console import Console

from classifier.cli import app, terminal
from classifier.pipeline import Progress
from classifier.sources import Status

if TYPE_CHECKING:
    from tests.classifier.cli.conftest import Run


def commands(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Walk all commands with what one types for them; typer keeps its command types private."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, *path, name)


ALL = list(commands(typer.main.get_command(app)))
LEAVES = [(path, command) for path, command in ALL if not hasattr(command, "commands")]


def test_all_commands_are_known_here() -> None:
    assert {" ".join(path) for path, _ in LEAVES} == {
        "rank",
        "score",
        "action",
        "calibrate",
        "serve",
        "labels export",
        "labels import",
        "reviewers add",
        "reviewers list",
        "models list",
        "models show",
        "models verify",
    }


@pytest.mark.parametrize(("path", "command"), ALL, ids=str)
def test_every_command_has_help(run: "Run", path: tuple[str, ...], command: Any) -> None:  # noqa: ANN401
    for flag in ("--help", "-h"):
        outcome = run(*path, flag)

        assert outcome.exit_code == 0
        assert command.help.splitlines()[0].replace("`", "") in outcome.output


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=str)
def test_every_command_teaches_by_example(path: tuple[str, ...], command: Any) -> None:  # noqa: ANN401
    assert "```\n" in command.help
    assert f"silentrank {' '.join(path)}" in command.help


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=str)
def test_every_parameter_is_described(path: tuple[str, ...], command: Any) -> None:  # noqa: ANN401
    assert path
    assert all(parameter.help for parameter in command.params)


def test_the_version_is_the_packages(run: "Run") -> None:
    outcome = run("--version")

    assert (outcome.exit_code, outcome.output) == (0, f"silentrank {version('silentrank')}\n")


def test_an_interrupt_ends_with_the_shells_code(run: "Run") -> None:
    class Interrupted(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise KeyboardInterrupt

    assert run("score", given=Interrupted()).exit_code == 130


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("patience_seconds", [0.0, 3600.0])
def test_progress_shows_on_a_terminal_once_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool, patience_seconds: float
) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=is_terminal, width=80)
    monkeypatch.setattr("rich.console.Console", lambda **_: console)
    monkeypatch.setattr(terminal, "SECONDS_UNTIL_PROGRESS", patience_seconds)

    with terminal.progress_bar() as watch:
        watch.tell(Status("2,000 read, [4,980] of 5,000 requests left\x1b[2J"))
        watch(Progress(scored_count=1234, repeated_count=5))

    for text in ("1234 issues scored", "2,000 read, [4,980] of 5,000 requests left"):
        assert (text in stream.getvalue()) == (is_terminal and not patience_seconds)
    assert "\x1b[2J" not in stream.getvalue()
    assert watch.repeated_count == 5


def run_printing(statement: str, *, stdout: int) -> "subprocess.CompletedProcess[bytes]":
    """Write to standard output as the commands do, in a process whose locale knows ASCII alone."""
    script = f"""
import typer
from classifier.cli import terminal

def command() -> None:
    with terminal.output(None) as stream:
        {statement}

typer.run(command)
"""
    return subprocess.run(
        [sys.executable, "-c", script],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )


@pytest.mark.parametrize("line_count", [1, 100_000])
def test_a_reader_that_has_seen_enough_ends_it_quietly(line_count: int) -> None:
    reading_end, writing_end = os.pipe()
    os.close(reading_end)

    printing = f"for _ in range({line_count}): print('row', file=stream)"
    ended = run_printing(printing, stdout=writing_end)
    os.close(writing_end)

    assert ended.stderr == b""
    assert ended.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("line_count", [1, 100_000])
def test_a_full_disk_behind_standard_output_is_an_error(line_count: int) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run_printing(
            f"for _ in range({line_count}): print('row', file=stream)", stdout=full.fileno()
        )

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].endswith(
        b"InputError: Cannot write to standard output: No space left on device"
    )


def test_output_is_utf_8_whatever_the_locale_says() -> None:
    ended = run_printing(r"print('\u65e5\u672c', file=stream)", stdout=subprocess.PIPE)

    assert ended.stderr == b""
    assert ended.stdout.decode("utf-8").strip() == "日本"
