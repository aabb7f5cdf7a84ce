"""How people screen here: set once, for all reviewers."""

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from classifier.errors import InputError
from classifier.web.deps import Db, ReadDb, Reviewer
from classifier.web.pages.answers import go_to, render
from classifier.web.store.preferences import Preferences, read_preferences, write_preferences
from classifier.web.store.upcoming import BLIND_PART

MOST_DECISIONS = 100_000
DECISIONS = re.compile("[0-9]{1,6}", re.ASCII)
router = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=100)]


@dataclass(frozen=True)
class Filled:
    """The form as it was sent; an unchecked box is not there."""

    blind: Field = ""
    learning: Field = ""
    audit_share: Field = ""
    relearn_every: Field = ""
    threshold: Field = ""


@router.get("/settings", response_class=HTMLResponse)
def show_settings(
    request: Request, session: ReadDb, _reviewer: Reviewer, saved: str = ""
) -> HTMLResponse:
    """Show what is set."""
    return _page(request, read_preferences(session), is_saved=bool(saved))


@router.post("/settings")
def keep_settings(
    request: Request, session: Db, _reviewer: Reviewer, filled: Annotated[Filled, Depends()]
) -> Response:
    """Keep what is set; what makes no sense is told above the form."""
    before = read_preferences(session)
    try:
        preferences = _preferences(filled, before)
    except InputError as error:
        return _page(request, before, problem=error)
    write_preferences(session, preferences)
    return go_to("/settings", "saved=1")


def _preferences(filled: Filled, before: Preferences) -> Preferences:
    return replace(
        before,
        blind=bool(filled.blind),
        learning=bool(filled.learning),
        audit_share=_number("Share of chance", filled.audit_share) / 100,
        relearn_every=_decisions(filled.relearn_every),
        threshold=_number("Threshold", filled.threshold) / 100 if filled.threshold else None,
    )


def _decisions(text: str) -> int:
    count = int(text) if DECISIONS.fullmatch(text.strip()) else 0
    if not 1 <= count <= MOST_DECISIONS:
        raise InputError(
            f"Learn after every: {text!r} is no number of decisions",
            hint=f"Give a whole number from 1 to {MOST_DECISIONS:,}.",
        )
    return count


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"{name}: {text!r} is no number", hint="Give digits.") from error


def _page(
    request: Request,
    preferences: Preferences,
    *,
    is_saved: bool = False,
    problem: InputError | None = None,
) -> HTMLResponse:
    context = {
        "preferences": preferences,
        "default_threshold": request.app.state.settings.threshold,
        "is_saved": is_saved,
        "blind_part": BLIND_PART,
        "problem": problem,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "settings.html", context, status=status)
