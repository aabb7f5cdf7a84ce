"""The ranked queue: what to look at first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from classifier.web.blind import revealed, without_hints
from classifier.web.deps import MaybeReviewer, ReadDb
from classifier.web.pages.answers import render
from classifier.web.pages.filters import filter_of, of_reviewer, query_of
from classifier.web.pages.seeing import is_reading, threshold_of
from classifier.web.store.issues import STATES
from classifier.web.store.mine import OWN, SECOND, SKIPPED, edited_since
from classifier.web.store.preferences import read_preferences
from classifier.web.store.queue import ANY, Counts, Filter, counts, page_of
from classifier.web.store.standing import STANDINGS
from classifier.web.store.tables import ReviewerRow

router = APIRouter(include_in_schema=False)
ROWS_A_PAGE = 50
MOST_PAGES = 1_000_000
TABS = {SECOND: "Second opinions", SKIPPED: "Skipped by you"}
PageNumber = Annotated[int, Query(ge=1, le=MOST_PAGES)]


@router.get("/", response_class=HTMLResponse)
def show_queue(
    request: Request, session: ReadDb, reviewer: MaybeReviewer, page: PageNumber = 1
) -> HTMLResponse:
    """Show a page of the queue that the filter in the address lets through."""
    preferences = read_preferences(session)
    wanted = of_reviewer(filter_of(request.query_params), reviewer)
    if preferences.blind:
        wanted = without_hints(wanted, reviewer)
    counted = counts(session, wanted)
    shown = page_of(session, wanted, page=page, size=ROWS_A_PAGE, total=counted.total)
    ids = [row.id for row in shown.rows]
    seen = revealed(session, preferences, reviewer, ids)
    request.app.state.ahead.want([one for one in ids if one in seen])
    context = {
        "page": shown,
        "wanted": wanted,
        "counted": counted,
        "query": query_of(wanted),
        "query_of": query_of,
        "revealed": seen,
        "edited": edited_since(session, reviewer.id, ids) if reviewer else (),
        "threshold": threshold_of(request, preferences),
        "tabs": _tabs(session, wanted, counted, reviewer),
        "choices": _choices(wanted, counted),
        "filling": request.app.state.filling.progress,
        "is_reading": is_reading(request),
        "is_filtered": replace(_everything(wanted), hidden_from=None) != Filter(by=wanted.by),
    }
    return render(request, "queue.html", context)


def _everything(wanted: Filter) -> Filter:
    """Return the filter as it is in the first tab."""
    return replace(wanted, own="", reviewer_id=None, standing=Filter().standing)


def _tabs(
    session: Session, wanted: Filter, counted: Counts, reviewer: ReviewerRow | None
) -> list[dict[str, Any]]:
    """One for each standing, one for all, and those of one's own, with how many it would show."""
    chosen = wanted.own or ("all" if wanted.standing in ANY else wanted.standing)
    everything = _everything(wanted)
    standing = (counts(session, everything) if wanted.own else counted).standing
    tabs = [(name, standing.get(name, 0), replace(everything, standing=name)) for name in STANDINGS]
    tabs.append(("all", sum(standing.values()), replace(everything, standing="all")))
    for own in OWN if reviewer else ():
        mine = of_reviewer(replace(everything, own=own, standing="all"), reviewer)
        count = counts(session, mine).total
        if count or own == chosen:
            tabs.append((own, count, mine))
    return [
        {
            "name": TABS.get(name, name.capitalize()),
            "count": count,
            "is_current": name == chosen,
            "query": query_of(one),
        }
        for name, count, one in tabs
    ]


def _choices(wanted: Filter, counted: Counts) -> Mapping[str, list[tuple[str, int]]]:
    """What may be chosen of each facet, with counts; a choice that shows nothing stays."""
    return {
        "repo": _with(wanted.repo, counted.repo, ()),
        "state": _with(wanted.state, counted.state, STATES[:2]),
        "scenario": _with(wanted.scenario, counted.scenario, ()),
    }


def _with(
    chosen: str, counted: Mapping[str, int], always: tuple[str, ...]
) -> list[tuple[str, int]]:
    names = dict.fromkeys((*always, *counted, *([] if chosen in ANY else [chosen])))
    return [(name, counted.get(name, 0)) for name in names if name]
