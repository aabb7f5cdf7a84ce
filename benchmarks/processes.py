"""Runs commands as a user does, each a whole process, and asks the system what it took."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

BYTES_A_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, where systems differ


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process took, as the operating system accounts for it."""

    seconds: float  # wall time from start to end
    megabytes: float  # largest resident set


def run(command: Sequence[str]) -> Usage:
    """Run a command to its end, its output thrown away.

    The system counts this process's own size into the peak of what it starts, so whoever calls
    must be smaller than what is measured: nothing large is imported or held here.

    Raises subprocess.CalledProcessError, with what it wrote to standard error, if it fails.
    """
    with tempfile.TemporaryFile() as errors:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
        ]
        start = time.perf_counter()
        process = os.posix_spawn(command[0], [*command], os.environ, file_actions=actions)
        _, status, usage = os.wait4(process, 0)
        seconds = time.perf_counter() - start
        if code := os.waitstatus_to_exitcode(status):
            errors.seek(0)
            text = errors.read().decode(errors="replace")
            raise subprocess.CalledProcessError(code, command, stderr=text)
    return Usage(seconds, usage.ru_maxrss * BYTES_A_UNIT / 1e6)
