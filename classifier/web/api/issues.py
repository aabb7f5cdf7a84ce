"""The queue, for programs."""

from dataclasses import asdict, replace
from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session

from classifier.types import Scenario
from classifier.web.api.description import MAYBE_TOKEN, problems
from classifier.web.api.shapes import LARGEST_NUMBER, Probability, QueuedOut, QueueOut
from classifier.web.blind import revealed, without_hints
from classifier.web.deps import MaybeReviewer, ReadDb
from classifier.web.problems import Problem
from classifier.web.store import queue
from classifier.web.store.columns import storable
from classifier.web.store.issues import find
from classifier.web.store.preferences import Preferences, read_preferences
from classifier.web.store.standing import UNDECIDED
from classifier.web.store.tables import IssueRow

router = APIRouter(tags=["queue"])
OF_MODEL = (
    *("probability", "model_probability", "scenario", "scenario_probability"),
    *("impact", "priority"),
)
IssueId = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="As the queue tells it.")]
State = Literal["all", "open", "closed", "deleted", "transferred"]
Standing = Literal["all", "undecided", "silent", "not silent", "unsure", "disagreed"]


@router.get(
    "/api/issues",
    summary="Read the queue, a page at a time",
    responses=problems(422, 503),
    openapi_extra=MAYBE_TOKEN,
)
def read_queue(
    *,
    request: Request,
    db: ReadDb,
    asking: MaybeReviewer,
    repo: Annotated[str, Query(max_length=201, description="`owner/name`; all if empty.")] = "",
    state: State = "open",
    standing: Standing = "undecided",
    since: Annotated[date | None, Query(description="Opened on that day or later.")] = None,
    until: Annotated[date | None, Query(description="Opened on that day or earlier.")] = None,
    at_least: Annotated[Probability, Query(description="The lowest probability.")] = 0.0,
    at_most: Annotated[Probability, Query(description="The highest probability.")] = 1.0,
    scenario: Annotated[Scenario | None, Query(description="All if not given.")] = None,
    text: Annotated[str, Query(max_length=200, description="Words that it has.")] = "",
    by: Annotated[
        Literal["probability", "priority", "age"], Query(description="`age`: the oldest first.")
    ] = "probability",
    page: Annotated[int, Query(ge=1, le=LARGEST_NUMBER)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 25,
) -> QueueOut:
    """Issues of the queue that a filter lets through, the likeliest or most urgent first.

    In blind mode a browser gets them by age, and no score chooses among them.
    """
    wanted = queue.Filter(
        repo=storable(repo),
        state=state,
        standing=standing,
        since=since,
        until=until,
        at_least=at_least,
        at_most=at_most,
        scenario=scenario or "",
        text=storable(text),
        by=by,
    )
    seen_as = blinded(db, request)
    if seen_as.blind:
        wanted = without_hints(wanted, asking)
    found = queue.page_of(db, wanted, page=page, size=size)
    seen = revealed(db, seen_as, asking, [row.id for row in found.rows])
    rows = [_shown(row, is_seen=row.id in seen) for row in found.rows]
    return QueueOut(
        total=found.total, page=found.page, pages=found.pages, size=found.size, issues=rows
    )


def blinded(db: Session, request: Request) -> Preferences:
    """The settings, by which blind mode is for people: for who comes by a browser's cookie.

    Programs come by a token or, on loopback, by nothing, and have no judgement to be drawn.
    """
    settings = read_preferences(db)
    has_cookie = request.scope["state"]["visit"] is not None
    return replace(settings, blind=settings.blind and has_cookie)


def _shown(row: queue.Row, *, is_seen: bool) -> QueuedOut:
    kept = asdict(row)
    if not is_seen:
        kept |= dict.fromkeys(OF_MODEL)
        kept["standing"] = UNDECIDED if row.standing == UNDECIDED else None
    return QueuedOut.model_validate(kept)


def known_issue(db: ReadDb, issue_id: int) -> IssueRow:
    """Look an issue up. Raises Problem (404) if there is none."""
    row = find(db, issue_id)
    if row is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            f"There is no issue {issue_id}",
            hint="`GET /api/issues` lists those there are.",
        )
    return row
