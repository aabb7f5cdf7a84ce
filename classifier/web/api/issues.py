"""The queue, for programs."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from classifier.types import Scenario
from classifier.web.api.description import MAYBE_TOKEN, problems
from classifier.web.api.shapes import LARGEST_NUMBER, Probability, QueuedOut, QueueOut
from classifier.web.deps import ReadDb
from classifier.web.problems import Problem
from classifier.web.store import queue
from classifier.web.store.columns import storable
from classifier.web.store.issues import find
from classifier.web.store.tables import IssueRow

router = APIRouter(tags=["queue"])
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
    db: ReadDb,
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
    """Issues of the queue that a filter lets through, the likeliest or most urgent first."""
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
    found = queue.page_of(db, wanted, page=page, size=size)
    rows = [QueuedOut.model_validate(row, from_attributes=True) for row in found.rows]
    return QueueOut(
        total=found.total, page=found.page, pages=found.pages, size=found.size, issues=rows
    )


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
