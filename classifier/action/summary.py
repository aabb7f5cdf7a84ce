"""The job summary: what was found, what was done, what went wrong, for whoever looks at the run."""

from collections.abc import Iterable, Iterator, Sequence

from classifier.action.comment import standing
from classifier.action.decision import Stance
from classifier.action.event import Event
from classifier.action.inert import cell, code_span
from classifier.action.managed import Deed, Did
from classifier.action.problems import Problem
from classifier.action.report import Report
from classifier.action.responding import Outcome, in_order

LONGEST_TITLE = 120  # characters
LONGEST_MESSAGE = 500
MOST_ROWS = 500
HEADERS = ("Rank", "Probability", "Likelier than", "Decision", "Kind, if so", "Issue", "Title")
DRY = "**Dry run: nothing was written.** What it says below is what would have been done."


def render_summary(report: Report, event: Event | None) -> str:
    """Return the whole summary as markdown."""
    parts = [
        "## silentrank: possible silent bugs",
        *([DRY] if report.is_dry_run else []),
        *report.notes,
        *map(_problem, report.problems),
        *_ranking(report.outcomes, event),
        *_unscored(report.outcomes),
        *_done(report),
        *_preview(report),
        *_footer(report.outcomes),
    ]
    return "\n\n".join(parts) + "\n"


def table(outcomes: Sequence[Outcome], link: str) -> str:
    """A ranked table; ``link`` is what an issue's number completes to an address, or ""."""
    rows = [HEADERS, ("---:", "---:", "---:", *[":---"] * 4)]
    rows += [_row(rank, outcome, link) for rank, outcome in enumerate(outcomes, start=1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(rank: int, outcome: Outcome, link: str) -> tuple[str, ...]:
    judgement = outcome.judgement
    percentile = judgement.percentile if judgement else None
    outlook = judgement.entry.outlook if judgement else None
    number = f"`{outcome.number}`"
    return (
        str(rank),
        f"{outcome.probability:.1%}",
        "" if percentile is None else standing(percentile),
        outcome.decision.stance,
        outlook.scenario if outlook else "",
        f"[{number}]({link}{outcome.number})" if link and outcome.number else number,
        cell(outcome.tracked.issue.title, LONGEST_TITLE),
    )


def _ranking(outcomes: Sequence[Outcome], event: Event | None) -> Iterator[str]:
    scored = in_order(outcomes)
    link = f"{event.server}/{event.repository}/issues/" if event else ""
    yield table(scored[:MOST_ROWS], link)
    if not scored:
        yield "No issue was scored."
    if len(scored) > MOST_ROWS:
        yield f"{len(scored) - MOST_ROWS} more are left out, all less likely than these."


def _unscored(outcomes: Iterable[Outcome]) -> Iterator[str]:
    lines = [
        f"- Issue `{outcome.number}` was not scored: {outcome.decision.reason}."
        for outcome in outcomes
        if outcome.judgement is None
    ]
    if lines:
        yield "\n".join(lines[:MOST_ROWS])


def _done(report: Report) -> Iterator[str]:
    would = "would have been " if report.is_dry_run else ""
    lines = [f"- {_told(deed, would)}" for deed in report.deeds]
    for outcome in report.outcomes:
        place = f"- Issue `{outcome.number}`: "
        lines += [f"{place}{_told(deed, would)}" for deed in outcome.deeds]
        if outcome.decision.stance is Stance.HANDS_OFF:
            lines.append(f"{place}left alone, {outcome.decision.reason}.")
    if lines:
        yield "### What was done\n\n" + "\n".join(lines[:MOST_ROWS])


def _told(deed: Deed, would: str) -> str:
    tense = "" if deed.did in {Did.UNCHANGED, Did.WITHHELD} else would
    return f"{deed.thing} {tense}{deed.did}{f' ({deed.reason})' if deed.reason else ''}."


def _preview(report: Report) -> Iterator[str]:
    if report.preview:
        yield (
            "<details><summary>The comment that belongs to the first of them</summary>\n\n"
            f"{report.preview}\n\n</details>"
        )


def _footer(outcomes: Iterable[Outcome]) -> Iterator[str]:
    judgement = next((found.judgement for found in outcomes if found.judgement), None)
    if judgement:
        yield (
            f"Model {code_span(judgement.model_id, 60)}, threshold {judgement.threshold:.1%}. "
            "A probability is a guess from the text alone; a low one is no verdict."
        )


def _problem(problem: Problem) -> str:
    what, hint = cell(problem.what, LONGEST_MESSAGE), cell(problem.hint, LONGEST_MESSAGE)
    advice = f"\n> \n> **What to do:** {hint}" if hint else ""
    return f"> [!WARNING]\n> **What happened:** {what}{advice}"
