"""What the commands say besides their result, and where the result goes."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from classifier.errors import InputError
from classifier.files import replacing
from classifier.sources import Skipped, Status
from classifier.writers.escape import visible

if TYPE_CHECKING:
    from classifier.pipeline import Progress as RankingProgress

EXIT_CLOSED_PIPE = 141  # what a shell reports of a program that a closed pipe has ended
SECONDS_UNTIL_PROGRESS = 2.0


def say(message: str) -> None:
    """Write one line to standard error; what a file name or header smuggled in does not act."""
    typer.echo(visible(message), err=True)


class LeftOut:
    """Reports the rows that are left out, as they come, and counts them."""

    def __init__(self, *, is_strict: bool) -> None:
        self._is_strict = is_strict
        self.broken_count = 0
        self._other_count = 0

    def __call__(self, skipped: Skipped) -> None:
        """Hear of one row. Raises InputError for a broken one where ``is_strict``."""
        if not skipped.is_broken:
            self._other_count += 1
            return
        if self._is_strict:
            raise InputError(
                f"{skipped.place}: {skipped.reason}", hint="Without --strict it would be skipped."
            )
        self.broken_count += 1
        say(f"{skipped.place}: skipped, {skipped.reason}")

    def summarize(self, *, repeated_count: int) -> None:
        """Say how much was left out, if anything."""
        counts = {
            "broken": self.broken_count,
            "no issue, such as a pull request": self._other_count,
            "given twice": repeated_count,
        }
        parts = [f"{count} {what}" for what, count in counts.items() if count]
        if parts:
            say(f"rows left out: {', '.join(parts)}")


# What to show of: issues scored, and what a source says; None for "as before".
Show = Callable[[int | None, str | None], None]


class Watch:
    """Hears how far a ranking and its sources have come, shows it, and remembers it."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self.repeated_count = 0

    def tell(self, status: Status) -> None:
        """Hear of a source."""
        if status.is_lasting:
            say(status.text)
        else:
            self._show(None, visible(status.text))

    def __call__(self, progress: "RankingProgress") -> None:
        """Hear of the latest."""
        self.repeated_count = progress.repeated_count
        self._show(progress.scored_count, None)


@contextmanager
def progress_bar() -> Iterator[Watch]:
    """Show a count of issues on a terminal once it takes long; it leaves no trace behind."""
    from rich.console import Console  # noqa: PLC0415 - slower than --help may be
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed} issues scored"),
        TextColumn("{task.fields[status]}", markup=False, style="dim"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task("scoring", total=None, status="")
    started = time.monotonic()

    def show(scored_count: int | None, status: str | None) -> None:
        bar.update(task, completed=scored_count)
        if status is not None:
            bar.update(task, status=status)
        if time.monotonic() - started > SECONDS_UNTIL_PROGRESS:
            bar.start()

    try:
        yield Watch(show)
    finally:
        bar.stop()


@contextmanager
def output(out: Path | None) -> Iterator[TextIO]:
    """Open where the result goes: a file, else standard output; UTF-8 either way."""
    if out is not None and str(out) != "-":
        with replacing(out) as stream:
            yield stream
        return
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError as error:
        _drop_the_rest()  # the reader has seen enough
        raise typer.Exit(EXIT_CLOSED_PIPE) from error
    except OSError as error:
        _drop_the_rest()
        raise InputError(
            f"Cannot write to standard output: {error.strerror or error}",
            hint="Check that there is space left where it goes.",
        ) from error


def _drop_the_rest() -> None:
    """Let go what is still buffered, or Python would complain again when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
