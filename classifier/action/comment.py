"""The comment: addressed to triagers, with reasons, and with a way to say that it is wrong."""

from collections.abc import Iterable, Iterator

from classifier.action.inert import code_span
from classifier.action.judging import Judgement
from classifier.chances import chance, percent
from classifier.guidelines import IMPACTS, NAMED_FROM, guideline_for
from classifier.traces import NOT_SILENT_LABEL
from classifier.types import Evidence, Outlook

MOST_REASONS = 3
LONGEST_QUOTE = 160  # characters
LONGEST_NAME = 60


def render_comment(judgement: Judgement, *, label: str) -> str:
    """Return the comment as markdown; ``label`` is the one that the Action may have put on."""
    probability = judgement.entry.probability
    guideline = guideline_for(judgement.entry.outlook)
    parts = [
        "### Possible silent bug",
        (
            "For triagers: this reads like a report of wrong behaviour **without** a crash, a hang "
            f"or an error message. How likely that is: **{percent(probability)}**, "
            f"{chance(probability)}{_standing(judgement.percentile)}. Nobody has checked it yet."
        ),
        f"**Perhaps {guideline.headline}.** What to check first:",
        _list(guideline.checks),
        *_reasons(judgement.entry.evidence),
        (
            f"**Is this wrong?** Add the label `{NOT_SILENT_LABEL}`, or react with 👎. Once a "
            f"person adds or removes that label or {code_span(label, LONGEST_NAME)}, the bot "
            "leaves this issue alone. A deleted comment does not come back."
        ),
        _details(judgement),
    ]
    return "\n\n".join(parts)


def render_withdrawal(judgement: Judgement) -> str:
    """Return what the comment says once the issue was edited and does not read so any more."""
    return (
        "### No longer read as a silent bug\n\n"
        "For triagers: since this issue was edited, its text falls below the threshold that was "
        f"set here. How likely it is one: **{percent(judgement.entry.probability)}**. That is no "
        "verdict: trust what you find.\n\n"
        f"<sub>Model {code_span(judgement.model_id, LONGEST_NAME)}.</sub>"
    )


def standing(percentile: float) -> str:
    """A percentile in whole per cent that promise no more than there is."""
    return "99 %" if percentile > 99 else f"{max(0, int(percentile))} %"  # noqa: PLR2004


def _standing(percentile: float | None) -> str:
    return "" if percentile is None else f", likelier than {standing(percentile)} of issues"


def _reasons(evidence: Iterable[Evidence]) -> Iterator[str]:
    speaking_for = [reason for reason in evidence if reason.weight > 0][:MOST_REASONS]
    if speaking_for:
        yield "What makes it read like one:"
        yield _list(
            f"“{code_span(reason.text, LONGEST_QUOTE)}”"
            if reason.is_quote
            else code_span(reason.text, LONGEST_QUOTE)
            for reason in speaking_for
        )


def _details(judgement: Judgement) -> str:
    entry = judgement.entry
    lines = [
        (
            f"Of many issues with this probability, about {round(10 * entry.probability)} in 10 "
            "are silent bugs, where the model was measured. It read title and description, nothing "
            "else; it ran nothing."
        ),
        *_kind(entry.outlook),
        *_lacking(entry.missing),
        (
            f"The bot speaks from {percent(judgement.threshold)} on. "
            f"Model {code_span(judgement.model_id, LONGEST_NAME)}."
        ),
    ]
    return f"<details><summary>How to read this</summary>\n\n{_list(lines)}\n\n</details>"


def _lacking(facts: Iterable[str]) -> Iterator[str]:
    named = [code_span(fact, LONGEST_NAME) for fact in facts]
    if named:
        yield f"The report lacks: {', '.join(named)}."


def _kind(outlook: Outlook | None) -> Iterator[str]:
    if outlook is not None:
        doubt = "" if outlook.scenario_probability >= NAMED_FROM else ", too unsure to be named"
        yield (
            f"If it is a silent bug: likeliest kind `{outlook.scenario}` "
            f"({percent(outlook.scenario_probability)}{doubt}), impact "
            f"{IMPACTS.get(outlook.impact, 'unknown')} ({outlook.impact} of 4). Both are hints."
        )


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
