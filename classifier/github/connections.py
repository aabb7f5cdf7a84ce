"""PyGithub's connections, with answers kept on disk."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cachecontrol.adapter import CacheControlAdapter
from github import Auth, Github
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

from classifier.github.answers import Answers, Controller, TokenlessSerializer
from classifier.github.retries import OnWait, patient

TIMEOUT_SECONDS = 20  # GitHub gives up after ten
AGENT = "silentrank"


def requester(api: str, token: str | None, answers: Answers | None, on_wait: OnWait) -> Requester:
    """Have PyGithub build what it sends requests with."""
    _quieten()
    with _keeping(answers):
        return Github(
            base_url=api,
            auth=Auth.Token(token) if token else None,
            timeout=TIMEOUT_SECONDS,
            user_agent=AGENT,
            retry=patient(on_wait),
            seconds_between_requests=None,  # one after the other, which is all that GitHub asks
            seconds_between_writes=None,
        ).requester


def _quieten() -> None:
    """Leave it to the program what becomes of logs: PyGithub would print them."""
    for name in ("cachecontrol", "github"):
        logger = logging.getLogger(name)
        for handler in logger.handlers[:]:
            if type(handler) is logging.StreamHandler:
                logger.removeHandler(handler)
        logger.addHandler(logging.NullHandler())


@contextmanager
def _keeping(answers: Answers | None) -> Iterator[None]:
    """Have what PyGithub builds within keep its answers; it takes classes, once for all."""
    if answers is None:
        yield
        return
    kept = answers  # for mypy, which forgets within classes what it knows of a parameter

    class Plain(HTTPRequestsConnectionClass):
        def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - PyGithub's own
            super().__init__(*args, **options)
            self.session.mount("http://", _adapter(kept, self.retry))

    class Safe(HTTPSRequestsConnectionClass):
        def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **options)
            self.session.mount("https://", _adapter(kept, self.retry))

    Requester.injectConnectionClasses(Plain, Safe)
    try:
        yield
    finally:
        Requester.resetConnectionClasses()


def _adapter(answers: Answers, retry: object) -> CacheControlAdapter:
    return CacheControlAdapter(
        cache=answers,
        controller_class=Controller,
        serializer=TokenlessSerializer(),
        max_retries=retry,
    )
