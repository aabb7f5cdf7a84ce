"""Pages out of templates, and ways from one to the next."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    """Fill in a template."""
    page: HTMLResponse = request.app.state.templates.TemplateResponse(
        request, template, dict(context or {}), status_code=status
    )
    return page


def go_to(path: str, query: str = "") -> RedirectResponse:
    """Send the browser on to a page of ours, after a form was taken: so reloading is harmless."""
    return RedirectResponse(f"{path}?{query}" if query else path, HTTPStatus.SEE_OTHER)
