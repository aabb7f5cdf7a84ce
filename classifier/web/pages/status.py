"""The status page: how far reading is, whether the model is right, what has changed."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.web.deps import ReadDb
from classifier.web.pages import sentences
from classifier.web.pages.answers import render
from classifier.web.pages.seeing import threshold_of
from classifier.web.pages.tiles import tiles
from classifier.web.problems import Problem
from classifier.web.store.preferences import read_preferences
from classifier.web.store.tables import IssueRow

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.overview import Overview

router = APIRouter(include_in_schema=False)
Repo = Annotated[str, Query(max_length=200)]
GROUPS = (  # where on the page each picture stands
    ("model", ("precision", "reliability")),
    ("change", ("scores", "drift")),
    ("queue", ("weeks", "above")),
)


@router.get("/status", response_class=HTMLResponse)
def show_status(request: Request, session: ReadDb, repo: Repo = "") -> HTMLResponse:
    """Show all numbers of one repository, or of all."""
    found = _overview(request, session, repo)
    repos = session.scalars(select(IssueRow.repo).distinct().order_by(IssueRow.repo)).all()
    context = {
        "found": found,
        "repos": [one for one in repos if one],
        "tiles": tiles(found),
        "audit": sentences.audit(found),
        "precision": sentences.precision(found),
        "recall": sentences.recall(found),
        "reliability": sentences.reliability(found),
        "expected": sentences.expected(found.unread),
        "pictures": {group: _pictures(found, names) for group, names in GROUPS},
        "preferences": read_preferences(session),
    }
    return render(request, "status.html", context)


@router.get("/status/{plot}.svg")
def show_plot(
    *,
    request: Request,
    session: ReadDb,
    plot: str,
    repo: Repo = "",
    theme: Literal["light", "dark"] = "light",
    size: Literal["wide", "narrow"] = "wide",
) -> Response:
    """Draw one picture; 404 for one that there is not, or that has nothing to show yet."""
    from classifier.web.plots import PLOTS, draw_plot  # noqa: PLC0415 - see above

    found = _overview(request, session, repo)
    if plot not in PLOTS or not PLOTS[plot].has_data(found):
        hint = f"There are {', '.join(PLOTS)}, once there is something to draw."
        raise Problem(HTTPStatus.NOT_FOUND, "There is no such picture", hint=hint)
    picture = draw_plot(plot, found, theme=theme, size=size)
    return Response(picture, media_type="image/svg+xml")


def _overview(request: Request, session: Session, repo: str) -> "Overview":
    threshold = threshold_of(request, read_preferences(session))
    found: Overview = request.app.state.overviews.of(session, repo, threshold=threshold)
    return found


def _pictures(found: "Overview", names: tuple[str, ...]) -> list[dict[str, Any]]:
    from classifier.web.plots import PLOTS  # noqa: PLC0415 - see above

    return [
        {"name": name, "title": PLOTS[name].title, "note": PLOTS[name].note}
        for name in names
        if PLOTS[name].has_data(found)
    ]
