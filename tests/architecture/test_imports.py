"""What import-linter cannot see: what is really loaded when a process starts."""

import subprocess
import sys

import pytest

SLOW = {
    "datasets",
    "fastapi",
    "github",
    "mlflow",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "torch",
    "transformers",
}
PRINT_MODULES = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh process has loaded after ``statement``."""
    process = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{PRINT_MODULES}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(process.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("statement", ["import classifier", "import classifier.cli"])
def test_importing_the_package_or_its_door_loads_nothing_slow(statement: str) -> None:
    loaded = modules_after(statement)

    assert "classifier" in loaded
    assert not loaded & SLOW


@pytest.mark.parametrize("command", ["", "rank", "score", "calibrate", "models"])
def test_help_loads_nothing_slow(command: str) -> None:
    loaded = modules_after(
        "import contextlib, sys\n"
        "from classifier.cli import main\n"
        f"sys.argv = {['silentrank', *command.split(), '--help']}\n"
        "with contextlib.suppress(SystemExit): main()"
    )

    assert "rich" in loaded  # the help was really printed
    assert not loaded & SLOW
