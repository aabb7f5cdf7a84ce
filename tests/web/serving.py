"""A real `silentrank serve` in a process of its own."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

SILENTRANK = [sys.executable, "-c", "from classifier.cli import main; main()"]
REPOSITORY = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://\S+")
PATIENCE_SECONDS = 120  # a busy machine must not fail a test


@dataclass
class Served:
    """A running server."""

    url: str
    log: Path  # what it wrote to standard error
    process: "subprocess.Popen[str]"
    said: str  # the line with its address

    def count(self) -> int:
        """Issues in the queue so far."""
        answer = httpx.get(f"{self.url}/api/issues?standing=all&state=all", trust_env=False)
        total: int = answer.raise_for_status().json()["total"]
        return total

    def wait_until_filled(self, count: int) -> None:
        """Wait until that many issues are there."""
        wait_until(lambda: self.count() >= count)

    def kill(self) -> None:
        """Kill it, as a crash would; nothing happens if it has ended."""
        self.process.kill()
        self._wait()

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        return self.send(signal.SIGINT)

    def send(self, wanted: signal.Signals) -> int:
        """Send a signal that ends it; return the exit code."""
        self.process.send_signal(wanted)
        return self._wait()

    def _wait(self) -> int:
        code = self.process.wait(PATIENCE_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def serving(*arguments: str, database: str, log: Path) -> Served:
    """Start a server on a free port and wait for its address."""
    command = [*SILENTRANK, "serve", *arguments, "--database", database, "--port", "0"]
    # as in a terminal: what runs in the background ignores Ctrl-C, and its children do
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    signal.signal(signal.SIGINT, before)
    assert process.stdout is not None
    for line in process.stdout:
        if found := ADDRESS.search(line):
            return Served(found[0], log, process, line)
    process.wait()
    raise AssertionError(f"no address; it said: {log.read_text()}")


def wait_until(holds: Callable[[], bool]) -> None:
    """Look again and again until something holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("it never came to hold")
        time.sleep(0.05)
