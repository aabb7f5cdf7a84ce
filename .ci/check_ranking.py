"""Is a ranking whole and in order? Usage: check_ranking.py ISSUES.jsonl RANKING.jsonl."""

import json
import sys
from pathlib import Path
from typing import Any


def main(issues_path: str, ranking_path: str) -> None:
    """Exit with a message at the first thing that is not as it should be."""
    issues = [row for row in _rows(issues_path) if "pull_request" not in row]
    ranking = _rows(ranking_path)
    if len(ranking) != len(issues):
        sys.exit(f"{len(issues)} issues went in, {len(ranking)} came out")
    if [row["rank"] for row in ranking] != list(range(1, len(ranking) + 1)):
        sys.exit("The ranks do not run from 1")
    probabilities = [row["probability"] for row in ranking]
    if probabilities != sorted(probabilities, reverse=True) or len(set(probabilities)) == 1:
        sys.exit(f"The probabilities do not fall: {probabilities}")
    print(f"{len(ranking)} issues ranked by {ranking[0]['model']}")


def _rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main(*sys.argv[1:])
