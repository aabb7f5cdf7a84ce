"""Commands for configurations with ``[task]``, which sort issues into classes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from training.cli.options import HYDRATED


def predict(
    directory: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="What `train` wrote for a task.", show_default=False),
    ],
    *,
    data: Annotated[
        Path,
        typer.Option(
            "--data", metavar="FILE", help="Issues as Parquet, as in training.", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="The same issues with answers, as Parquet."),
    ] = Path("predictions.parquet"),
) -> None:
    """Sort issues into the classes of a trained task.

    Writes the file's columns with `predicted`, the likeliest label, and `probability_LABEL` of
    each label. Where the label's column is there as well, F1 is printed.

    ```
    silentrank-train predict runs/nlbse24/model --data issues.parquet --out predictions.parquet
    ```
    """
    from training.classification import prediction, session  # noqa: PLC0415 - slow

    found = prediction.predict_file(directory, data=data, out=out)
    if found.rows:
        session.show_rows(f"{found.model_id}: F1", found.rows)
    typer.echo(f"{out}: {found.count} issues")


def are_tasks(configs: Sequence[Path]) -> bool:
    """Whether the configurations are of tasks, all of them."""
    from training.classification.settings import has_task  # noqa: PLC0415 - slow

    return all(map(has_task, configs))


def without_tasks(configs: Sequence[Path]) -> list[Path]:
    """The configurations that rank silent bugs; those of tasks are left out, and named."""
    from training.classification.settings import has_task  # noqa: PLC0415 - slow

    with_task = [config for config in configs if has_task(config)]
    for config in with_task:
        typer.echo(f"{config} has a [task] and is left out: measure it by itself.", err=True)
    return [config for config in configs if config not in with_task]


def evaluate(
    configs: Sequence[Path],
    *,
    data: Path,
    repeats: int | None,
    runs: Path,
    is_tracked: bool,
) -> None:
    """Cross-validate tasks, one after the other."""
    from training.classification import session  # noqa: PLC0415 - slow

    for config in configs:
        measured = session.evaluate(
            config, data=_file(data), repeats=repeats, runs=runs, is_tracked=is_tracked
        )
        session.show_measured(measured)


def train(config: Path, *, data: Path, out: Path | None, runs: Path, is_tracked: bool) -> None:
    """Cross-validate a task, and train on all of its issues."""
    from training.classification import session  # noqa: PLC0415 - slow

    measured, manifest, directory = session.train(
        config, data=_file(data), out=out, runs=runs, is_tracked=is_tracked
    )
    session.show_measured(measured)
    typer.echo(f"{manifest.model_id} is in {directory}")


def _file(data: Path) -> Path | None:
    """What ``--data`` names, if it was given."""
    return None if data == HYDRATED else data
