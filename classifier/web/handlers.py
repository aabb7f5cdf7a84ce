"""What becomes of errors that routes raise."""

import logging
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from classifier.errors import SilentrankError
from classifier.web.api.shapes import ONE, SEVERAL
from classifier.web.deps import SignInFirstError
from classifier.web.problems import Problem, answer, busy, no_database, problem_of
from classifier.web.scoring import Busy
from classifier.web.security.access import sign_in_first
from classifier.web.store.engine import DATABASE_ERRORS

MOST_DETAILS = 10
SECONDS_UNTIL_LESS_BUSY = 2
LOG = logging.getLogger(__name__)
WORDS = {
    HTTPStatus.NOT_FOUND: ("There is nothing here", "The queue is at `/`, the API below `/api/`."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("This cannot be done here", "See /api/openapi.json."),
}


def handle_errors(app: FastAPI) -> None:
    """Turn errors of routes into answers."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(SilentrankError, _on_our_error)
    app.add_exception_handler(Busy, _on_busy)
    for kind in DATABASE_ERRORS:
        app.add_exception_handler(kind, _on_database)
    app.add_exception_handler(SignInFirstError, _on_nobody)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - what the handler is registered for
    return answer(request.url.path, error)


def _on_our_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SilentrankError)  # noqa: S101 - the same
    return answer(request.url.path, problem_of(error))


def _on_busy(request: Request, _error: Exception) -> Response:
    request.app.state.metrics.refused.inc()
    return answer(request.url.path, busy(SECONDS_UNTIL_LESS_BUSY, "Scoring is busy"))


def _on_database(request: Request, error: Exception) -> Response:
    """The database is locked, gone, or has no connection left: later it may be there again."""
    LOG.error("the database does not answer", exc_info=error)
    return answer(request.url.path, no_database())


def _on_nobody(request: Request, _error: Exception) -> Response:
    return sign_in_first(request.scope)


def _on_invalid(request: Request, error: Exception) -> Response:
    """Say where the input does not fit; what it was is not repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the same
    details = tuple(
        {"place": _place(found["loc"]), "reason": str(found["msg"])[:200]}
        for found in error.errors()[:MOST_DETAILS]
    )
    hint = "; ".join(f"{detail['place']}: {detail['reason']}" for detail in details[:3])
    problem = Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "This does not fit", hint=hint, details=details
    )
    return answer(request.url.path, problem)


def _place(parts: Sequence[str | int]) -> str:
    """Name a place in the input, without which of the allowed shapes it was taken for."""
    return ".".join(str(part) for part in parts if part not in (ONE, SEVERAL))[:200]


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the same
    status = HTTPStatus(error.status_code)
    title, hint = WORDS.get(status, (status.phrase, status.description))
    problem = Problem(status, title, hint=hint, headers=error.headers)
    return answer(request.url.path, problem)
