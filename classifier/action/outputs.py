"""What a run leaves behind: outputs, a summary and a log, in which nothing acts as a command."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TextIO

from classifier.action.inert import shortened
from classifier.errors import InputError

MOST_SUMMARY_BYTES = 900_000  # GitHub shows none above 1 MiB
CUT = "\n\n*The summary was too long and ends here.*\n"
LONGEST_LINE = 500  # characters
IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
COMMAND = re.compile(r":(?=:)|##(?=\[)")  # how the runner's commands begin, of now and of before
Level = Literal["notice", "warning", "error"]


def write_outputs(environment: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Append to the file of ``GITHUB_OUTPUT``, each value behind a delimiter that nobody knows."""
    lines: list[str] = []
    for name, value in outputs.items():
        delimiter = f"silentrank_{secrets.token_hex(16)}"
        lines += [f"{name}<<{delimiter}", value, delimiter]
    _append(environment.get("GITHUB_OUTPUT", ""), "".join(f"{line}\n" for line in lines))


def write_summary(environment: Mapping[str, str], markdown: str) -> None:
    """Append to the file of ``GITHUB_STEP_SUMMARY``, cut off where GitHub would show nothing."""
    content = markdown.encode(errors="replace")
    if len(content) > MOST_SUMMARY_BYTES:
        kept = content[:MOST_SUMMARY_BYTES].rpartition(b"\n")[0]
        markdown = kept.decode(errors="ignore") + CUT
    _append(environment.get("GITHUB_STEP_SUMMARY", ""), markdown)


def _append(path: str, text: str) -> None:
    if not path:
        return  # off GitHub there is nobody to read it
    try:
        with Path(path).open("a", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise InputError(
            f"Cannot write {path!r}: {error.strerror or type(error).__name__}",
            hint="GitHub names the file; on a runner of your own, look for a full disk.",
        ) from error


@contextmanager
def without_commands(log: TextIO) -> Iterator[None]:
    """Have GitHub take for text what is logged within, be it a traceback or a library's words."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", file=log, flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", file=log, flush=True)


def say(line: str, log: TextIO) -> None:
    """Log one line that is no command, whatever is in it."""
    print(_harmless(line), file=log, flush=True)


def annotate(level: Level, message: str, log: TextIO) -> None:
    """Show a message beside the run: the one kind of command that is meant."""
    line = _harmless(message)
    data = "".join(IN_DATA.get(character, character) for character in line)
    print(f"::{level} title=silentrank::{data}", file=log, flush=True)


def _harmless(text: str) -> str:
    """One line in which no runner finds a command."""
    return COMMAND.sub(r"\g<0> ", shortened(text, LONGEST_LINE))
