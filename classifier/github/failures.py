"""What went wrong at GitHub, in words that say what to do."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from github import GithubException
from requests import exceptions

from classifier.errors import GitHubError
from classifier.github.retries import RATE_LIMITED
from classifier.github.token import HOW_TO_GIVE, redacted

KEPT = " What was read is kept: the same command goes on there."
A_TOKEN_BRINGS = f"A token brings 5,000 requests an hour, and private repositories. {HOW_TO_GIVE}"
AGAIN = "Try again later. If it lasts, look at https://www.githubstatus.com."
LONGEST_QUOTE = 200  # characters of what GitHub says
SERVER_ERROR = 500
ERROR_NUMBER = re.compile(r"^\[Errno -?\d+\] ")


@dataclass(frozen=True, slots=True)
class Failures:
    """Turns the libraries' errors into ours."""

    token: str | None = field(repr=False)
    is_kept: bool  # whether what was read need not be read again

    def told(self, error: Exception, subject: str) -> GitHubError:
        """Say what went wrong with ``subject``, without the token."""
        if isinstance(error, GithubException):
            failure = self._refusal(error, subject)
        else:
            failure = _breakdown(error, subject)
        going_on = KEPT if self.is_kept and (failure.status or SERVER_ERROR) not in FINAL else ""
        message = redacted(str(failure), self.token)
        hint = redacted(failure.hint, self.token) + going_on
        return GitHubError(message, hint=hint.strip(), status=failure.status)

    def _refusal(self, error: GithubException, subject: str) -> GitHubError:
        status, said = error.status, _said(error.data)
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        if status in RATE_LIMITED and _is_limit(said, headers):
            return self._limit(status, headers)
        quote = f": {said}" if said else ""
        whose = "the token" if self.token else "a request without a token"
        permission = "The token may lack a permission." if self.token else A_TOKEN_BRINGS
        unseen = (
            "that the token may see it."
            if self.token
            else f"whether it is private. {A_TOKEN_BRINGS}"
        )
        message, hint = {
            401: (f"GitHub refuses {whose}{quote}", f"It may have expired. {HOW_TO_GIVE}"),
            403: (f"GitHub forbids {subject}{quote}", permission),
            404: (f"GitHub knows no {subject}", f"Check the name, and {unseen}"),
            410: (f"GitHub has no {subject} any more{quote}", "It was deleted, or turned off."),
        }.get(status, (f"GitHub answers {status} for {subject}{quote}", ""))
        again = AGAIN if status >= SERVER_ERROR else ""
        return GitHubError(message, hint=hint or again, status=status)

    def _limit(self, status: int, headers: Mapping[str, str]) -> GitHubError:
        """Tell of a quota that is used up, and until when."""
        if headers.get("x-ratelimit-remaining") != "0":  # the quota is not what ran out
            wait = headers.get("retry-after", "")
            when = f"in {wait} seconds" if wait.isdigit() else "in some minutes"
            message = "GitHub has had too many requests in a short time"
            return GitHubError(message, hint=f"Try again {when}.", status=status)
        limit, until = headers.get("x-ratelimit-limit"), _clock(headers)
        whose = "" if self.token else " without a token"
        message = f"GitHub's limit of {limit} requests{whose} is used up{until}"
        return GitHubError(message, hint="" if self.token else A_TOKEN_BRINGS, status=status)


@contextmanager
def expecting(subject: str) -> Iterator[None]:
    """Take apart within what GitHub answered for ``subject``; it may be anything."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise GitHubError(
            f"What is answered for {subject} is not GitHub's", hint="Check GITHUB_API_URL."
        ) from error


FINAL = (401, 404, 410, 422)  # the same command will fare no better


def _breakdown(error: Exception, subject: str) -> GitHubError:
    """Tell of an answer that never came, or came broken."""
    cause = _innermost(error)
    if isinstance(error, exceptions.Timeout) or "timed out" in cause:
        return GitHubError(f"GitHub did not answer in time for {subject}", hint=AGAIN)
    if isinstance(error, exceptions.SSLError):
        hint = "Check GITHUB_API_URL, and the certificates of this machine."
        return GitHubError(f"No safe connection to GitHub: {cause}", hint=hint)
    if isinstance(error, exceptions.ConnectionError):
        hint = "Check the network, proxies and GITHUB_API_URL."
        return GitHubError(f"Cannot reach GitHub: {cause}", hint=hint)
    if isinstance(error, RuntimeError | AssertionError):
        hint = "Check GITHUB_API_URL."
        return GitHubError(f"GitHub leads elsewhere for {subject}: {error}", hint=hint)
    return GitHubError(f"GitHub's answer for {subject} is broken", hint=AGAIN)


def _said(data: Any) -> str:  # noqa: ANN401 - decoded JSON, or text
    message = data.get("message") if isinstance(data, Mapping) else None
    return " ".join(message.split())[:LONGEST_QUOTE] if isinstance(message, str) else ""


def _is_limit(said: str, headers: Mapping[str, str]) -> bool:
    return (
        headers.get("x-ratelimit-remaining") == "0"
        or "retry-after" in headers
        or "rate limit" in said.lower()
    )


def _clock(headers: Mapping[str, str]) -> str:
    reset = headers.get("x-ratelimit-reset", "")
    if not reset.isdigit():
        return ""
    return f" until {datetime.fromtimestamp(int(reset), UTC).astimezone():%H:%M}"


def _innermost(error: BaseException) -> str:
    """Find the cause that a person can read: ``Connection refused``."""
    inner: object = error
    while isinstance(inner, BaseException):
        error = inner
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
    return ERROR_NUMBER.sub("", str(error).rpartition(": ")[2])[:LONGEST_QUOTE]
