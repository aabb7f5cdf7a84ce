"""The queue's filter in an address, so that a link shows what its sender saw."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from classifier.errors import InputError
from classifier.web.store.columns import storable
from classifier.web.store.queue import Filter

WORDS = ("repo", "state", "standing", "scenario", "text")
DAYS = ("since", "until")
SHARES = ("at_least", "at_most")  # in per cent, as people think of them
LONGEST = 200  # characters of one value
NONE = Filter()
DEFAULTS: Mapping[str, object] = {
    **{name: getattr(NONE, name) for name in (*WORDS, *DAYS)},
    "at_least": "0",
    "at_most": "100",
    "by": NONE.by,
}


def filter_of(given: Mapping[str, str]) -> Filter:
    """Read a filter; what is missing or empty is as in ``Filter()``.

    Raises InputError for a day or a share that is none.
    """
    words = {name: storable(given[name][:LONGEST]) for name in WORDS if given.get(name)}
    days = {name: _day(name, given[name]) for name in DAYS if given.get(name)}
    shares = {name: _share(name, given[name]) for name in SHARES if given.get(name)}
    wanted = replace(NONE, **words, **days, **shares)  # type: ignore[arg-type]
    return replace(wanted, by="priority") if given.get("by") == "priority" else wanted


def query_of(wanted: Filter, **more: object) -> str:
    """Return the address's query, without what is as in ``Filter()``, and without the ``?``."""
    pairs: dict[str, object] = {name: getattr(wanted, name) for name in (*WORDS, *DAYS)}
    pairs |= {name: f"{100 * getattr(wanted, name):g}" for name in SHARES}
    pairs["by"] = "priority" if wanted.by == "priority" else NONE.by
    told = {name: value for name, value in pairs.items() if value != DEFAULTS[name]}
    return urlencode(told | {name: value for name, value in more.items() if value})


def without_hints(wanted: Filter) -> Filter:
    """Return the filter with nothing in it that tells of scores, the oldest issues first."""
    return replace(wanted, at_least=0.0, at_most=1.0, scenario="", by="age")


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{name}: {text[:40]!r} is no day", hint="Give it as 2026-11-27."
        ) from error


def _share(name: str, text: str) -> float:
    try:
        share = float(text.removesuffix("%").strip()) / 100
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise InputError(
            f"{name}: {text[:40]!r} is no probability", hint="Give a number from 0 to 100."
        )
    return share
