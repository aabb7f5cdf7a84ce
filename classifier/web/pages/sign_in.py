"""Who looks: by name on loopback, by token elsewhere."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.web.deps import Db, ReadDb
from classifier.web.pages.answers import go_to, render
from classifier.web.security.access import local_path
from classifier.web.security.sessions import sign_in, sign_out
from classifier.web.security.tokens import owner_of
from classifier.web.store.reviewers import everyone, find_or_add
from classifier.web.store.tables import ReviewerRow

router = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=1000)]


@router.get("/sign-in", response_class=HTMLResponse)
def ask_who(request: Request, session: ReadDb, next: str = "/") -> HTMLResponse:  # noqa: A002 - as the address has it
    """Ask for a name, or for a token where others could reach the server."""
    return _form(request, session, local_path(next))


@router.post("/sign-in")
def take_name(
    request: Request,
    session: Db,
    name: Field = "",
    token: Field = "",
    next: Field = "/",  # noqa: A002 - the same
) -> Response:
    """Sign in; what is no name, or nobody's token, is told beside the field."""
    wanted = local_path(next)
    try:
        reviewer = _who(request, session, name, token)
    except InputError as error:
        return _form(request, session, wanted, name=name, problem=error)
    sign_in(request, reviewer, with_token=_needs_token(request))
    return go_to(wanted)


@router.post("/sign-out")
def leave(request: Request, session: Db) -> RedirectResponse:
    """Sign out, here and in every other browser."""
    sign_out(request, session)
    return go_to("/")


def _who(request: Request, session: Session, name: str, token: str) -> ReviewerRow:
    if not _needs_token(request):
        return find_or_add(session, name, now=datetime.now(UTC))
    owner = owner_of(session, token.strip())
    if owner is None:
        raise InputError(
            "This token is nobody's", hint="`silentrank reviewers add NAME` makes one."
        )
    return owner


def _needs_token(request: Request) -> bool:
    return not request.app.state.settings.is_open


def _form(
    request: Request,
    session: Session,
    wanted: str,
    *,
    name: str = "",
    problem: InputError | None = None,
) -> HTMLResponse:
    needs_token = _needs_token(request)
    context = {
        "next": wanted,
        "name": name,
        "problem": problem,
        "needs_token": needs_token,
        # who is there already is for those who are let in
        "names": [] if needs_token else [one.name for one in everyone(session)],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "sign_in.html", context, status=status)
