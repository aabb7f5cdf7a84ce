"""A judgement on its way from a job that may not write to one that may.

The first job has read hostile text, so the second believes it nothing but numbers in their range
and short lines, which are escaped like the issue's own.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from classifier.action.inert import shortened
from classifier.action.judging import Judgement
from classifier.errors import InputError
from classifier.types import Evidence, IssueKey, Outlook, RankedIssue, Scenario
from classifier.writers.json_lines import encode

FORMAT_VERSION = 1
MOST_LINES = 8
LONGEST_LINE = 200  # characters
LONGEST_RESULT = 20_000
IMPACTS = range(1, 5)
# What a stranger's JSON may lead to; of arithmetic, what Infinity does as a whole number.
NONSENSE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


def encode_result(judgement: Judgement) -> str:
    """One line of JSON, without the title, which the second job's event has."""
    entry, outlook = judgement.entry, judgement.entry.outlook
    row = {
        "format_version": FORMAT_VERSION,
        "repo": entry.key.repo,
        "number": entry.key.number,
        "probability": entry.probability,
        "percentile": judgement.percentile,
        "threshold": judgement.threshold,
        "model": judgement.model_id,
        "scenario": outlook.scenario if outlook else None,
        "scenario_probability": outlook.scenario_probability if outlook else None,
        "impact": outlook.impact if outlook else None,
        "severity": outlook.severity if outlook else None,
        "missing": list(entry.missing),
        "evidence": [[reason.text, reason.weight, reason.is_quote] for reason in entry.evidence],
    }
    return encode(row)


def decode_result(text: str, *, key: IssueKey, title: str) -> Judgement:
    """Read what ``encode_result`` wrote about the issue ``key``. Raises InputError for all else."""
    try:
        if len(text) > LONGEST_RESULT:
            raise ValueError(f"{len(text)} characters")
        row = json.loads(text)
        if row["format_version"] != FORMAT_VERSION:
            raise ValueError("another format")
        judgement = _judgement(row, title)
    except NONSENSE as error:
        raise InputError(
            f"Input result: it is no result of the scoring job ({type(error).__name__})",
            hint="Give `needs.JOB.outputs.result`, of a job that ran the same version.",
        ) from error
    if judgement.entry.key != key:
        raise InputError(
            "Input result: it is about another issue",
            hint="Score and post in one run of one workflow.",
        )
    return judgement


def _judgement(row: Mapping[str, Any], title: str) -> Judgement:
    percentile = row["percentile"]
    return Judgement(
        entry=RankedIssue(
            rank=1,
            key=IssueKey(str(row["repo"]), int(row["number"])),
            title=title,
            url="",
            probability=_between(row["probability"], 0, 1),
            evidence=tuple(
                Evidence(_line(quote), _between(weight, -100, 100), bool(is_quote))
                for quote, weight, is_quote in row["evidence"][:MOST_LINES]
            ),
            missing=tuple(_line(fact) for fact in row["missing"][:MOST_LINES]),
            outlook=None if row["scenario"] is None else _outlook(row),
        ),
        model_id=_line(row["model"]),
        threshold=_between(row["threshold"], 0, 1),
        percentile=None if percentile is None else _between(percentile, 0, 100),
    )


def _outlook(row: Mapping[str, Any]) -> Outlook:
    impact = int(row["impact"])
    if impact not in IMPACTS:
        raise ValueError(impact)
    return Outlook(
        Scenario(row["scenario"]),
        _between(row["scenario_probability"], 0, 1),
        impact,
        _between(row["severity"], 0, 5),
    )


def _between(value: object, low: float, high: float) -> float:
    number = float(str(value))
    if math.isnan(number) or not low <= number <= high:
        raise ValueError(number)
    return number


def _line(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value))
    return shortened(value, LONGEST_LINE)
