"""Commands about models that were trained: promote, rollback, reproduce."""

from typing import Annotated

import typer

from training.cli.options import (
    HYDRATED,
    JOBS,
    RUNS,
    DataOption,
    JobsOption,
    RunsOption,
    TrackOption,
)


def promote(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="A name in RUNS, or a training in MLflow by id or name.",
            show_default=False,
        ),
    ],
    *,
    is_forced: Annotated[
        bool, typer.Option("--force", help="Promote whatever the gates say; the card tells.")
    ] = False,
    is_replacing: Annotated[
        bool, typer.Option("--replace", help="Replace another model of this name, unless active.")
    ] = False,
    data: DataOption = HYDRATED,
    runs: RunsOption = RUNS,
    jobs: JobsOption = JOBS,
    is_tracked: TrackOption = True,
) -> None:
    """Make a trained model the one that `silentrank` uses, if it is better than that one.

    Both are measured on identical folds. The exit code is 1 if a gate is closed; then nothing
    changes. MLflow's registry gets a version, and its alias `champion` moves.

    ```
    silentrank-train promote tfidf-lr-2026-11
    ```
    """
    from training.release import promote as promotion  # noqa: PLC0415 - slow

    found = promotion.promote(
        run,
        is_forced=is_forced,
        is_replacing=is_replacing,
        data=data,
        runs=runs,
        jobs=jobs,
        is_tracked=is_tracked,
    )
    against = f"champion {found.champion}" if found.champion else "chance"
    promotion.show_gates(found.gates, title=f"{found.model_id} against {against}")
    if not found.is_promoted:
        typer.echo(f"{found.model_id} is not promoted", err=True)
        typer.echo("hint: Train a better one, or give --force: the card will say so.", err=True)
        raise typer.Exit(1)
    if found.is_forced:
        typer.echo("FORCED: promoted although a gate is closed", err=True)
    typer.echo(f"{found.model_id} is active{_registered(found.version)}")


def rollback(*, is_tracked: TrackOption = True) -> None:
    """Make the model that was active before the active one again; the two change places.

    ```
    silentrank-train rollback
    ```
    """
    from training.release.promote import roll_back  # noqa: PLC0415 - slow

    model_id, version = roll_back(is_tracked=is_tracked)
    typer.echo(f"{model_id} is active{_registered(version)}")


def reproduce(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A released model's name, or a directory.")
    ],
    *,
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="D", min=0.0, help="Largest difference allowed.")
    ] = 1e-6,
    data: DataOption = HYDRATED,
) -> None:
    """Train a released model again from its manifest, and compare choices and scores.

    The exit code is 1 if a difference exceeds the tolerance.

    ```
    silentrank-train reproduce tfidf-lr-2026-11
    ```
    """
    from training.release import reproduce as reproduction  # noqa: PLC0415 - slow

    found = reproduction.reproduce(model, tolerance=tolerance, data=data)
    reproduction.show_reproduction(found)
    if not found.is_exact:
        raise typer.Exit(1)


def faithfulness(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="Issues, as `silentrank rank` reads them.", show_default=False
        ),
    ],
    *,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME|DIR", help="Whose reasons.", show_default="the active one"
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--issues", metavar="N", min=1, help="Use no more than the first N.")
    ] = 200,
) -> None:
    """Test whether the lines that a model quotes matter to it more than other lines.

    The exit code is 1 if that cannot be told from chance.

    ```
    silentrank-train faithfulness examples/labelled.jsonl
    ```
    """
    from itertools import islice  # noqa: PLC0415 - as those below

    from classifier import load  # noqa: PLC0415 - slow
    from classifier.sources import read_issues  # noqa: PLC0415 - slow
    from training.faithfulness import faithfulness as measure  # noqa: PLC0415 - slow

    issues = islice(
        read_issues([source], lambda skipped: typer.echo(skipped.reason, err=True)), most
    )
    found = measure(issues, load(model))
    typer.echo(found.sentence)
    if not found.is_faithful:
        raise typer.Exit(1)


def _registered(version: str | None) -> str:
    return f", version {version} in MLflow's registry" if version else ""
