"""The triager's door: ``silentrank``.

Everything slow is imported inside the commands, so that ``--help`` answers at once.
"""

import sys
from typing import Annotated

import typer

from classifier.cli.action import action
from classifier.cli.calibrate import calibrate
from classifier.cli.labels import labels_app
from classifier.cli.models import models_app
from classifier.cli.rank import rank
from classifier.cli.reviewers import reviewers_app
from classifier.cli.score import score
from classifier.cli.serve import serve
from classifier.cli.terminal import say
from classifier.errors import SilentrankError

EXIT_ERROR = 1

app = typer.Typer(
    name="silentrank",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(no_args_is_help=True)(rank)
app.command()(score)
app.command(no_args_is_help=True)(calibrate)
app.command()(serve)
app.command()(action)
app.add_typer(labels_app)
app.add_typer(reviewers_app)
app.add_typer(models_app)


def main() -> None:
    """Run the command line; a foreseen error is one plain line and a hint, no traceback."""
    try:
        app()
    except SilentrankError as error:
        say(f"error: {error}")
        if error.hint:
            say(f"hint: {error.hint}")
        sys.exit(EXIT_ERROR)


def _print_version(is_wanted: bool) -> None:  # noqa: FBT001 - how typer calls it
    if is_wanted:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and rarely asked for

        typer.echo(f"silentrank {version('silentrank')}")
        raise typer.Exit


@app.callback()
def silentrank(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Rank GitHub issues by how likely they report a silent bug.

    A silent bug is wrong behaviour without a crash, a hang or an error message.

    ```
    silentrank rank issues.jsonl --top 20
    gh issue list --json number,title,body,url | silentrank rank -
    silentrank score --title "fit() ignores sample_weight" --explain
    ```
    """
