"""Is an installation light, and does it say what is missing? Usage: check_bare.py ISSUES.jsonl."""

import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

HEAVY = {
    *("accelerate", "datasets", "matplotlib", "mlflow", "onnx", "pandas", "pyarrow"),
    *("scikit-learn", "scipy", "torch", "transformers"),
}
PART_OF_EVERY_ENVIRONMENT = {"pip", "setuptools"}
MOST_MEBIBYTES = 250


def main(issues_path: str) -> None:
    """Exit with a message at the first thing that is not as it should be."""
    installed = {
        distribution.name.lower(): distribution
        for distribution in distributions()
        if distribution.name.lower() not in PART_OF_EVERY_ENVIRONMENT
    }
    if heavy := sorted(HEAVY & set(installed)):
        sys.exit(f"A bare installation brings {', '.join(heavy)}")
    mebibytes = sum(map(_size, installed.values())) / 2**20
    if mebibytes > MOST_MEBIBYTES:
        sys.exit(f"A bare installation takes {mebibytes:.0f} MiB, more than {MOST_MEBIBYTES}")
    _expect_missing_extra("train", "silentrank-train", "--help")
    _expect_missing_extra("linear", "silentrank", "rank", issues_path, "--model", "tfidf")
    _expect_missing_extra("web", "silentrank", "serve", issues_path)
    print(f"{len(installed)} packages installed, {mebibytes:.0f} MiB")


def _size(distribution: Distribution) -> int:
    """Bytes of all files, compiled ones among them."""
    paths = [Path(str(distribution.locate_file(file))) for file in distribution.files or ()]
    return sum(path.stat().st_size for path in paths if path.is_file())


def _expect_missing_extra(extra: str, name: str, *arguments: str) -> None:
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 1 or f"pip install 'silentrank[{extra}]'" not in answer.stderr:
        sys.exit(f"{name} without the extra {extra} said: {answer.stdout}{answer.stderr}")


if __name__ == "__main__":
    main(*sys.argv[1:])
