"""Runs the triage page: a socket, the application, and a server until it is told to end."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from classifier.artifact import find_model, read_manifest
from classifier.errors import InputError
from classifier.pipeline import check_fit, load
from classifier.sources import read_issues
from classifier.web.scoring import ScoringService
from classifier.web.security.hosts import is_loopback
from classifier.web.security.limits import rates_of
from classifier.web.settings import Settings
from classifier.web.store.engine import migrate, open_engine, reading
from classifier.web.store.reviewers import has_tokens

SECONDS_TO_FINISH = 5  # for requests that are being answered when the server ends
WAITING_CONNECTIONS = 128
MOST_CONNECTIONS = 1000  # those beyond are answered 503 at once
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - and how to get there from here
WEBHOOK_SECRET = "SILENTRANK_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable


def run(settings: Settings, announce: Callable[..., None]) -> None:
    """Serve until Ctrl-C. ``announce`` hears the addresses as soon as the server answers.

    Raises InputError, before anything is made or served, if a source makes no sense, the place to
    listen is taken, the profile is another model's, or strangers could come in; ArtifactError if
    there is no such model.
    """
    read_issues(settings.sources, lambda _: None)  # refuses names that make no sense
    check_fit(settings.profile, read_manifest(find_model(settings.model)).model_id)
    with _bound(settings.host, settings.port) as listener:
        _check_access(settings)
        scoring = ScoringService(partial(load, settings.model))
        scoring.start()  # it loads the model while the rest is imported
        known = replace(
            settings,
            port=listener.getsockname()[1],
            webhook_secret=os.environ.get(WEBHOOK_SECRET, ""),
            rates=rates_of(os.environ),
            allowed_hosts=_names(settings),
        )
        with contextlib.suppress(KeyboardInterrupt):  # told to end, it ends
            _serve(known, scoring, listener, announce)


def _serve(
    settings: Settings,
    scoring: ScoringService,
    listener: socket.socket,
    announce: Callable[..., None],
) -> None:
    import uvicorn  # noqa: PLC0415 - slow

    from classifier.web.app import create_app  # noqa: PLC0415 - slow
    from classifier.web.logs import log_config  # noqa: PLC0415

    config = uvicorn.Config(
        create_app(settings, scoring=scoring),
        log_config=log_config(_log_level(settings)),
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    listener.listen(WAITING_CONNECTIONS)
    announce(*_addresses(listener, settings.allowed_hosts))
    uvicorn.Server(config).run([listener])


def _check_access(settings: Settings) -> None:
    """Refuse to let others come as long as nobody has a token."""
    if settings.is_open:
        return
    engine = open_engine(settings.database_url)
    migrate(engine)
    with reading(engine) as opened:
        is_guarded = has_tokens(opened)
    engine.dispose()
    if not is_guarded:
        name = next(
            name for name in (settings.host, *settings.allowed_hosts) if not is_loopback(name)
        )
        raise InputError(
            f"Answering to {name}, strangers could read and decide: nobody has a token",
            hint="Run `silentrank reviewers add NAME` with the same --database, and keep what it "
            "prints.",
        )


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InputError(f"{host!r} is no address: {error}", hint="Try 127.0.0.1.") from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except (OSError, OverflowError) as error:
            raise InputError(
                f"Cannot listen on {host} port {port}: {error}", hint="Choose another by --port."
            ) from error
        yield listener


def _names(settings: Settings) -> tuple[str, ...]:
    """What the server is asked by; one that listens everywhere, by the machine's name, too."""
    is_everywhere = settings.host in EVERYWHERE
    return (*settings.allowed_hosts, *([socket.gethostname()] if is_everywhere else []))


def _log_level(settings: Settings) -> str:
    """On one's own machine, requests would push the address off the screen."""
    return settings.log_level or ("warning" if is_loopback(settings.host) else "info")


def _addresses(listener: socket.socket, names: Sequence[str]) -> tuple[str, ...]:
    """Where the page is: here, and, if that is somewhere else, for others."""
    host, port = listener.getsockname()[:2]
    here = EVERYWHERE.get(host, host)
    asked_by = names[:1] if not is_loopback(host) else ()
    return tuple(
        f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
        for name in (here, *asked_by)
    )
