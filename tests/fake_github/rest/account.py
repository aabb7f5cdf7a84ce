"""Who asks, what they have left, and repositories themselves."""

from __future__ import annotations

from tests.fake_github.clock import START, stamp
from tests.fake_github.exchange import Answer, ApiError, Call
from tests.fake_github.present import user_json
from tests.fake_github.present_repository import repository_json
from tests.fake_github.rest.routes import Route

EMPTY_PROFILE = ("name", "company", "location", "email", "hireable", "bio", "twitter_username")
COUNTS = ("public_repos", "public_gists", "followers", "following")


def get_repository(call: Call) -> Answer:
    """Show a repository."""
    return Answer(200, repository_json(call.repository(), call.api))


def get_caller(call: Call) -> Answer:
    """Show whose token it is; an installation's token is nobody's."""
    if call.token is None:
        raise ApiError(401, "Requires authentication")
    if call.token.user.is_bot:
        raise ApiError(403, "Resource not accessible by integration")
    profile = dict.fromkeys(EMPTY_PROFILE) | {"blog": ""} | dict.fromkeys(COUNTS, 0)
    dates = dict.fromkeys(("created_at", "updated_at"), stamp(START))
    return Answer(200, user_json(call.token.user, call.api) | profile | dates)


def rate_limit(call: Call) -> Answer:
    """Show what the caller has left; asking costs nothing."""
    names = ("core", "search", "graphql")
    shares = {name: call.store.quotas.of(call.token, name).shown() for name in names}
    return Answer(200, {"resources": shares, "rate": shares["core"]})


ROUTES = {
    "GET /repos/{owner}/{repo}": Route(get_repository, "repos/repos#get-a-repository"),
    "GET /user": Route(get_caller, "users/users#get-the-authenticated-user"),
    "GET /rate_limit": Route(
        rate_limit, "rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user"
    ),
}
