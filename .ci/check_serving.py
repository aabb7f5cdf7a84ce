"""Does an installed triage page show its queue? Usage: check_serving.py ISSUES.jsonl."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

ADDRESS = re.compile(r"http://\S+")
PATIENCE_SECONDS = 60
ASKED = build_opener(ProxyHandler({}))  # straight to loopback, whatever proxy there is


def main(issues_path: str) -> None:
    """Exit with a message at the first thing that is not as it should be."""
    command = [str(Path(sys.executable).with_name("silentrank")), "serve", issues_path]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            _look_at(_address(process))
        finally:
            process.send_signal(signal.SIGINT)
    if process.returncode != 0:
        sys.exit(f"Ctrl-C ended silentrank serve with exit code {process.returncode}")


def _address(process: "subprocess.Popen[str]") -> str:
    found = ADDRESS.search(process.stdout.readline() if process.stdout else "")
    if found is None:
        sys.exit("silentrank serve told no address")
    return found[0]


def _look_at(address: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while "octo/tensorgrad" not in (queue := _page(address + "/")):
        if time.monotonic() > end:
            sys.exit("The queue stayed empty")
        time.sleep(0.1)
    for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', queue):
        if not _page(address + asset):
            sys.exit(f"{asset} is empty")
    print(f"The queue at {address} has its issues and its assets")


def _page(address: str) -> str:
    with ASKED.open(address) as answer:
        text: str = answer.read().decode()
    return text


if __name__ == "__main__":
    main(*sys.argv[1:])
