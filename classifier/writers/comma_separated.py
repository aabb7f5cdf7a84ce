"""CSV for spreadsheets: the columns of the JSON lines, with formulas defused."""

import csv
from typing import TextIO

from classifier.ranking import verdict_of
from classifier.types import Evidence, RankedIssue, Ranking
from classifier.writers.escape import csv_cell
from classifier.writers.json_lines import DIGITS, OUTLOOK_COLUMNS, outlook_cells

COLUMNS = ("rank", "repo", "number", "url", "title", "probability", "model")
PROFILE_COLUMNS = ("verdict", "missing")


def write_csv(ranking: Ranking, stream: TextIO, *, with_evidence: bool) -> None:
    """Write a header and a row an issue; text is quoted and held to one line.

    What a spreadsheet would run as a formula gets an apostrophe in front; for text exactly as
    it was filed there are the JSON lines.
    """
    rows = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(_columns(ranking, with_evidence=with_evidence))
    for entry in ranking.entries:
        cells = (
            entry.rank,
            csv_cell(entry.key.repo),
            entry.key.number,
            csv_cell(entry.url),
            csv_cell(entry.title),
            round(entry.probability, DIGITS),
            csv_cell(ranking.model_id),
            *(outlook_cells(entry) if ranking.has_outlooks else ()),
            *_verdict(entry, ranking.threshold),
        )
        reasons = "; ".join(_reason(reason) for reason in entry.evidence)
        rows.writerow((*cells, csv_cell(reasons)) if with_evidence else cells)


def _columns(ranking: Ranking, *, with_evidence: bool) -> tuple[str, ...]:
    return (
        *COLUMNS,
        *(OUTLOOK_COLUMNS if ranking.has_outlooks else ()),
        *(() if ranking.threshold is None else PROFILE_COLUMNS),
        *(("evidence",) if with_evidence else ()),
    )


def _verdict(entry: RankedIssue, threshold: float | None) -> tuple[str, ...]:
    """Return the cells of ``PROFILE_COLUMNS``; none without a profile."""
    if threshold is None:
        return ()
    return csv_cell(verdict_of(entry, threshold)), csv_cell("; ".join(entry.missing))


def _reason(evidence: Evidence) -> str:
    return f"{evidence.text} ({evidence.weight:+.2f})"
