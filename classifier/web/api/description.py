"""The OpenAPI description: what FastAPI knows of the routes, and what the guards may answer."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from classifier.web.problems import MEDIA_TYPE, is_for_programs

Json = dict[str, Any]
PROBLEM: Json = {
    "type": "object",
    "title": "Problem",
    "description": "Why there is no other answer, and what to do (RFC 9457).",
    "properties": {
        "title": {"type": "string", "description": "What is wrong."},
        "status": {"type": "integer", "description": "The HTTP status again."},
        "hint": {"type": "string", "description": "The next step."},
        "details": {
            "type": "array",
            "description": "Where the input does not fit.",
            "items": {
                "type": "object",
                "properties": {
                    "place": {"type": "string", "description": "Such as `body.issues.0.title`."},
                    "reason": {"type": "string"},
                },
                "required": ["place", "reason"],
            },
        },
    },
    "required": ["title", "status", "hint"],
    "example": {
        "title": "Scoring is busy",
        "status": 429,
        "hint": "Try again in 2 s.",
    },
}
REASONS: Mapping[int, str] = MappingProxyType(
    {
        400: "The request is malformed, or for a host name that this server does not answer to.",
        401: "A token or signature is missing or wrong.",
        403: "Another site may have sent this, or it is done in somebody else's name.",
        404: "There is no such issue.",
        405: "The path has no such method.",
        408: "The request took too long to arrive.",
        409: "It was done already.",
        413: "The request is too large.",
        415: "The body is of another type.",
        422: "Something in the request does not fit.",
        429: "Too much at once; `Retry-After` says when to try again.",
        503: "The server cannot do this now, or is not set up for it.",
    }
)
ALWAYS = (400, 401, 408, 413, 429)  # what the guards may answer, whatever the route
RETRY_AFTER: Json = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
}
TOKEN: Json = {
    "type": "http",
    "scheme": "bearer",
    "description": "A reviewer's token, from `silentrank reviewers add NAME`. "
    "Not needed on a server that listens on loopback alone.",
}


def problems(*statuses: int) -> dict[int | str, Json]:
    """Describe what a route may answer beside what it is for."""
    return {status: _problem(status) for status in sorted({*ALWAYS, *statuses})}


def describe(app: FastAPI) -> None:
    """Make the app's description, once, at the first look."""

    def openapi() -> Json:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            made["paths"] = {
                path: told for path, told in made["paths"].items() if is_for_programs(path)
            }
            components = made.setdefault("components", {})
            components.setdefault("schemas", {})["Problem"] = PROBLEM
            components["securitySchemes"] = {"token": TOKEN}
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # how FastAPI wants it


def _problem(status: int) -> Json:
    described: Json = {
        "description": REASONS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        described["headers"] = RETRY_AFTER
    return described


MAYBE_TOKEN: Json = {"security": [{"token": []}, {}]}
NO_TOKEN: Json = {"security": []}
