"""A markdown table for an issue comment or a summary page, in which no title can act."""

import re
from typing import TextIO

from classifier.ranking import verdict_of
from classifier.types import Evidence, RankedIssue, Ranking
from classifier.writers.escape import markdown_cell

# Nothing that could end the link's target or the table's cell.
LINKABLE = re.compile(r"https?://[\w.:-]+/[\w./%?=#-]*", re.ASCII)


def write_markdown(ranking: Ranking, stream: TextIO, *, with_evidence: bool) -> None:
    """Write a table; reasons stand under the title they belong to."""
    has_verdicts = ranking.threshold is not None
    stream.write(f"| Rank | Probability | {'Verdict | ' if has_verdicts else ''}Issue | Title |\n")
    stream.write(f"| ---: | ---: | {':--- | ' if has_verdicts else ''}:--- | :--- |\n")
    for entry in ranking.entries:
        reasons = [_reason(reason) for reason in entry.evidence] if with_evidence else []
        title = "<br>".join([markdown_cell(entry.title), *reasons])
        verdict = _verdict(entry, ranking.threshold)
        stream.write(
            f"| {entry.rank} | {entry.probability:.1%} | {verdict}{_issue(entry)} | {title} |\n"
        )
    stream.write(f"\nModel {markdown_cell(ranking.model_id)}\n")


def _verdict(entry: RankedIssue, threshold: float | None) -> str:
    """Return the cell with its border; nothing without a profile."""
    if threshold is None:
        return ""
    verdict = ": ".join(filter(None, [verdict_of(entry, threshold), ", ".join(entry.missing)]))
    return f"{markdown_cell(verdict)} | "


def _issue(entry: RankedIssue) -> str:
    number = f"#{entry.key.number}" if entry.key.number else ""
    name = markdown_cell(entry.key.repo + number) or "issue"
    if LINKABLE.fullmatch(entry.url):
        return f"[{name}]({entry.url})"
    return name if entry.key.repo or number else ""


def _reason(evidence: Evidence) -> str:
    return f"<sub>{evidence.weight:+.2f} {markdown_cell(evidence.text)}</sub>"
