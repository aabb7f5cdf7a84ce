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
    common_repo,
    link,
    per_cent,
    text,
)


def table(ranking: Ranking, *, with_evidence: bool) -> Iterator[str]:
    """Yield the table a row at a time, its end at last.

    A thousand issues should be small enough to be mailed, so a row has no class, which places
    tell as well, and no end tag that HTML can do without.
    """
    yield '<table class="ranking">\n<thead><tr>'
    yield "".join(f'<th scope="col">{head}</th>' for head in _heads(ranking))
    yield "</tr></thead>\n<tbody>\n"
    repo = common_repo(ranking.entries)
    for entry in ranking.entries:
        yield _row(entry, ranking, _name(entry, without=repo), with_evidence=with_evidence)
    yield "</tbody>\n</table>\n"


def _heads(ranking: Ranking) -> Sequence[str]:
    return [*("Rank", "Silent?", "Issue"), *(["If silent"] if ranking.has_outlooks else [])]


def _name(entry: RankedIssue, *, without: str) -> str:
    repo = "" if entry.key.repo == without else text(entry.key.repo, LONGEST_NAME)
    number = f"#{entry.key.number}" if entry.key.number else ""
    return (
        f"<small>{f'<bdi>{repo}</bdi>' if repo else ''}{number}</small>" if repo or number else ""
    )


def _row(entry: RankedIssue, ranking: Ranking, name: str, *, with_evidence: bool) -> str:
    cells = [
        str(entry.rank),
        _chance(entry, ranking.threshold),
        "".join(_issue(entry, name, with_evidence=with_evidence)),
        *([_outlook(entry, ranking)] if ranking.has_outlooks else []),
    ]
    return f"<tr>{''.join(f'<td>{cell}' for cell in cells)}\n"


def _chance(entry: RankedIssue, threshold: float | None) -> str:
    bar = f'<i class="w{round(100 * entry.probability)}"></i>'
    words = f"<small>{chance(entry.probability)}</small>"
    if threshold is not None:
        words += f'<small class="verdict">{verdict_of(entry, threshold)}</small>'
    return f"<b>{per_cent(entry.probability, digits=1)}</b>{bar}{words}"


def _issue(entry: RankedIssue, name: str, *, with_evidence: bool) -> Iterator[str]:
    yield link(entry.url, text(entry.title, LONGEST_TITLE) or "(no title)")
    yield name
    if entry.missing:
        facts = ", ".join(text(fact, LONGEST_NAME) for fact in entry.missing)
        yield f'<small class="lacks">{facts}</small>'
    if with_evidence and entry.evidence:
        yield _reasons(entry)


def _reasons(entry: RankedIssue) -> str:
    supporting = sum(reason.weight > 0 for reason in entry.evidence)
    summary = f"Reasons: {supporting} for, {len(entry.evidence) - supporting} against"
    reasons = "".join(_reason(reason, entry.title) for reason in entry.evidence)
    return f"<details open><summary>{summary}</summary><ul>{reasons}</ul></details>"


def _reason(reason: Evidence, title: str) -> str:
    """One line; the title, which stands above, is not said again."""
    tag = "b" if reason.weight > 0 else "i"
    weight = f"{reason.weight:+.2f}".replace("-", "\N{MINUS SIGN}")
    words = text(reason.text, LONGEST_QUOTE)
    if reason.is_quote:
        words = "the title" if reason.text == title else f"<q>{words}</q>"
    return f"<li><{tag}>{weight}</{tag}>{words}"


def _outlook(entry: RankedIssue, ranking: Ranking) -> str:
    """What to expect; the priority leads where it makes the order."""
    if entry.outlook is None or entry.priority is None:
        return ""
    outlook = entry.outlook
    name, share = GUIDELINES[outlook.scenario].name, outlook.scenario_probability
    hint = name if share >= NAMED_FROM else f"perhaps {name[0].lower()}{name[1:]}"
    impact = f"impact {outlook.impact} of 4, {IMPACTS.get(outlook.impact, 'unknown')}"
    scenario = f'<a href="#{outlook.scenario}">{hint}</a> {per_cent(share)}<small>{impact}</small>'
    if ranking.by == "priority":
        return f"<b>priority {entry.priority:.2f}</b> {scenario}"
    return f"{scenario}<small>priority {entry.priority:.2f}</small>"
