"""A markdown table for an issue comment or a summary page, in which no title can act."""

from collections.abc import Iterable
from typing import TextIO

from classifier.ranking import verdict_of
from classifier.types import Evidence, RankedIssue, Ranking
from classifier.writers.escape import WEB_ADDRESS, markdown_cell

NUMBERS = {"Rank", "Probability", "Priority"}  # columns that stand to the right


def write_markdown(ranking: Ranking, stream: TextIO, *, with_evidence: bool) -> None:
    """Write a table; reasons stand under the title they belong to."""
    headers = _headers(ranking)
    _write_row(headers, stream)
    _write_row(["---:" if header in NUMBERS else ":---" for header in headers], stream)
    for entry in ranking.entries:
        reasons = [_reason(reason) for reason in entry.evidence] if with_evidence else []
        title = "<br>".join([markdown_cell(entry.title), *reasons])
        judgement = [*_outlook(entry, ranking), *_verdict(entry, ranking.threshold)]
        cells = [str(entry.rank), f"{entry.probability:.1%}", *judgement, _issue(entry), title]
        _write_row(cells, stream)
    stream.write(f"\nModel {markdown_cell(ranking.model_id)}\n")


def _write_row(cells: Iterable[str], stream: TextIO) -> None:
    stream.write(f"| {' | '.join(cells)} |\n")


def _headers(ranking: Ranking) -> list[str]:
    outlook = ["Priority"] if ranking.by == "priority" else []
    outlook += ["Scenario"] if ranking.has_outlooks else []
    verdict = [] if ranking.threshold is None else ["Verdict"]
    return ["Rank", "Probability", *outlook, *verdict, "Issue", "Title"]


def _outlook(entry: RankedIssue, ranking: Ranking) -> list[str]:
    """Return a priority where it makes the order, a scenario where the model knows one."""
    priority = "" if entry.priority is None else f"{entry.priority:.2f}"
    scenario = "" if entry.outlook is None else entry.outlook.scenario
    cells = [priority] if ranking.by == "priority" else []
    return [*cells, scenario] if ranking.has_outlooks else cells


def _verdict(entry: RankedIssue, threshold: float | None) -> list[str]:
    """Return the cell; none without a profile."""
    if threshold is None:
        return []
    verdict = ": ".join(filter(None, [verdict_of(entry, threshold), ", ".join(entry.missing)]))
    return [markdown_cell(verdict)]


def _issue(entry: RankedIssue) -> str:
    number = f"#{entry.key.number}" if entry.key.number else ""
    name = markdown_cell(entry.key.repo + number) or "issue"
    if WEB_ADDRESS.fullmatch(entry.url):
        return f"[{name}]({entry.url})"
    return name if entry.key.repo or number else ""


def _reason(evidence: Evidence) -> str:
    return f"<sub>{evidence.weight:+.2f} {markdown_cell(evidence.text)}</sub>"
