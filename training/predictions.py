"""What an evaluation said of each issue and measured, as Parquet files."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from classifier.files import replace_file
from classifier.metrics import Estimate
from classifier.types import IssueKey
from training.evaluate import Evaluation, Measured
from training.paired import Predictions

PREDICTIONS_FILE = "predictions.parquet"
METRICS_FILE = "metrics.parquet"


def write_tables(evaluation: Evaluation, directory: Path) -> list[Path]:
    """Write the predictions, a row an issue and repeat, and the measures with their intervals."""
    tables = {
        PREDICTIONS_FILE: [row for part in evaluation.parts for row in _prediction_rows(part)],
        METRICS_FILE: [
            {"row": name, "measure": measure, "value": e.value, "low": e.low, "high": e.high}
            for name, row in evaluation.rows.items()
            for measure, e in row.items()
        ],
    }
    return [
        write_table(pa.Table.from_pylist(rows), directory / name) for name, rows in tables.items()
    ]


def read_predictions(path: Path, name: str) -> dict[str, Predictions]:
    """A model's predictions by part, as ``write_tables`` wrote them."""
    table = pyarrow.parquet.read_table(path)
    parts = dict.fromkeys(table["part"].to_pylist())
    return {
        part: _predictions(table.filter(pc.field("part") == part).to_pylist(), name)
        for part in parts
    }


def read_metrics(path: Path) -> dict[str, dict[str, Estimate]]:
    """Measures by row, as ``write_tables`` wrote them."""
    rows: dict[str, dict[str, Estimate]] = {}
    for cell in pyarrow.parquet.read_table(path).to_pylist():
        estimate = Estimate(cell["value"], cell["low"], cell["high"])
        rows.setdefault(cell["row"], {})[cell["measure"]] = estimate
    return rows


def write_table(table: pa.Table, path: Path) -> Path:
    """Write a table as Parquet, whole or not at all."""
    buffer = pa.BufferOutputStream()
    pyarrow.parquet.write_table(table, buffer, compression="zstd")
    replace_file(path, buffer.getvalue().to_pybytes())
    return path


def _prediction_rows(part: Measured) -> list[dict[str, Any]]:
    return [
        {
            "part": part.part,
            "repo": key.repo,
            "number": key.number,
            "is_relevant": bool(part.truth[i]),
            "repeat": repeat,
            "fold": int(part.folds[repeat, i]),
            "train_count": part.train_counts[part.folds[repeat, i]],
            "probability": float(part.probabilities[repeat, i]),
        }
        for repeat in range(len(part.probabilities))
        for i, key in enumerate(part.keys)
    ]


def _predictions(rows: list[dict[str, Any]], name: str) -> Predictions:
    shape = rows[-1]["repeat"] + 1, -1
    first = [row for row in rows if row["repeat"] == 0]
    train_counts = {row["fold"]: row["train_count"] for row in rows}
    return Predictions(
        name=name,
        keys=[IssueKey(row["repo"], row["number"]) for row in first],
        truth=np.array([row["is_relevant"] for row in first], dtype=bool),
        probabilities=np.array([row["probability"] for row in rows]).reshape(shape),
        folds=np.array([row["fold"] for row in rows], dtype=np.intp).reshape(shape),
        train_counts=[train_counts[fold] for fold in sorted(train_counts)],
    )
