"""Options that several commands share."""

from typing import Annotated

import typer

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME|DIR",
        help="A model in place of the active one.",
        show_default=False,
    ),
]
ExplainOption = Annotated[
    bool,
    typer.Option("--explain", help="Add what speaks for and against, weighed in log-odds."),
]
