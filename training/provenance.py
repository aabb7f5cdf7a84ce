"""Which code on which machine: what a number cannot be believed without."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from classifier.normalize import NORMALIZER_VERSION


def provenance() -> dict[str, str]:
    """Commit, whether the tree differed from it, versions, hardware; "unknown" off a checkout."""
    status = _git("status", "--porcelain", "--untracked-files=no")
    return {
        "git_commit": _git("rev-parse", "HEAD") or "unknown",
        "git_dirty": "unknown" if status is None else str(bool(status)).lower(),
        "normalizer_version": str(NORMALIZER_VERSION),
        "python": platform.python_version(),
        "scikit_learn": version("scikit-learn"),
        "processor": platform.machine(),
        "cores": str(os.cpu_count()),
    }


def _git(*arguments: str) -> str | None:
    try:
        return subprocess.run(  # noqa: S603 fixed arguments
            ["git", *arguments],  # noqa: S607 whichever git the user has
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
