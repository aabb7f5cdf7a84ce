"""``silentrank reviewers``."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from classifier.cli.databases import DEFAULT_DATABASE, DatabaseOption, needs_web
from classifier.cli.terminal import say
from classifier.writers.escape import visible

reviewers_app = typer.Typer(
    name="reviewers",
    help="Who may decide once the triage page is served beyond this machine.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@reviewers_app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As the others see it.")],
    *,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Give a reviewer, new or known, a token, and print it once.

    Only its digest is kept, and a token that the reviewer had before no longer counts.

    ```
    silentrank reviewers add Ana
    ```
    """
    with needs_web():
        from classifier.web.security.tokens import hash_of, new_token  # noqa: PLC0415
        from classifier.web.store.engine import using  # noqa: PLC0415
        from classifier.web.store.reviewers import give_token  # noqa: PLC0415

    token = new_token()
    with using(database) as session:
        row = give_token(session, name, hash_of(token), now=datetime.now(UTC))
        known = row.name
    say(f"the token of {known}, which is shown this once:")
    typer.echo(token)


@reviewers_app.command("list")
def list_them(*, database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """List who decides here, and who has a token.

    ```
    silentrank reviewers list
    ```
    """
    with needs_web():
        from classifier.web.store.engine import using  # noqa: PLC0415
        from classifier.web.store.reviewers import everyone  # noqa: PLC0415

    with using(database) as session:
        for row in everyone(session):
            mark = "token" if row.token_hash else "no token"
            typer.echo(f"{visible(row.name)}  {mark}")
