"""When a request is sent again: PyGithub's rules, and the ends of patience."""

from collections.abc import Callable
from typing import Any, Self

from github import GithubException, GithubRetry, RateLimitExceededException

LONGEST_WAIT_SECONDS = 120.0  # whoever waits for longer should know why, and may have other plans
WORTH_TELLING_SECONDS = 5.0
RATE_LIMITED = (403, 429)
BACKOFF_SECONDS = 0.5  # then 0, 1, 2, 4 go by between tries

OnWait = Callable[[float], None]


class Retries(GithubRetry):
    """PyGithub's, which waits out limits that end soon, and tells of it.

    What writes and is no GraphQL is sent again only if GitHub refused to do it: after an answer
    that got lost, a second comment may be one too many.
    """

    def __init__(self, *, on_wait: OnWait, **options: Any) -> None:  # noqa: ANN401 - urllib3's own
        options.setdefault("max_rate_limit_wait", LONGEST_WAIT_SECONDS)
        super().__init__(**options)
        self.on_wait = on_wait

    def new(self, **changes: Any) -> Self:  # noqa: ANN401
        """Copy it, as urllib3 does for each try."""
        return super().new(on_wait=self.on_wait, **changes)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,  # noqa: ANN401
        error: Exception | None = None,
        *rest: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Count one failure. Raises where another try would help nobody."""
        status = getattr(response, "status", None)
        is_refused = status in RATE_LIMITED
        is_too_long = is_refused and (self.get_retry_after(response) or 0) > LONGEST_WAIT_SECONDS
        is_write = method == "POST" and not (url or "").endswith("/graphql")
        if response is not None and (is_too_long or (is_write and not is_refused)):
            response.drain_conn()  # or the connection would be lost
            failure = RateLimitExceededException if is_too_long else GithubException
            raise failure(response.status, None, dict(response.headers))
        if error is not None and is_write and not self._is_connection_error(error):
            raise error
        return super().increment(method, url, response, error, *rest, **named)

    def sleep(self, response: Any = None) -> None:  # noqa: ANN401
        """Wait before the next try."""
        asked = self.get_retry_after(response) if response else None
        if (seconds := asked or self.get_backoff_time()) >= WORTH_TELLING_SECONDS:
            self.on_wait(seconds)
        super().sleep(response)


def patient(on_wait: OnWait) -> Retries:
    """Say how often what fails is sent again: about ten seconds' worth."""
    methods = Retries.DEFAULT_ALLOWED_METHODS | {"GET", "POST", "PATCH"}
    return Retries(
        on_wait=on_wait,
        total=4,
        connect=2,
        read=2,
        backoff_factor=BACKOFF_SECONDS,
        allowed_methods=methods,
        raise_on_status=False,  # the last answer says more than that there were too many
    )
