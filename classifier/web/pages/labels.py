"""Labels out of the database and into it, by the browser."""

import io
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.labels import rows_in
from classifier.web.deps import ReadDb, Reviewer
from classifier.web.labels_export import export_labels
from classifier.web.labels_import import Imported, check_labels, import_labels
from classifier.web.pages.answers import render
from classifier.web.store.engine import reading
from classifier.web.store.standing import UNDECIDED
from classifier.web.store.tables import IssueRow

router = APIRouter(include_in_schema=False)
KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
LONGEST_NAME = 100  # characters of a file's name that are shown again


@dataclass(frozen=True, slots=True)
class Labelled:
    """How many issues of a repository have which standing."""

    repo: str
    counts: Counter[str]

    @property
    def total(self) -> int:
        """Issues that somebody decided on."""
        return self.counts.total()


@router.get("/labels", response_class=HTMLResponse)
def show_labels(request: Request, session: ReadDb) -> HTMLResponse:
    """Tell how many labels there are, with ways to take them out and bring some in."""
    return _page(request, session)


@router.get("/labels.csv")
def export_csv(session: ReadDb, repo: str = "") -> Response:
    """Export as a table for spreadsheets and `silentrank-train`."""
    return _exported(session, "csv", repo)


@router.get("/labels.jsonl")
def export_jsonl(session: ReadDb, repo: str = "") -> Response:
    """Export as JSON lines, which carry notes exactly as they were written."""
    return _exported(session, "jsonl", repo)


@router.post("/labels")
def take_labels(
    request: Request, session: ReadDb, reviewer: Reviewer, file: Annotated[UploadFile, Form()]
) -> HTMLResponse:
    """Take a table for the reviewer's decisions; a broken row ends it, and nothing is taken."""
    name = (file.filename or "labels")[-LONGEST_NAME:]
    engine = request.app.state.engine
    try:
        with reading(engine) as opened:
            rows = rows_in(name, io.StringIO(_decoded(file), newline=""))
            checked = check_labels(opened, rows, name=name)
    except InputError as error:
        return _page(request, session, problem=error)
    done = import_labels(engine, checked, reviewer_id=reviewer.id, now=datetime.now(UTC))
    return _page(request, session, done=done)


def _decoded(file: UploadFile) -> str:
    try:
        return file.file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("This file is not UTF-8", hint="Save it as UTF-8 again.") from error


def _exported(session: Session, kind: str, repo: str) -> Response:
    stream = io.StringIO()
    export_labels(session, stream, kind=kind, repo=repo)
    headers = {"Content-Disposition": f'attachment; filename="labels.{kind}"'}
    return Response(stream.getvalue(), media_type=KINDS[kind], headers=headers)


def _page(
    request: Request,
    session: Session,
    *,
    done: Imported | None = None,
    problem: InputError | None = None,
) -> HTMLResponse:
    context = {"labelled": _labelled(session), "done": done, "problem": problem}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "labels.html", context, status=status)


def _labelled(session: Session) -> list[Labelled]:
    counted = session.execute(
        select(IssueRow.repo, IssueRow.standing, func.count())
        .where(IssueRow.standing != UNDECIDED)
        .group_by(IssueRow.repo, IssueRow.standing)
        .order_by(IssueRow.repo)
    )
    found: dict[str, Counter[str]] = {}
    for repo, standing, count in counted:
        found.setdefault(repo, Counter())[standing] = count
    return [Labelled(repo, counts) for repo, counts in found.items()]
