"""Who asks, by cookie or token; and, beyond loopback, nothing for those who do not say."""

import hmac
import logging
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import quote

from anyio.to_thread import run_sync
from sqlalchemy import Engine
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.web.problems import Problem, answer, is_for_programs, no_database
from classifier.web.security.secret import cookie_secret
from classifier.web.security.sessions import MAX_AGE_SECONDS, Visit, Visits, proof_of
from classifier.web.security.tokens import bearer_of, owner_of
from classifier.web.store.engine import DATABASE_ERRORS, reading
from classifier.web.store.tables import ReviewerRow

# What answers without a name: probes, the way in, and webhooks, whose signature is their name.
OPEN_PATHS = frozenset({"/favicon.ico", "/healthz", "/readyz", "/sign-in", "/webhooks/github"})
NAMELESS_PATHS = frozenset({"/healthz", "/readyz", "/webhooks/github"})  # they ask no database
LOG = logging.getLogger(__name__)
OPEN_FOLDER = "/static/"
REALM = {"WWW-Authenticate": 'Bearer realm="silentrank"'}


class Access:
    """Find out who asks and keep it in the request's state, as ``deps`` reads it.

    ``reviewer`` is who it is, ``visit`` the browser's, ``has_token`` tells a program by its token.
    """

    def __init__(self, app: ASGIApp, *, is_open: bool, port: int) -> None:
        self._app = app
        self._is_open = is_open
        self._port = port
        self._visits: Visits | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its token is wrong or a name is needed and missing."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state |= {"reviewer": None, "visit": None, "has_token": False, "is_visit_changed": False}
        is_asked = scope["path"] not in NAMELESS_PATHS
        if is_asked and (refused := await self._recognise(scope)):
            await refused(scope, receive, send)
            return

        is_secure = scope["scheme"] == "https"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and state["is_visit_changed"]:
                cookie = _cookie(state["visits"], state["visit"], is_secure=is_secure)
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    async def _recognise(self, scope: Scope) -> Response | None:
        """Find out who asks; return the refusal if there is one."""
        try:
            visits = await run_sync(self._visits_of, scope["app"].state.engine)
            scope["state"]["visits"] = visits
            return await self._identify(scope, visits)
        except DATABASE_ERRORS as error:
            LOG.error("the database does not answer", exc_info=error)  # noqa: TRY400 - told why
            return answer(scope["path"], no_database())

    def _visits_of(self, engine: Engine) -> Visits:
        if self._visits is None:
            self._visits = Visits(cookie_secret(engine), port=self._port)
        return self._visits

    async def _identify(self, scope: Scope, visits: Visits) -> Response | None:
        """Fill the request's state; return the refusal if there is one."""
        state, headers = scope["state"], Headers(scope=scope)
        engine = scope["app"].state.engine
        token = bearer_of(headers.get("authorization", ""))
        if token is not None:
            state["reviewer"] = await run_sync(_by_token, engine, token)
            state["has_token"] = True
            if state["reviewer"] is None:
                return answer(scope["path"], _unknown_token())
        elif cookie := Request(scope).cookies.get(visits.cookie):
            state["visit"] = visits.read(cookie)
            state["reviewer"] = await run_sync(self._by_visit, engine, state["visit"])
        if self._is_open or state["reviewer"] is not None or _is_open_to_all(scope["path"]):
            return None
        return _please_sign_in(scope)

    def _by_visit(self, engine: Engine, visit: Visit | None) -> ReviewerRow | None:
        if visit is None or visit.reviewer_id is None:
            return None
        with reading(engine) as session:
            reviewer = session.get(ReviewerRow, visit.reviewer_id)
        if reviewer is None or reviewer.sign_outs != visit.sign_outs:
            return None
        if not visit.proof:
            return reviewer if self._is_open else None
        return reviewer if hmac.compare_digest(visit.proof, proof_of(reviewer)) else None


def _by_token(engine: Engine, token: str) -> ReviewerRow | None:
    with reading(engine) as session:
        return owner_of(session, token)


def _cookie(visits: Visits, visit: Visit, *, is_secure: bool) -> str:
    jar: SimpleCookie = SimpleCookie()
    jar[visits.cookie] = visits.write(visit)
    rules = {"path": "/", "max-age": MAX_AGE_SECONDS, "httponly": True, "samesite": "Lax"}
    for name, value in rules.items():
        jar[visits.cookie][name] = value
    jar[visits.cookie]["secure"] = is_secure
    return jar.output(header="").strip()


def _is_open_to_all(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDER)


def _unknown_token() -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "This token is nobody's",
        hint="`silentrank reviewers add NAME` makes one.",
        headers=REALM,
    )


def needs_token() -> Problem:
    """What programs are told that do not say whose they are."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "This needs a reviewer's token",
        hint="Send it as `Authorization: Bearer TOKEN`; `silentrank reviewers add NAME` makes one.",
        headers=REALM,
    )


def _please_sign_in(scope: Scope) -> Response:
    path: str = scope["path"]
    if is_for_programs(path):
        return answer(path, needs_token())
    return sign_in_first(scope)


def sign_in_first(scope: Scope) -> Response:
    """Send a person to sign in, and then back to the page that was wanted."""
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    if scope["method"] not in ("GET", "HEAD"):
        wanted = "/"
    return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", HTTPStatus.SEE_OTHER)


def local_path(wanted: str) -> str:
    """Where ``next`` leads to, if that is on this server; else the queue.

    Browsers take a backslash for a slash, pass over controls, and ``//`` begins a host.
    """
    is_plain = wanted.isprintable() and "\\" not in wanted
    return wanted if is_plain and wanted.startswith("/") and not wanted.startswith("//") else "/"
