"""Is an installation light, and did it rank? Usage: check_bare.py ISSUES.jsonl RANKING.jsonl."""

import json
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

HEAVY = {"datasets", "matplotlib", "mlflow", "pandas", "pyarrow", "torch", "transformers"}


def main(issues_path: str, ranking_path: str) -> None:
    """Exit with a message at the first thing that is not as it should be."""
    installed = {distribution.name.lower() for distribution in distributions()}
    if heavy := sorted(HEAVY & installed):
        sys.exit(f"A bare installation brings {', '.join(heavy)}")
    issues = [row for row in _rows(issues_path) if "pull_request" not in row]
    ranking = _rows(ranking_path)
    if len(ranking) != len(issues):
        sys.exit(f"{len(issues)} issues went in, {len(ranking)} came out")
    if [row["rank"] for row in ranking] != list(range(1, len(ranking) + 1)):
        sys.exit("The ranks do not run from 1")
    probabilities = [row["probability"] for row in ranking]
    if probabilities != sorted(probabilities, reverse=True) or len(set(probabilities)) == 1:
        sys.exit(f"The probabilities do not fall: {probabilities}")
    _expect_missing_extra(Path(sys.executable).with_name("silentrank-train"))
    print(f"{len(ranking)} issues ranked, {len(installed)} packages installed")


def _rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def _expect_missing_extra(command: Path) -> None:
    answer = subprocess.run([command, "--help"], capture_output=True, text=True, check=False)
    if answer.returncode != 1 or "pip install 'silentrank[train]'" not in answer.stderr:
        sys.exit(f"{command.name} without its extra said: {answer.stdout}{answer.stderr}")


if __name__ == "__main__":
    main(*sys.argv[1:])
