"""``silentrank serve``."""

import gc
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from classifier.cli.databases import DEFAULT_DATABASE, DatabaseOption, needs_web
from classifier.cli.options import ModelOption, ProfileOption
from classifier.errors import InputError
from classifier.sources import SOURCES

LogLevel = Literal["info", "warning", "error"]
NO_FILES = ("github", "stdin")


def serve(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE",
            help="Issues to add, as `silentrank rank` takes them. Those that are there already, "
            "with the same text, are not scored again.",
            show_default=False,
        ),
    ] = None,
    *,
    database: DatabaseOption = DEFAULT_DATABASE,
    host: Annotated[
        str,
        typer.Option(
            "--host",
            metavar="ADDRESS",
            help="Where to listen. Beyond this machine everybody needs a token.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes one that is free."),
    ] = 8000,
    allowed_hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--allowed-host",
            metavar="NAME",
            help="A name that the server is asked by, such as that of a proxy's; may be repeated.",
            show_default=False,
        ),
    ] = None,
    model: ModelOption = None,
    profile: ProfileOption = None,
    log_level: Annotated[
        LogLevel | None,
        typer.Option(
            "--log-level",
            envvar="SILENTRANK_LOG_LEVEL",
            help="What to log, as JSON lines on standard error: `info` has every request. "
            "`info` beyond this machine, else `warning`.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show the triage page: the ranked queue, reasons, and decisions by one key.

    ```
    silentrank serve issues.jsonl
    silentrank serve github:OWNER/NAME --database triage.db
    silentrank serve --database postgresql://triage@localhost/triage --port 9000
    ```

    The page is up at once and fills while the issues are scored. Everything is kept in the
    database: start the command again, with or without sources, and go on. Ctrl-C ends it.

    Programs get the same by HTTP, described at `/api/openapi.json`. Webhooks of GitHub are taken
    at `/webhooks/github` once `SILENTRANK_WEBHOOK_SECRET` has their secret. One client may ask
    3000 times a minute and send 1200 times; `SILENTRANK_READS_A_MINUTE` and
    `SILENTRANK_WRITES_A_MINUTE` set other limits, 0 none, as a proxy needs that all come by.
    """
    _check_files(sources or [])
    gc.disable()  # imports leave no garbage, and looking for it is a fifth of the start
    try:
        with needs_web():
            from classifier.web.serving import run  # noqa: PLC0415 - slow, and an extra
            from classifier.web.settings import Settings  # noqa: PLC0415
        from classifier.profile import read_profile  # noqa: PLC0415 - slow

        known = read_profile(profile) if profile else None
        settings = Settings(
            database_url=database,
            host=host,
            port=port,
            model=model,
            allowed_hosts=tuple(allowed_hosts or ()),
            sources=tuple(sources or ()),
            profile=known,
            log_level=log_level or "",
        )
        run(replace(settings, threshold=known.threshold) if known else settings, _announce)
    finally:
        gc.enable()


def _check_files(sources: list[str]) -> None:
    """Tell of a file that is missing now, not in the log later."""
    for source in sources:
        kind, _, rest = source.partition(":")
        path = rest if kind in SOURCES else source
        if kind not in NO_FILES and source != "-" and not Path(path).exists():
            raise InputError(
                f"Cannot read {path}: no such file", hint="Check the path and its permissions."
            )


def _announce(here: str, elsewhere: str = "") -> None:
    gc.freeze()  # what is there now stays
    gc.enable()
    others = f" here, {elsewhere} elsewhere" if elsewhere else ""
    typer.echo(f"The triage page: {here}{others}  (Ctrl-C ends it)")
