"""What pages say: probabilities, names and days in words."""

from datetime import UTC, date, datetime

from classifier.chances import chance, percent
from classifier.guidelines import GUIDELINES, IMPACTS
from classifier.types import Scenario
from classifier.writers.escape import visible

__all__ = ["chance", "in_ten", "named", "share", "spelt_day", "spelt_impact", "spelt_scenario"]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEAST, MOST = 0.01, 0.99  # shares beyond are told as such, not rounded to nothing or all


def share(value: float) -> str:
    """A share in whole per cent; neither 0 % nor 100 % where it is neither."""
    if 0.0 < value < LEAST:
        return "under 1 %"
    if MOST < value < 1.0:
        return "over 99 %"
    return percent(value)


def in_ten(probability: float) -> str:
    """What a calibrated probability promises of many issues that have it."""
    count = round(10 * probability)
    if count == 0:
        count = round(100 * probability)
        return f"about {count} in 100" if count else "fewer than 1 in 100"
    return f"about {count} in 10"


def spelt_weight(weight: float) -> str:
    """A change of the log-odds with its sign: ``+0.8``, and a minus as wide as the plus."""
    return f"{weight:+.1f}".replace("-", "\N{MINUS SIGN}")


def named(repo: str, number: int, row_id: int | None = None) -> str:
    """What an issue is called: ``owner/name#12``, or what there is of it."""
    shown = visible(repo)
    if number:
        return f"{shown}#{number}"
    return shown or (f"issue {row_id}" if row_id else "an issue")


def spelt_day(moment: datetime | date | None) -> str:
    """The day by UTC, as ``11 Feb 2024``, whatever the language of the machine."""
    if moment is None:
        return ""
    day = moment.astimezone(UTC) if isinstance(moment, datetime) else moment
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def spelt_scenario(scenario: str | None) -> str:
    """A scenario's name, as the study has it; "" for none and for what nobody knows."""
    return next((GUIDELINES[one].name for one in Scenario if one == scenario), "")


def spelt_impact(level: int | None) -> str:
    """A level of impact, as ``serious (3 of 4)``; "" for none."""
    return f"{IMPACTS[level]} ({level} of 4)" if level is not None and level in IMPACTS else ""
