"""The ranked queue: what to look at first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from classifier.web.deps import MaybeReviewer, ReadDb
from classifier.web.pages.answers import render
from classifier.web.pages.filters import filter_of, query_of, without_hints
from classifier.web.pages.seeing import revealed, threshold_of
from classifier.web.store.issues import STATES
from classifier.web.store.preferences import read_preferences
from classifier.web.store.queue import ANY, Counts, Filter, counts, page_of
from classifier.web.store.standing import STANDINGS

router = APIRouter(include_in_schema=False)
ROWS_A_PAGE = 50
MOST_PAGES = 1_000_000
PageNumber = Annotated[int, Query(ge=1, le=MOST_PAGES)]


@router.get("/", response_class=HTMLResponse)
def show_queue(
    request: Request, session: ReadDb, reviewer: MaybeReviewer, page: PageNumber = 1
) -> HTMLResponse:
    """Show a page of the queue that the filter in the address lets through."""
    preferences = read_preferences(session)
    wanted = filter_of(request.query_params)
    if preferences.blind:
        wanted = without_hints(wanted)
    counted = counts(session, wanted)
    shown = page_of(session, wanted, page=page, size=ROWS_A_PAGE, total=counted.total)
    seen = revealed(session, preferences, reviewer, [row.id for row in shown.rows])
    filling = request.app.state.filling.progress
    context = {
        "page": shown,
        "wanted": wanted,
        "counted": counted,
        "query": query_of(wanted),
        "query_of": query_of,
        "revealed": seen,
        "threshold": threshold_of(request, preferences),
        "tabs": _tabs(wanted, counted),
        "choices": _choices(wanted, counted),
        "filling": filling,
        "is_reading": bool(request.app.state.settings.sources) and not filling.is_done,
        "is_filtered": wanted != Filter(standing=wanted.standing, by=wanted.by),
    }
    return render(request, "queue.html", context)


def _tabs(wanted: Filter, counted: Counts) -> list[dict[str, Any]]:
    """One for each standing, and one for all, with how many issues it would show."""
    chosen = "all" if wanted.standing in ANY else wanted.standing
    tabs = {name: counted.standing.get(name, 0) for name in STANDINGS}
    tabs["all"] = sum(counted.standing.values())
    return [
        {
            "name": name,
            "count": count,
            "is_current": name == chosen,
            "query": query_of(replace(wanted, standing=name)),
        }
        for name, count in tabs.items()
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
