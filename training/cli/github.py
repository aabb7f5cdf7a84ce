"""Commands that read from GitHub."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from classifier.errors import MissingExtraError

RepositoryArgument = Annotated[
    str,
    typer.Argument(metavar="OWNER/NAME", help="A repository at GitHub.", show_default=False),
]


def collect_feedback(
    repository: RepositoryArgument,
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Look at issues that changed since then, such as 2026-11-01.",
            show_default=False,
        ),
    ] = None,
    account: Annotated[
        str, typer.Option("--account", metavar="LOGIN", help="Who the Action comments as.")
    ] = "github-actions[bot]",
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the labels go.")] = Path(
        "feedback.csv"
    ),
) -> None:
    """Collect what people said of the Action's comments, as labels.

    The label `not a silent bug`, put on by a person, counts as not silent, else 👍 and 👎 on the
    comment. Each row with a label says that a human gave it; what the Action says itself, by its
    comment or its label, is never a label. `silentrank calibrate --labels` and `[data]` read it.

    ```
    silentrank-train collect-feedback octo/demo --since 2026-01-01
    ```
    """
    try:
        from classifier.github.answers import cache_directory  # noqa: PLC0415 - an extra
        from classifier.github.client import connect  # noqa: PLC0415
        from classifier.github.server import check_repository, find_server  # noqa: PLC0415
        from classifier.github.token import find_token  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Reading from GitHub", extra="github") from error
    from training.feedback import collect_feedback as collect  # noqa: PLC0415 - slow
    from training.feedback import write_feedback  # noqa: PLC0415

    check_repository(repository)
    with connect(cache=cache_directory(), token=find_token(find_server().host)) as client:
        rows = list(collect(client, repository, login=account, since=since))
    write_feedback(out, rows)
    labels = [row.label for row in rows]
    typer.echo(
        f"{out}: {labels.count('silent')} silent, {labels.count('not silent')} not silent, "
        f"{labels.count('')} without a clear word"
    )
