"""The ranking as a table, a row an issue."""

from collections.abc import Iterator, Sequence

from classifier.chances import chance
from classifier.guidelines import GUIDELINES, IMPACTS, NAMED_FROM
from classifier.ranking import verdict_of
from classifier.types import Evidence, RankedIssue, Ranking
from classifier.writers.html.words import (
    LONGEST_NAME,
    LONGEST_QUOTE,
    LONGEST_TITLE,
    link,
    per_cent,
    text,
)


def table(ranking: Ranking, *, with_evidence: bool) -> Iterator[str]:
    """Yield the table a row at a time, its end at last."""
    yield '<table class="ranking">\n<thead><tr>'
    yield "".join(f'<th scope="col" class="{name}">{words}</th>' for name, words in heads(ranking))
    yield "</tr></thead>\n<tbody>\n"
    for entry in ranking.entries:
        yield _row(entry, ranking, with_evidence=with_evidence)
    yield "</tbody>\n</table>\n"


def heads(ranking: Ranking) -> Sequence[tuple[str, str]]:
    """Return the class and the header of each column; where priority makes the order, it leads."""
    priority = [("priority", "Priority")] if ranking.has_outlooks or _is_urgent(ranking) else []
    first, last = (priority, []) if _is_urgent(ranking) else ([], priority)
    kind = [("kind", "Scenario, if silent")] if ranking.has_outlooks else []
    return [
        *(("rank", "Rank"), *first, ("chance", "Silent?"), ("issue", "Issue")),
        *kind,
        *last,
    ]


def _is_urgent(ranking: Ranking) -> bool:
    return ranking.by == "priority"


def _row(entry: RankedIssue, ranking: Ranking, *, with_evidence: bool) -> str:
    cells = {
        "rank": str(entry.rank),
        "priority": "" if entry.priority is None else f"{entry.priority:.2f}",
        "chance": _chance(entry, ranking.threshold),
        "issue": "".join(_issue(entry, with_evidence=with_evidence)),
        "kind": _kind(entry),
    }
    written = (f'<td class="{name}">{cells[name]}</td>' for name, _ in heads(ranking))
    return f"<tr>{''.join(written)}</tr>\n"


def _chance(entry: RankedIssue, threshold: float | None) -> str:
    words = f"<small>{chance(entry.probability)}</small>"
    if threshold is not None:
        words += f'<small class="verdict">{verdict_of(entry, threshold)}</small>'
    length = round(100 * entry.probability)
    bar = f'<span class="bar"><i class="w{length}"></i></span>'
    return f"<b>{per_cent(entry.probability, digits=1)}</b>{bar}{words}"


def _issue(entry: RankedIssue, *, with_evidence: bool) -> Iterator[str]:
    yield link(entry.url, text(entry.title, LONGEST_TITLE) or "(no title)")
    number = f"#{entry.key.number}" if entry.key.number else ""
    if entry.key.repo or number:
        yield f"<small><bdi>{text(entry.key.repo, LONGEST_NAME)}</bdi>{number}</small>"
    if entry.missing:
        facts = ", ".join(text(fact, LONGEST_NAME) for fact in entry.missing)
        yield f'<small class="lacks">{facts}</small>'
    if with_evidence and entry.evidence:
        yield _reasons(entry.evidence)


def _reasons(evidence: Sequence[Evidence]) -> str:
    supporting = sum(reason.weight > 0 for reason in evidence)
    summary = f"Reasons: {supporting} for, {len(evidence) - supporting} against"
    return (
        f"<details open><summary>{summary}</summary>"
        f"<ul>{''.join(map(_reason, evidence))}</ul></details>"
    )


def _reason(reason: Evidence) -> str:
    tag = "b" if reason.weight > 0 else "i"
    weight = f"{reason.weight:+.2f}".replace("-", "\N{MINUS SIGN}")
    words = text(reason.text, LONGEST_QUOTE)
    return f"<li><{tag}>{weight}</{tag}>{f'<q>{words}</q>' if reason.is_quote else words}</li>"


def _kind(entry: RankedIssue) -> str:
    if entry.outlook is None:
        return ""
    outlook = entry.outlook
    share = outlook.scenario_probability
    name = GUIDELINES[outlook.scenario].name
    hint = name if share >= NAMED_FROM else f"perhaps {name[0].lower()}{name[1:]}"
    impact = f"impact <b>{outlook.impact}</b> of 4, {IMPACTS.get(outlook.impact, 'unknown')}"
    return f'<a href="#{outlook.scenario}">{hint}</a> {per_cent(share)}<small>{impact}</small>'
