"""Puts everything that guards the page around it, in the one order that is right."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from classifier.web.metrics import Metrics
from classifier.web.security.access import Access
from classifier.web.security.bodies import SECONDS_TO_SEND, Bodies
from classifier.web.security.csrf import Forgery
from classifier.web.security.headers import SecurityHeaders
from classifier.web.security.hosts import Hosts, is_open
from classifier.web.security.limits import RateLimits, Rates
from classifier.web.watching import Traffic, Watch


def guard(
    app: FastAPI,
    *,
    host: str,
    port: int,
    metrics: Metrics,
    traffic: Traffic,
    allowed_hosts: Sequence[str] = (),
    rates: Rates | None = None,
    seconds_to_send: float = SECONDS_TO_SEND,
) -> None:
    """Guard an app that will listen on ``host``; its state must have the ``engine`` by then.

    From the outside: headers are on every answer, refusals too; every request is logged and
    counted; then the cheapest refusals come first, and only who may ask at all is listened to
    for a whole body.
    """
    is_open_here = is_open(host, allowed_hosts)
    from_the_inside: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Forgery, {}),
        (Bodies, {"seconds_to_send": seconds_to_send}),
        (Access, {"is_open": is_open_here, "port": port}),
        (RateLimits, {"is_open": is_open_here, "rates": rates or Rates()}),
        (Hosts, {"host": host, "allowed": allowed_hosts}),
        (Watch, {"metrics": metrics, "traffic": traffic}),
        (SecurityHeaders, {}),
    )
    for middleware, options in from_the_inside:
        app.add_middleware(middleware, **options)
