"""What goes wrong, told to people as a page and to programs as ``application/problem+json``.

No answer repeats the text of an issue, so that neither logs of clients nor of proxies get it.
"""

import re
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from classifier.errors import ArtifactError, GitHubError, MissingExtraError, SilentrankError

MEDIA_TYPE = "application/problem+json"
FOR_PROGRAMS = ("/api/", "/webhooks/", "/healthz", "/readyz", "/metrics")
NOT_TO_BLAME = (ArtifactError, GitHubError, MissingExtraError)  # the server's own state
SECONDS_UNTIL_DATABASE = 5
CODE = re.compile("`([^`]+)`")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{name}</title>
<link rel="stylesheet" href="/static/style.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p>{hint}</p>
<p><a href="/">To the queue</a></p>
</main>
</body>
</html>
"""


class Problem(Exception):  # noqa: N818 - an answer, not an error of the program
    """An answer other than the one that was asked for: a title, and a hint with the next step."""

    def __init__(
        self,
        status: HTTPStatus,
        title: str,
        *,
        hint: str = "",
        headers: Mapping[str, str] | None = None,
        details: tuple[Mapping[str, str], ...] = (),
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.hint = hint
        self.headers = dict(headers or {})
        self.details = details  # of input: where it does not fit, and why


def busy(seconds: int, title: str = "The server is busy") -> Problem:
    """Too much at once: try again in ``seconds``."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        title,
        hint=f"Try again in {seconds} s.",
        headers={"Retry-After": str(seconds)},
    )


def no_database() -> Problem:
    """The database is locked, gone, or has no connection left: try again."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database does not answer",
        hint=f"Nothing was changed. Try again in {SECONDS_UNTIL_DATABASE} s.",
        headers={"Retry-After": str(SECONDS_UNTIL_DATABASE)},
    )


def problem_of(error: SilentrankError) -> Problem:
    """Turn an error of the package to an answer: the input's fault, or the server's."""
    is_ours = isinstance(error, NOT_TO_BLAME)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_ours else HTTPStatus.UNPROCESSABLE_ENTITY
    return Problem(status, str(error), hint=error.hint)


def is_for_programs(path: str) -> bool:
    """Whether a path is asked for by programs rather than by people."""
    return path.startswith(FOR_PROGRAMS)


def answer(path: str, problem: Problem) -> Response:
    """Tell of the problem in the manner of the path that was asked for."""
    if not is_for_programs(path):
        name = escape(problem.title.replace("`", ""))
        page = PAGE.format(name=name, title=_marked(problem.title), hint=_marked(problem.hint))
        return HTMLResponse(page, problem.status, headers=problem.headers)
    content: dict[str, Any] = {
        "title": problem.title,
        "status": problem.status.value,
        "hint": problem.hint,
    }
    if problem.details:
        content["details"] = [dict(detail) for detail in problem.details]
    return JSONResponse(content, problem.status, problem.headers, media_type=MEDIA_TYPE)


def _marked(text: str) -> str:
    """The text for a page, with what stands between backticks as code."""
    return CODE.sub(r"<code>\1</code>", escape(text))
