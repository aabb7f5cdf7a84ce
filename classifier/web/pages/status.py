"""The status page: how far reading is, whether the model is right, what has changed."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.web.deps import ReadDb
from classifier.web.pages.answers import render
from classifier.web.pages.seeing import threshold_of
from classifier.web.problems import Problem
from classifier.web.store.preferences import read_preferences
from classifier.web.store.tables import IssueRow
from classifier.web.wording import share

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from classifier.web.overview import Overview
    from classifier.web.statistics.estimates import Share

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
        "precision": _precision(found),
        "recall": _recall(found),
        "audit": _audit(found),
        "expected": _expected(found),
        "pictures": {group: _pictures(found, names) for group, names in GROUPS},
        "preferences": read_preferences(session),
    }
    return render(request, "status.html", context)


@router.get("/status/{plot}.svg")
def show_plot(
    request: Request,
    session: ReadDb,
    plot: str,
    repo: Repo = "",
    theme: Literal["light", "dark"] = "light",
) -> Response:
    """Draw one picture; 404 for one that there is not, or that has nothing to show yet."""
    from classifier.web.plots import PLOTS, draw_plot  # noqa: PLC0415 - see above

    found = _overview(request, session, repo)
    if plot not in PLOTS or not PLOTS[plot].has_data(found):
        hint = f"There are {', '.join(PLOTS)}, once there is something to draw."
        raise Problem(HTTPStatus.NOT_FOUND, "There is no such picture", hint=hint)
    return Response(draw_plot(plot, found, theme=theme), media_type="image/svg+xml")


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


def _precision(found: "Overview") -> str:
    at = share(found.threshold)
    if not found.precision.total:
        return f"No audited issue from the threshold of {at} on is decided yet."
    return (
        f"{_of(found.precision, 'audited issue')} from the threshold of {at} on "
        f"{'is a silent bug' if found.precision.count == 1 else 'are silent bugs'}: precision "
        f"{_interval(found.precision)}."
    )


def _recall(found: "Overview") -> str:
    at = share(found.threshold)
    if not found.recall.total:
        return f"No audited issue is a silent bug yet, so recall at {at} cannot be told."
    return (
        f"{_of(found.recall, 'audited silent bug')} {'lies' if found.recall.count == 1 else 'lie'} "
        f"from {at} on: recall {_interval(found.recall)}."
    )


def _audit(found: "Overview") -> str:
    if not found.audited_count:
        return (
            "Nothing is audited yet. Precision and recall need issues that chance chose: decide "
            "some on the screening page, which mixes them in."
        )
    unclear = found.audited_count - sum(one.total for _, one in found.reliability)
    rest = f", {unclear} of them without a clear answer" if unclear else ""
    issues = "issue is" if found.audited_count == 1 else "issues are"
    return f"{found.audited_count:,} {issues} audited: a random sample of the queue{rest}."


def _expected(found: "Overview") -> str:
    if found.expected is None:
        return ""
    low, high = round(found.expected.low), round(found.expected.high)
    count = found.expected_of
    first = "The next issue" if count == 1 else f"The next {count} issues"
    return (
        f"{first} of the queue should hold about {found.expected.value:.1f} silent bugs "
        f"({low} to {high})."
    )


def _of(one: "Share", what: str) -> str:
    return f"{one.count:,} of {one.total:,} {what}{'' if one.total == 1 else 's'}"


def _interval(one: "Share") -> str:
    return f"{share(one.value or 0.0)} ({share(one.low)} to {share(one.high)})"
