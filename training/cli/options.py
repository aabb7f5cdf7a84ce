"""Options that several of the researcher's commands share."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class ProtocolName(StrEnum):
    """What a model card can show; typer takes no list of literals."""

    CV = "cv"
    TEMPORAL = "temporal"
    TRANSFER = "transfer"


ConfigArgument = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="An experiment's TOML file.", show_default=False)
]
RepeatsOption = Annotated[
    int | None,
    typer.Option(
        "--repeats",
        metavar="N",
        min=1,
        help="Cross-validations with other shuffles.",
        show_default="what the experiment says",
    ),
]
DataOption = Annotated[Path, typer.Option("--data", metavar="DIR", help="The hydrated texts.")]
TaskDataOption = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="PATH",
        help="The hydrated texts; for an experiment with [task], its Parquet file.",
    ),
]
RunsOption = Annotated[
    Path, typer.Option("--runs", metavar="DIR", help="Where results and plots go.")
]
JobsOption = Annotated[
    int,
    typer.Option(
        "--jobs", metavar="N", min=1, help="Folds trained at a time.", show_default="one a core"
    ),
]
TrackOption = Annotated[bool, typer.Option("--track/--no-track", help="Record the runs in MLflow.")]

HYDRATED = Path("data/hydrated")
RUNS = Path("runs")
JOBS = os.cpu_count() or 1
