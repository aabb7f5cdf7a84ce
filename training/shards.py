"""A folder of hydrated texts: Parquet shards and, written last, a manifest with checksums."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from classifier.errors import InputError
from classifier.files import replace_file, sha256_of
from classifier.types import IssueKey
from training.issue_text import IssueText, merge

MANIFEST = "manifest.json"
SCHEMA = pa.schema(
    [
        pa.field("repo", pa.string(), nullable=False),
        pa.field("number", pa.int64(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("body", pa.string()),
        pa.field("body_markdown", pa.string()),
        pa.field("opened_at", pa.timestamp("s", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of texts, named after its content."""

    name: str
    rows: int
    sha256: str


def list_shards(directory: Path) -> list[Shard]:
    """The manifest's shards, in the order they were written; none if there is no manifest."""
    path = directory / MANIFEST
    if not path.exists():
        return []
    try:
        return [Shard(**entry) for entry in json.loads(path.read_bytes())["shards"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"Cannot read {path}: {error!r}", hint=f"Delete {directory} and hydrate again."
        ) from None


def forget_missing_shards(directory: Path) -> None:
    """Take shards whose files were deleted out of the manifest, so they can be made again."""
    shards = list_shards(directory)
    present = [shard for shard in shards if (directory / shard.name).exists()]
    if present != shards:
        _write_manifest(directory, present)


def append_shard(directory: Path, texts: Iterable[IssueText]) -> None:
    """Add texts; an interrupt leaves the folder as before or with all of them."""
    rows = [_row(text) for text in texts]
    file = io.BytesIO()
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), file, compression="zstd")
    checksum = sha256_of(file.getvalue())
    shard = Shard(f"texts-{checksum[:16]}.parquet", len(rows), checksum)
    replace_file(directory / shard.name, file.getvalue())
    _write_manifest(directory, [*list_shards(directory), shard])


def read_shards(directory: Path) -> dict[IssueKey, IssueText]:
    """All texts by key, what several shards say of one issue merged.

    Raises InputError naming the shard that is missing or differs from its checksum.
    """
    texts: dict[IssueKey, IssueText] = {}
    for shard in list_shards(directory):
        for text in _read_shard(directory / shard.name, shard.sha256):
            texts[text.key] = merge(texts.get(text.key), text)
    return texts


def _read_shard(path: Path, expected: str) -> Iterator[IssueText]:
    hint = "Delete the file if it is there, and run the same `silentrank-train hydrate` again."
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read the shard {path}: {error}", hint=hint) from None
    if sha256_of(content) != expected:
        raise InputError(
            f"The shard {path} is damaged: SHA-256 {sha256_of(content)}, "
            f"{MANIFEST} says {expected}",
            hint=hint,
        )
    for row in pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist():
        key = IssueKey(row.pop("repo"), row.pop("number"))
        yield IssueText(key, **row)


def _row(text: IssueText) -> dict[str, object]:
    cells = asdict(text)
    key = cells.pop("key")
    return {**key, **cells}


def _write_manifest(directory: Path, shards: Iterable[Shard]) -> None:
    content = json.dumps({"shards": [asdict(shard) for shard in shards]}, indent=2) + "\n"
    replace_file(directory / MANIFEST, content.encode())
