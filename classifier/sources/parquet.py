"""Parquet: the same columns as CSV. Needs the extra ``parquet``."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from classifier.errors import InputError, MissingExtraError
from classifier.sources.files import open_bytes
from classifier.sources.records import DATE_FIELDS, OnSkip, issue_in
from classifier.types import Issue

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

ROWS_A_BATCH = 256  # of megabyte bodies still a batch that fits
COLUMNS = (
    "title",
    "body",
    "repo",
    "repository",
    "number",
    "url",
    "html_url",
    "pull_request",
    "labels",
    *DATE_FIELDS,
)


def read(rest: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Read batch by batch, and of each only the columns that an issue has."""
    try:
        from pyarrow import ArrowException  # noqa: PLC0415 - an extra
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Reading parquet files", extra="parquet") from error
    try:
        with open_bytes(rest) as binary, ParquetFile(binary) as file:
            yield from _issues(file, rest, on_skip)
    except (ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"Cannot read {rest}: {reason}", hint="Check that it is a whole parquet file."
        ) from error


def _issues(file: "ParquetFile", name: str, on_skip: OnSkip) -> Iterator[Issue]:
    present = file.schema_arrow.names
    if "title" not in present:
        raise InputError(
            f"{name} has no title column, only: {', '.join(present)}",
            hint="Rename the column that holds the titles to `title`.",
        )
    columns = [column for column in COLUMNS if column in present]
    row = 0
    for batch in file.iter_batches(batch_size=ROWS_A_BATCH, columns=columns):
        for record in batch.to_pylist():
            row += 1
            yield from issue_in(record, f"{name}: row {row}", on_skip)
