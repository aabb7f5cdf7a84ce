"""Is it alive, can it work, and what has it done: for those who watch over servers."""

import logging
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from classifier.web.api.description import MAYBE_TOKEN, NO_TOKEN, problems
from classifier.web.problems import Problem
from classifier.web.store.engine import reading
from classifier.web.store.tables import IssueRow

LOG = logging.getLogger(__name__)
router = APIRouter(tags=["watching"])


class AliveOut(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class ReadyOut(BaseModel):
    """The database answers and the model is loaded."""

    status: Literal["ready"] = "ready"
    model: str


@router.get("/healthz", summary="Is it alive?", responses=problems(), openapi_extra=NO_TOKEN)
def healthz() -> AliveOut:
    """Answer without looking at anything: if this fails, restart the server."""
    return AliveOut()


@router.get("/readyz", summary="Can it work?", responses=problems(503), openapi_extra=NO_TOKEN)
def readyz(request: Request) -> ReadyOut:
    """Ask the database and the scorer: while this fails, send no requests."""
    state = request.app.state
    try:
        with reading(state.engine) as db:
            db.execute(select(1))
    except SQLAlchemyError as error:
        LOG.exception("database")
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The database does not answer",
            hint="Is it running, and is there space left on its disk?",
        ) from error
    if not state.scoring.is_ready:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "Nothing is scored",
            hint="The model is being loaded, which takes seconds, or the server ends; "
            "if it stays so, the log says why.",
        )
    return ReadyOut(model=state.scoring.model().model_id)


@router.get(
    "/metrics",
    summary="What has it done?",
    response_class=Response,
    responses={
        200: {
            "description": "Counters in Prometheus' format.",
            "content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}},
        },
        **problems(503),
    },
    openapi_extra=MAYBE_TOKEN,
)
def metrics(request: Request) -> Response:
    """Tell all counters; no text of an issue is among them."""
    kept = request.app.state.metrics
    return Response(generate_latest(kept.registry), media_type=CONTENT_TYPE_LATEST)


def issue_counts(engine: Engine) -> dict[tuple[str, str], int]:
    """Count issues by state and standing."""
    columns = (IssueRow.state, IssueRow.standing)
    with reading(engine) as db:
        rows = db.execute(select(*columns, func.count()).group_by(*columns)).all()
    return {(state, standing): count for state, standing, count in rows}
