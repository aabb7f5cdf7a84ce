"""From a request to its answer: who asks, may they, is there quota left, and what is new."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from tests.fake_github import graph, rest
from tests.fake_github.exchange import Answer, ApiError
from tests.fake_github.quota import resource_of

if TYPE_CHECKING:
    from tests.fake_github.exchange import Call
    from tests.fake_github.store import Token

VARY = "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With"
LIMITS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
ABOUT_SECONDARY = (
    "https://docs.github.com/free-pro-team@latest/rest/overview/"
    "rate-limits-for-the-rest-api#about-secondary-rate-limits"
)
NAMELESS = (
    "Request forbidden by administrative rules. Please make sure your request has a "
    "User-Agent header."
)
SUPPORT = (
    "If you reach out to GitHub Support for help, please include the request ID "
    "9C2A:1D0F3B:2E51C7:3A90F1:69071C40 and timestamp 2026-11-02 09:00:00 UTC."
)


@dataclass(slots=True)
class SecondaryLimit:
    """Turns requests away for going too fast, as often as a test says."""

    times: int = 0
    retry_after_seconds: int | None = 1  # None: GitHub does not always say
    status: int = 403

    def check(self) -> None:
        """Raise GitHub's answer, if it is to be given."""
        if self.times <= 0:
            return
        self.times -= 1
        wait = self.retry_after_seconds
        raise ApiError(
            self.status,
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try "
            f"again. {SUPPORT}",
            docs=ABOUT_SECONDARY,
            headers={"Retry-After": str(wait)} if wait is not None else {},
        )


@dataclass(slots=True)
class Answering:
    """Answers calls, and counts what they cost."""

    secondary: SecondaryLimit = field(default_factory=SecondaryLimit)

    def answer(self, call: Call) -> Answer:
        """Answer one call, whatever comes of it."""
        found = rest.match(call.method, call.path)
        quota = call.store.quotas.of(call.token, resource_of(call.path))
        cost = 0 if call.path == "/rate_limit" else 1
        try:
            self._admit(call)
            if call.path == "/graphql":
                answer, cost = graph.answer(call, quota)
            elif cost and not quota.remaining:
                answer = _refused(call)
            else:
                answer = _if_changed(call, _routed(call, found))
        except ApiError as error:
            answer = error.answer(found.route.docs if found else "")
        if answer.status == 304 and call.token:
            cost = 0
        quota.used = min(quota.used + cost, max(quota.used, quota.limit))
        return replace(answer, headers={**quota.headers(), **answer.headers})

    def _admit(self, call: Call) -> None:
        """Refuse who is nobody, or too fast."""
        if call.token is None and "authorization" in call.headers:
            raise ApiError(401, "Bad credentials", docs="https://docs.github.com/rest")
        if not call.headers.get("user-agent"):
            raise ApiError(403, NAMELESS)
        self.secondary.check()


def _refused(call: Call) -> Answer:
    return ApiError(403, exhausted(call.token), docs=LIMITS).answer("")


def _routed(call: Call, found: rest.Match | None) -> Answer:
    if found is None:
        raise ApiError(404, "Not Found")
    _check_permission(call)
    return found.route.answer(replace(call, parameters=found.parameters))


def exhausted(token: Token | None) -> str:
    """Say that the quota is spent, as GitHub says it to this client."""
    if token is None:
        return (
            "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated "
            "requests get a higher rate limit. Check out the documentation for more details.)"
        )
    kind = "installation" if token.user.is_bot else "user"
    return f"API rate limit exceeded for {kind} ID {token.user.id}. {SUPPORT}"


def _check_permission(call: Call) -> None:
    if call.method == "GET":
        return
    if call.token is None:
        raise ApiError(401, "Requires authentication")
    if call.token.issues != "write":
        kind = "integration" if call.token.user.is_bot else "personal access token"
        raise ApiError(
            403,
            f"Resource not accessible by {kind}",
            headers={"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"},
        )


def _if_changed(call: Call, answer: Answer) -> Answer:
    """Add the entity tag; answer 304 to a client that has seen just this."""
    if call.method != "GET" or answer.status != 200:
        return answer
    body = answer.body()
    digest = hashlib.sha256(call.headers.get("accept", "").encode() + body).hexdigest()
    tag = f'"{digest}"'
    scope = "private" if call.token else "public"
    headers = answer.headers | {
        "ETag": f"W/{tag}",
        "Cache-Control": f"{scope}, max-age=60, s-maxage=60",
        "Vary": VARY,
    }
    if _has_seen(call, tag, answer.headers.get("Last-Modified", "")):
        return Answer(304, headers=headers)
    return Answer(200, answer.value, headers, raw=body)


def _has_seen(call: Call, tag: str, changed: str) -> bool:
    """Compare with what the client has; a tag is more exact than a date, and so goes first."""
    tags = call.headers.get("if-none-match")
    if tags is not None:
        return any(each.strip().removeprefix("W/") in {tag, "*"} for each in tags.split(","))
    since = call.headers.get("if-modified-since")
    if since is None or not changed:
        return False
    return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
