"""CSV for spreadsheets: the columns of the JSON lines, with formulas defused."""

import csv
from typing import TextIO

from classifier.types import Evidence, Ranking
from classifier.writers.escape import csv_cell
from classifier.writers.json_lines import DIGITS

COLUMNS = ("rank", "repo", "number", "url", "title", "probability", "model")


def write_csv(ranking: Ranking, stream: TextIO, *, with_evidence: bool) -> None:
    """Write a header and a row an issue; text is quoted and held to one line.

    What a spreadsheet would run as a formula gets an apostrophe in front; for text exactly as
    it was filed there are the JSON lines.
    """
    rows = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow((*COLUMNS, "evidence") if with_evidence else COLUMNS)
    for entry in ranking.entries:
        cells = (
            entry.rank,
            csv_cell(entry.key.repo),
            entry.key.number,
            csv_cell(entry.url),
            csv_cell(entry.title),
            round(entry.probability, DIGITS),
            csv_cell(ranking.model_id),
        )
        reasons = "; ".join(_reason(reason) for reason in entry.evidence)
        rows.writerow((*cells, csv_cell(reasons)) if with_evidence else cells)


def _reason(evidence: Evidence) -> str:
    return f"{evidence.text} ({evidence.weight:+.2f})"
