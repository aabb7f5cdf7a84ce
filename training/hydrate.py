"""Labels joined with text, which is other people's and therefore not in the repository.

Several sources add up in one folder: ``hydrate("parquet:study.parquet", out)``, then the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from classifier.types import IssueKey
from training.issue_text import IssueText, is_readable, merge
from training.labels import (
    DistilledLabel,
    SilverLabel,
    StudyLabel,
    TitleLabel,
    keys_of,
    read_table,
)
from training.shards import append_shard, forget_missing_shards, read_shards
from training.text_sources import read_text_source

SHARD_ROWS = 500  # what an interrupt loses at most


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one label table has text."""

    table: str
    labelled: int
    missing: tuple[IssueKey, ...]  # sorted

    @property
    def with_text(self) -> int:
        """How many labelled issues have text."""
        return self.labelled - len(self.missing)


@dataclass(frozen=True, slots=True)
class HydrationReport:
    """What one run did, and what the folder still lacks."""

    source: str
    read: int  # texts that the source has
    stored: int  # of these: labelled, and new or fuller than what was there
    unlabelled: int
    coverage: tuple[Coverage, ...]

    def __str__(self) -> str:
        """Several lines for people: counts, then the first few missing issues of each table."""
        done = f"{self.read:,} texts read, {self.stored:,} stored"
        lines = [f"{self.source}: {done}, {self.unlabelled:,} without a label"]
        for table in self.coverage:
            lines.append(
                f"{table.table}: {table.with_text:,} of {table.labelled:,} issues have text"
            )
            if table.missing:
                first = ", ".join(f"{key.repo}#{key.number}" for key in table.missing[:5])
                more = len(table.missing) - 5
                lines.append(f"  missing: {first}" + (f" and {more:,} more" if more > 0 else ""))
        return "\n".join(lines)


def hydrate(
    source: str, out: Path, *, labels: Path | None = None, shard_rows: int = SHARD_ROWS
) -> HydrationReport:
    """Keep the labelled issues' texts of a source, such as ``parquet:study.parquet``, in ``out``.

    What is there already is skipped, so a run that was interrupted goes on where it stopped.
    Raises InputError if the source cannot be read or a shard in ``out`` is damaged.
    """
    wanted = {key for keys in _labelled_keys(labels).values() for key in keys}
    forget_missing_shards(out)
    texts = read_shards(out)
    fresh: list[IssueText] = []
    read = stored = unlabelled = 0
    source_texts = read_text_source(source, wanted)
    for text in tqdm(source_texts, desc=source, unit=" issues", disable=None):
        read += 1
        if text.key not in wanted:
            unlabelled += 1
            continue
        merged = merge(texts.get(text.key), text)
        if merged != texts.get(text.key):
            texts[text.key] = merged
            fresh.append(merged)
            stored += 1
        if len(fresh) == shard_rows:
            append_shard(out, fresh)
            fresh.clear()
    if fresh:
        append_shard(out, fresh)
    return HydrationReport(source, read, stored, unlabelled, _coverage(texts, labels))


def coverage(hydrated: Path, *, labels: Path | None = None) -> tuple[Coverage, ...]:
    """How much of each label table has text in the folder."""
    return _coverage(read_shards(hydrated), labels)


def _labelled_keys(labels: Path | None) -> dict[str, list[IssueKey]]:
    return {
        "study": keys_of(read_table(StudyLabel, labels)),
        "silver": keys_of(read_table(SilverLabel, labels)),
        "pytorch_title": keys_of(read_table(TitleLabel, labels)),
        "distilled": keys_of(read_table(DistilledLabel, labels)),
    }


def _coverage(texts: Mapping[IssueKey, IssueText], labels: Path | None) -> tuple[Coverage, ...]:
    return tuple(
        Coverage(
            table,
            len(keys),
            tuple(sorted(key for key in keys if not is_readable(texts, key, table))),
        )
        for table, keys in _labelled_keys(labels).items()
    )
