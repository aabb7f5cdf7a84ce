"""Runs the triage page's server as a user does, and asks the system what it took."""

import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from benchmarks.processes import BYTES_A_UNIT

COMMAND = str(Path(sys.executable).with_name("silentrank"))
UNLIMITED = {"SILENTRANK_READS_A_MINUTE": "0", "SILENTRANK_WRITES_A_MINUTE": "0"}
ADDRESS = re.compile(r"http://\S+")
PATIENCE_SECONDS = 60


@dataclass(slots=True)
class Server:
    """A server that runs, or ran."""

    url: str
    seconds: float  # from the command to its first page
    megabytes: float = 0.0  # its largest resident set, once it has ended


@contextmanager
def serving(database: Path, options: Sequence[str]) -> Iterator[Server]:
    """Start a server on a port that is free and without limits to what a client may ask.

    As ``benchmarks.processes.run`` says, whoever calls must be smaller than the server.
    Raises RuntimeError, with what it wrote to standard error, if it does not start.
    """
    command = [COMMAND, "serve", "--database", str(database), "--port", "0", *options]
    log = database.with_suffix(".log")
    with log.open("w") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=os.environ | UNLIMITED, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        server = Server(_address(process, log), 0.0)
        _first_page(server)
        server.seconds = time.perf_counter() - start
        yield server
    finally:
        megabytes = _end(process)
    server.megabytes = megabytes


def _address(process: "subprocess.Popen[str]", log: Path) -> str:
    for line in process.stdout or ():
        if found := ADDRESS.search(line):
            return found[0]
    raise RuntimeError(f"no address: {log.read_text(encoding='utf-8')}")


def _first_page(server: Server) -> None:
    opener = build_opener(ProxyHandler({}))
    with opener.open(server.url, timeout=PATIENCE_SECONDS) as page:
        page.read()


def _end(process: "subprocess.Popen[str]") -> float:
    """Press Ctrl-C, and return what the system says of its memory; infinite if it had ended."""
    if process.stdout:
        process.stdout.close()  # it has nothing more to say
    if process.poll() is not None:
        return math.inf
    in_the_end = threading.Timer(PATIENCE_SECONDS, process.kill)
    in_the_end.start()
    process.send_signal(signal.SIGINT)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except ChildProcessError:  # it had just ended, and asking whether it had buried it
        return math.inf
    finally:
        in_the_end.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * BYTES_A_UNIT / 1e6
