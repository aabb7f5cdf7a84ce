"""What an evaluation said of each issue and measured, as Parquet files."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from classifier.files import replace_file
from training.evaluate import Evaluation, Measured

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
