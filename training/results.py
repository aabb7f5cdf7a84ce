"""What an evaluation found, as the card, the manifest and the terminal show it."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from classifier.metrics import Estimate, reliability
from training.evaluate import Evaluation, Measured
from training.figures import short
from training.protocols import Protocol

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
PROTOCOL_NAMES: Mapping[Protocol, str] = {
    "cv": "cross-validation",
    "temporal": "later quarters",
    "transfer": "transfer",
}
ROW_TITLES: Mapping[str, str] = {"silent": "silent bugs", "any_vote": "any vote"}
Rows = dict[str, Mapping[str, Estimate]]


@dataclass(frozen=True, slots=True)
class Results:
    """Measures by row of the card's tables, and what they were measured on."""

    rows: Rows  # "cv/silent", "temporal/any_vote", "ablation/title only", "reference/…", "slice/…"
    counts: Mapping[str, int]
    reliability: list[list[float]]  # (tenths, 3): mean probability, share of silent bugs, issues
    seconds: float  # of one core, that training and testing all folds took
    provenance: Mapping[str, str]  # which code on which machine


def collect(
    evaluations: Mapping[Protocol, Evaluation],
    ablations: Mapping[str, Evaluation],
    references: Mapping[str, Mapping[str, Estimate]],
    slices: Mapping[str, Mapping[str, Estimate]],
    *,
    counts_beside: Mapping[str, int],
    provenance: Mapping[str, str],
) -> Results:
    """Everything that was measured of one experiment; ``counts_beside`` of rows that only teach."""
    rows = {
        f"{protocol}/{name}": row
        for protocol, evaluation in evaluations.items()
        for name, row in evaluation.rows.items()
    }
    rows |= {f"ablation/{name}": found.rows["silent"] for name, found in ablations.items()}
    rows |= {f"reference/{name}": row for name, row in references.items()}
    rows |= {f"slice/{name}": row for name, row in slices.items()}
    counts = dict(counts_beside)
    for protocol in PROTOCOL_NAMES:
        found = evaluations.get(protocol)
        counts[f"{protocol}_tested"] = len(found.parts[0].keys) if found else 0
        counts[f"{protocol}_silent"] = int(found.parts[0].truth.sum()) if found else 0
    return Results(
        rows=rows,
        counts=counts,
        reliability=mean_reliability(evaluations["cv"].parts[0]),
        seconds=sum(found.seconds for found in (*evaluations.values(), *ablations.values())),
        provenance=provenance,
    )


def mean_reliability(part: Measured) -> list[list[float]]:
    """The reliability curve, averaged over repeats: (tenths, 3)."""
    curves: Sequence[np.ndarray[tuple[int, int], np.dtype[np.float64]]] = [
        reliability(part.truth, row) for row in part.probabilities
    ]
    mean: list[list[float]] = np.mean(curves, axis=0).tolist()
    return mean


def row_title(name: str) -> str:
    """A row's name in words."""
    return ROW_TITLES.get(name, name)


def table(rows: Mapping[str, Mapping[str, Estimate]]) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: each measure's value with its 95 % interval."""
    headings = ["", *HEADINGS.values()]
    return headings, [
        [name, *(cell(row[measure]) if measure in row else "" for measure in HEADINGS)]
        for name, row in rows.items()
    ]


def markdown_table(rows: Mapping[str, Mapping[str, Estimate]]) -> str:
    """The table as markdown."""
    headings, cells = table(rows)
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(estimate: Estimate) -> str:
    """An estimate with its interval, in three digits."""
    value, low, high = map(short, astuple(estimate))
    return f"{value} ({low}\u2013{high})"
