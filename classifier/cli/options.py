"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME|DIR",
        help="A model in place of the active one, such as `tfidf`.",
        show_default=False,
    ),
]
SourcesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="`github:OWNER/NAME`, or files ending in .jsonl, .json, .csv or .parquet; `-` is "
        "standard input, and `KIND:FILE` says what the suffix does not.",
        show_default=False,
    ),
]
ProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--profile",
        metavar="FILE",
        help="What `silentrank calibrate` wrote about the repository.",
        show_default=False,
    ),
]
ExplainOption = Annotated[
    bool,
    typer.Option("--explain", help="Add what speaks for and against, weighed in log-odds."),
]
AsFiledOption = Annotated[
    bool,
    typer.Option(
        "--as-filed",
        help="From GitHub: titles and bodies as they were when opened, not as edited since.",
    ),
]
