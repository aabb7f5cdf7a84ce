"""What an evaluation found, as the card, the manifest and the terminal show it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifier.files import replace_file
from classifier.metrics import Estimate
from training.config import Experiment
from training.corpus import Corpus
from training.provenance import code_digest

RESULTS_FILE = "evaluation.json"
HEADINGS: Mapping[str, str] = {
    "average_precision": "AP",
    "roc_auc": "ROC AUC",
    "precision_at_20": "P@20",
    "recall_at_5_percent": "R@5 %",
    "recall_at_10_percent": "R@10 %",
    "recall_at_20_percent": "R@20 %",
    "wss_at_95_percent": "WSS@95",
    "brier": "Brier",
    "expected_calibration_error": "ECE",
}
Rows = dict[str, Mapping[str, Estimate]]


@dataclass(frozen=True, slots=True)
class Results:
    """Measures by row of the card's tables, and what they were measured on."""

    fingerprint: str
    rows: Rows  # "cv/silent", "time/any_vote", "ablation/title only", "reference/…"
    counts: Mapping[str, int]
    reliability: list[list[float]]  # (tenths, 3): mean probability, share of silent bugs, issues
    seconds: float  # wall time of the whole evaluation
    provenance: Mapping[str, str]  # which code on which machine


def fingerprint(experiment: Experiment, corpus: Corpus) -> str:
    """Equal where an evaluation would come out equal: same settings, data and code."""
    content = f"{experiment.model_dump_json()} {corpus.digest} {code_digest()}"
    return hashlib.sha256(content.encode()).hexdigest()


def write_results(results: Results, directory: Path) -> Path:
    """Write a run's results."""
    path = directory / RESULTS_FILE
    replace_file(path, (json.dumps(asdict(results), indent=2) + "\n").encode())
    return path


def read_results(directory: Path) -> Results | None:
    """A run's results, or None if it has none that can be read."""
    try:
        content: dict[str, Any] = json.loads((directory / RESULTS_FILE).read_text(encoding="utf-8"))
        rows: Rows = {
            name: {measure: Estimate(**estimate) for measure, estimate in row.items()}
            for name, row in content.pop("rows").items()
        }
        return Results(rows=rows, **content)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def table(rows: Mapping[str, Mapping[str, Estimate]]) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: each measure's value with its 95 % interval."""
    headings = ["", *HEADINGS.values()]
    return headings, [
        [name, *(_cell(row[measure]) if measure in row else "" for measure in HEADINGS)]
        for name, row in rows.items()
    ]


def markdown_table(rows: Mapping[str, Mapping[str, Estimate]]) -> str:
    """The table as markdown."""
    headings, cells = table(rows)
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(estimate: Estimate) -> str:
    value, low, high = (f"{number:.3f}".removeprefix("0") for number in asdict(estimate).values())
    return f"{value} ({low}\u2013{high})"
