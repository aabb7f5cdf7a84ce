"""The queue's filter in an address, so that a link shows what its sender saw."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from classifier.errors import InputError
from classifier.web.store.columns import storable
from classifier.web.store.mine import OWN
from classifier.web.store.queue import Filter
from classifier.web.store.tables import ReviewerRow

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
    "own": NONE.own,
}


def filter_of(given: Mapping[str, str]) -> Filter:
    """Read a filter; what is missing or empty is as in ``Filter()``.

    Raises InputError for a day or a share that is none, or if nothing can be between them.
    """
    words = {name: storable(given[name][:LONGEST]) for name in WORDS if given.get(name)}
    days = {name: _day(name, given[name]) for name in DAYS if given.get(name)}
    shares = {name: _share(name, given[name]) for name in SHARES if given.get(name)}
    wanted = replace(NONE, **words, **days, **shares)  # type: ignore[arg-type]
    _check_order(wanted)
    if given.get("own") in OWN:  # whatever became of them
        wanted = replace(wanted, own=given["own"], standing="all")
    return replace(wanted, by="priority") if given.get("by") == "priority" else wanted


def of_reviewer(wanted: Filter, reviewer: ReviewerRow | None) -> Filter:
    """Return the filter with whose issues are meant, if it is about what is one's own."""
    return replace(wanted, reviewer_id=reviewer.id) if wanted.own and reviewer else wanted


def query_of(wanted: Filter, **more: object) -> str:
    """Return the address's query, without what is as in ``Filter()``, and without the ``?``."""
    pairs: dict[str, object] = {name: getattr(wanted, name) for name in (*WORDS, *DAYS)}
    pairs |= {name: f"{100 * getattr(wanted, name):g}" for name in SHARES}
    pairs["by"] = "priority" if wanted.by == "priority" else NONE.by
    pairs["own"] = wanted.own
    if wanted.own:
        del pairs["standing"]
    told = {name: value for name, value in pairs.items() if value != DEFAULTS[name]}
    return urlencode(told | {name: value for name, value in more.items() if value})


def _check_order(wanted: Filter) -> None:
    if wanted.at_least > wanted.at_most:
        raise InputError(
            f"No probability is at least {100 * wanted.at_least:g} %"
            f" and at most {100 * wanted.at_most:g} %",
            hint="Let at_least be the smaller one.",
        )
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise InputError(
            f"No day is from {wanted.since} on and until {wanted.until}",
            hint="Let since be the earlier one.",
        )


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
