"""How a model's probabilities of issues that it had not seen are spread, for the Action to tell."""

import tomllib
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet

from classifier.errors import InputError
from classifier.files import replace_file
from classifier.percentiles import POINTS, TABLE, quantiles_of

DIGITS = 6
PREFACE = """\
# Probabilities below which so many per cent of the study's issues lie, each scored by a model that
# had not seen it. Written by `silentrank-train percentiles` from an evaluation's predictions.
"""


def write_quantiles(model_id: str, predictions: Path, *, table: Path = TABLE) -> None:
    """Put a model's quantiles into the table, in place of older ones of the same model.

    Raises InputError if ``predictions`` is no file of predictions.
    """
    try:
        found = pyarrow.parquet.read_table(predictions, columns=["part", "probability"])
    except (OSError, ValueError) as error:
        raise InputError(
            f"Cannot read predictions from {predictions}: {error}",
            hint="`silentrank-train evaluate` writes them to runs/NAME/PROTOCOL.",
        ) from error
    part = found["part"][0]
    probabilities = found.filter(pc.equal(found["part"], part))["probability"].to_numpy()
    known = tomllib.loads(table.read_text(encoding="utf-8"))
    known[model_id] = {"quantiles": [round(value, DIGITS) for value in quantiles_of(probabilities)]}
    replace_file(table, _written(known).encode())


def _written(known: dict[str, dict[str, list[float]]]) -> str:
    points = ", ".join(map(str, POINTS))
    tables = [
        f'\n["{name}"]\nquantiles = [\n'
        + "".join(f"    {value:g},\n" for value in entry["quantiles"])
        + "]\n"
        for name, entry in sorted(known.items())
    ]
    return f"{PREFACE}# Per cent: {points}.\n{''.join(tables)}"
