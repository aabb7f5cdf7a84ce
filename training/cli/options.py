"""Options that several of the researcher's commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[Path, typer.Option("--data", metavar="DIR", help="The hydrated texts.")]
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
