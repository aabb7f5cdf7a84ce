from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("training.cli", reason="needs the extra train", exc_type=ImportError)

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from classifier.artifact import active_model
from classifier.errors import InputError
from classifier.percentiles import POINTS, TABLE
from training.percentiles import write_quantiles

if TYPE_CHECKING:
    from pathlib import Path


def test_a_models_quantiles_are_put_beside_those_of_others(tmp_path: Path) -> None:
    table, predictions = tmp_path / "table.toml", tmp_path / "predictions.parquet"
    table.write_bytes(TABLE.read_bytes())
    rows = {
        "part": ["silent"] * 1001 + ["other"] * 9,
        "probability": [*np.linspace(0, 1, 1001), *[1.0] * 9],
    }
    pyarrow.parquet.write_table(pa.table(rows), predictions)

    write_quantiles("words", predictions, table=table)
    write_quantiles("words", predictions, table=table)

    text = table.read_text(encoding="utf-8")
    assert text.count('["words"]') == 1
    assert f'["{active_model()}"]' in text
    written = [float(line.strip(" ,")) for line in text.split('["words"]')[1].splitlines()[2:-1]]
    assert written == pytest.approx([point / 100 for point in POINTS])


def test_what_holds_no_predictions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot read predictions"):
        write_quantiles("words", tmp_path / "absent.parquet", table=tmp_path / "table.toml")
