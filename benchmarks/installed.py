"""How large silentrank is with everything that its default model needs."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.names import INSTALLED, WHOLE
from benchmarks.rows import Row

ROOT = Path(__file__).parents[1]
LARGEST = 5


def sizes(folder: Path, *, is_measured: bool) -> Iterator[Row]:
    """Install this checkout into an empty folder, and measure the folder."""
    if not is_measured:
        yield Row(INSTALLED, WHOLE, "MB", (), "left out of a quick run")
        return
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pins = ["--constraint", str(ROOT / "constraints.txt")]
    answer = subprocess.run(
        [*install, *pins, "--target", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        reason = (answer.stderr.strip().splitlines() or ["pip failed"])[-1]
        yield Row(INSTALLED, WHOLE, "MB", (), f"left out: {reason}")
        return
    of_package: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            package = path.relative_to(folder).parts[0].removesuffix(".libs")
            of_package[package] += path.stat().st_size
    yield Row(INSTALLED, WHOLE, "MB", (of_package.total() / 1e6,))
    for package, size in of_package.most_common(LARGEST):
        yield Row(INSTALLED, f"of which {package}", "MB", (size / 1e6,))
