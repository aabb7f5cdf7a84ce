"""Which names the server answers to.

A page of a stranger's can let its own name point to loopback and then read what is there as if it
were its own (DNS rebinding). The browser still sends the stranger's name as ``Host``, so only
known names get an answer. An address cannot be rebound, so beyond loopback any will do.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from classifier.web.problems import Problem, answer

LOOPBACK_NAME = "localhost"
HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?", re.ASCII)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    name = _plain(host)
    return name == LOOPBACK_NAME or (_is_address(name) and ip_address(name).is_loopback)


def is_open(host: str, allowed: Sequence[str]) -> bool:
    """Whether a name is enough, since nobody comes but from this machine.

    A server that listens on loopback and answers to another name stands behind a proxy.
    """
    return all(map(is_loopback, (host, *allowed)))


class Hosts:
    """Refuse requests for names that are not this server's."""

    def __init__(self, app: ASGIApp, *, host: str, allowed: Sequence[str] = ()) -> None:
        self._app = app
        self._takes_addresses = not is_loopback(host)
        self._names = frozenset(map(_plain, (host, *allowed)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if its ``Host`` is known."""
        if scope["type"] == "http" and not self._is_known(Headers(scope=scope).get("host", "")):
            problem = Problem(
                HTTPStatus.BAD_REQUEST,
                "This server does not answer to that host name",
                hint="Name it by `silentrank serve --allowed-host NAME`.",
            )
            await answer(scope["path"], problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_known(self, header: str) -> bool:
        found = HOST.fullmatch(header)
        if found is None:
            return False
        name = _plain(found["name"])
        is_known = is_loopback(name) or name in self._names
        return is_known or (self._takes_addresses and _is_address(name))


def _plain(name: str) -> str:
    return name.strip().strip("[]").rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
