"""Labels out of the files they came in: facts only, nothing that somebody else phrased."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from classifier.errors import InputError
from training.labels import (
    TABLES,
    SilverLabel,
    StudyLabel,
    SurveyRating,
    TitleLabel,
    ZeroShotScore,
    write_table,
)

SCENARIOS = {  # the study, its survey and the silver labels name the seven differently
    "Wrong calculation": "calculation",
    "Wrong parameter setting": "parameter",
    "Wrong parameter settings": "parameter",
    "Wrong displayed message": "message",
    "Wrong save/reload": "saveload",
    "Wrong shape": "shape",
    "Performance degradation": "performance",
    "Wrong structure": "structure",
    "none": None,
}
ADDRESS = re.compile(r"https?://\S+")
PRERELEASE = re.compile(r"(?<=\d) (?=alpha|beta)")
VERSION = re.compile(r"\d+[.,]\d+[\w.+-]*|nightly|nigthly")
COMMIT = re.compile(r"\b[0-9a-f]{40}\b")

Cells = Mapping[str, Any]
SOURCES: dict[type, str] = {
    StudyLabel: "silent_bug_study.parquet",
    SilverLabel: "silver_labels.csv",
    TitleLabel: "pytorch_silent_titles_until_2023.parquet",
    ZeroShotScore: "llm_zero_shot_reference.csv",
    SurveyRating: "survey_ratings.csv",
}


def extract_labels(shared: Path, out: Path) -> dict[str, int]:
    """Write the label tables and their manifest; the same input gives the same bytes.

    The table of distilled labels, which comes from a model, stays as it is. Returns the number of
    rows by file name.
    """
    counts = {}
    for row_type, source in SOURCES.items():
        columns = [field.name for field in fields(row_type)]
        rows = ([_cell(row, column) for column in columns] for row in _rows(shared / source))
        counts[f"{TABLES[row_type]}.csv"] = write_table(row_type, rows, out)
    return counts


def _rows(path: Path) -> Iterator[Cells]:
    try:
        if path.suffix == ".parquet":
            table = pyarrow.parquet.read_table(path)
        else:
            table = pyarrow.csv.read_csv(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(
            f"Cannot read {path}: {error}", hint="Name the folder that data/README.md describes."
        ) from None
    yield from table.to_pylist()


def versions(text: str) -> str:
    """Only the version numbers of what somebody wrote: "2.1. Gist: …" gives "2.1"."""
    found = VERSION.findall(PRERELEASE.sub("-", ADDRESS.sub("", text.lower())))
    plain = (version.rstrip(".-").replace(",", ".") for version in found)
    unique = dict.fromkeys(plain)
    return ";".join("nightly" if version == "nigthly" else version for version in unique)


def commits(text: str) -> str:
    """Only the full commit hashes."""
    return ";".join(COMMIT.findall(text))


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ";".join(value)
    return str(value)


FACTS: dict[str, Callable[[Any], str]] = {  # columns that hold more than a fact
    "scenario": lambda value: SCENARIOS.get(value, value) or "",
    "impact": lambda value: _plain(value or None),  # the silver labels write 0 for none
    "silent": lambda value: _plain(None if value is None else bool(value)),
    "silent_strict": lambda value: _plain(None if value is None else bool(value)),
    "buggy_version": lambda value: versions(value or ""),
    "fixed_version": lambda value: versions(value or ""),
    "fixing_commit": lambda value: commits(value or ""),
}


def _cell(row: Cells, column: str) -> str:
    return FACTS.get(column, _plain)(row[column])
