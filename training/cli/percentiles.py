"""``silentrank-train percentiles``."""

from pathlib import Path
from typing import Annotated

import typer


def percentiles(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="The model's name.", show_default=False)
    ],
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="What an evaluation said of each issue, `predictions.parquet`.",
            show_default=False,
        ),
    ],
) -> None:
    """Keep how a model's probabilities are spread, which the Action tells a rank by.

    Only predictions of issues that the model had not seen will do, as cross-validation makes them.

    ```
    silentrank-train percentiles silentrank-2026 runs/silentrank-2026/cv/predictions.parquet
    ```
    """
    from training.percentiles import write_quantiles  # noqa: PLC0415 - slow

    write_quantiles(model, predictions)
    typer.echo(f"{model}: kept how its probabilities are spread")
