"""One JSON object an issue: lossless, and the one for programs."""

import json
import re
from typing import Any, TextIO

from classifier.ranking import verdict_of
from classifier.types import RankedIssue, Ranking, Scenario
from classifier.writers.escape import ACTING

DIGITS = 6  # more of a probability is noise, and differs between machines
OUTLOOK_COLUMNS = ("scenario", "scenario_probability", "impact", "priority")


def write_jsonl(ranking: Ranking, stream: TextIO, *, with_evidence: bool) -> None:
    """Write a line an issue."""
    for entry in ranking.entries:
        row = row_of(entry, ranking, with_evidence=with_evidence)
        stream.write(encode({"rank": entry.rank, **row}) + "\n")


def row_of(entry: RankedIssue, ranking: Ranking, *, with_evidence: bool) -> dict[str, Any]:
    """Return what is known of one issue of a ranking, whatever its rank.

    What a ranking does not tell has no key, so all its rows have the same keys.
    """
    row: dict[str, Any] = {
        "repo": entry.key.repo,
        "number": entry.key.number,
        "url": entry.url,
        "title": entry.title,
        "probability": round(entry.probability, DIGITS),
        "model": ranking.model_id,
    }
    if ranking.has_outlooks:
        row |= zip(OUTLOOK_COLUMNS, outlook_cells(entry), strict=True)
    if ranking.threshold is not None:
        row["verdict"] = verdict_of(entry, ranking.threshold)
        row["missing"] = list(entry.missing)
    if with_evidence:
        row["evidence"] = [
            {"text": reason.text, "weight": round(reason.weight, DIGITS)}
            for reason in entry.evidence
        ]
    return row


def outlook_cells(entry: RankedIssue) -> tuple[Scenario | float | None, ...]:
    """Return what belongs into ``OUTLOOK_COLUMNS``."""
    if entry.outlook is None or entry.priority is None:
        return (None,) * len(OUTLOOK_COLUMNS)
    return (
        entry.outlook.scenario,
        round(entry.outlook.scenario_probability, DIGITS),
        entry.outlook.impact,
        round(entry.priority, DIGITS),
    )


def encode(row: dict[str, Any]) -> str:
    """Encode on one line; characters that would act on a terminal are escaped."""
    return ACTING.sub(_escaped, json.dumps(row, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    code_units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{code_units[i : i + 4]}" for i in range(0, len(code_units), 4))
