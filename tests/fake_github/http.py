"""HTTP on loopback, around whatever answers calls."""

from __future__ import annotations

import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

from tests.fake_github.exchange import Answer, Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fake_github.store import Store, Token

    Serve = Callable[[Call], tuple[Answer, bool]]

JSON = "application/json; charset=utf-8"
ENTERPRISE = "/api/v3"
LOOPBACK = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """A thread for each connection; ``close`` ends those that clients keep open."""

    daemon_threads = True
    request_queue_size = 128  # many may come at once

    def __init__(self, store: Store, serve: Serve) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.store = store
        self.serve = serve
        self.url = f"http://{LOOPBACK}:{self.server_address[1]}"
        self.open_sockets: set[socket.socket] = set()

    def close(self) -> None:
        """End all connections and free the port."""
        for connection in tuple(self.open_sockets):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client has closed it already
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about clients that went away; tell all else."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "github.com"
    sys_version = ""
    wbufsize = -1  # an answer leaves in one piece, without waiting for an acknowledgement
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self._github.open_sockets.add(self.request)
        super().setup()

    def finish(self) -> None:
        self._github.open_sockets.discard(self.request)
        super().finish()

    @property
    def _github(self) -> Server:
        return cast("Server", self.server)

    def log_message(self, *_: object) -> None:
        """Say nothing: ``github.requests`` has them all."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer, is_truncated = self._github.serve(self._call(body))
        sent = answer.body()
        self.send_response(answer.status)
        headers = {"Content-Type": JSON, **answer.headers}
        if answer.status != 304:
            headers["Content-Length"] = str(len(sent))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-GitHub-Media-Type", "github.v3; format=json")
        self.end_headers()
        self.wfile.write(sent[: len(sent) // 2] if is_truncated else sent)
        self.close_connection = self.close_connection or is_truncated

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815 - http.server

    def _call(self, body: bytes) -> Call:
        parts = urlsplit(self.path)
        path, api = parts.path, self._github.url
        if path.startswith(f"{ENTERPRISE}/"):
            path, api = path.removeprefix(ENTERPRISE), api + ENTERPRISE
        elif path == "/api/graphql":
            path, api = "/graphql", api + ENTERPRISE
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(
            store=self._github.store,
            api=api,
            method=self.command,
            path=path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=headers,
            body=body,
            token=self._token(headers.get("authorization", "")),
        )

    def _token(self, authorization: str) -> Token | None:
        return self._github.store.tokens.get(authorization.partition(" ")[2])
