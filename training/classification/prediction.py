"""What a trained model says of new issues, as a Parquet file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from classifier.errors import InputError
from training.classification.measure import Rows, measure_task
from training.classification.store import load_model
from training.classification.table import Issues, read_issues
from training.predictions import write_table

PREDICTED = "predicted"


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """How many issues were told apart, and how well, if their labels are known."""

    model_id: str
    count: int
    rows: Rows | None


def probability_column(label: str) -> str:
    """The column of a label's probability."""
    return f"probability_{label}"


def predict_file(directory: Path, *, data: Path, out: Path) -> Predicted:
    """Write the columns of ``data`` with the likeliest label and each label's probability.

    Raises InputError if a column of that name is there already.
    """
    model, experiment = load_model(directory)
    issues = read_issues(data, experiment.task)
    labels = experiment.task.labels
    for name in (PREDICTED, *map(probability_column, labels)):
        if name in issues.table.column_names:
            raise InputError(
                f"{data} has a column {name!r} already", hint="Predict for the file without it."
            )
    found = model.probabilities(issues, experiment.model)
    table = issues.table.append_column(
        PREDICTED, pa.array([labels[at] for at in found.argmax(axis=1)], pa.string())
    )
    for at, label in enumerate(labels):
        table = table.append_column(probability_column(label), pa.array(found[:, at]))
    write_table(table, out)
    return Predicted(experiment.name, len(found), _measure(issues, found, labels))


def _measure(
    issues: Issues, probabilities: NDArray[np.float64], labels: tuple[str, ...]
) -> Rows | None:
    known = np.flatnonzero(issues.is_labelled)
    if not known.size:
        return None
    predicted = probabilities[known].argmax(axis=1)[np.newaxis]
    return measure_task(
        issues.classes[known], predicted, issues.groups[known], labels, resamples=1000, seed=0
    )
