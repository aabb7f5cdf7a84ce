"""What the keys do."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from classifier.web.pages.answers import render

router = APIRouter(include_in_schema=False)


@router.get("/keys", response_class=HTMLResponse)
def show_keys(request: Request) -> HTMLResponse:
    """List the keys; the same list opens by ``?`` on every page."""
    return render(request, "keys.html")


@router.get("/favicon.ico")
def show_icon() -> RedirectResponse:
    """Lead browsers that ask for the icon unasked to it."""
    return RedirectResponse("/static/icon.svg")
