"""``silentrank models``."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from classifier.writers.escape import visible

models_app = typer.Typer(
    name="models",
    help="Show and check the models there are.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
ModelArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME|DIR", help="A model in place of the active one.", show_default=False
    ),
]


@models_app.command("list")
def list_them() -> None:
    """List the released models, with their short names; the active one has a star.

    ```
    silentrank models list
    ```
    """
    from classifier import artifact  # noqa: PLC0415 - slow

    active, names = artifact.active_model(), artifact.read_choice().names
    for directory in artifact.list_models():
        manifest = artifact.read_manifest(directory)
        mark = "*" if directory.name == active else " "
        short = [f"named {name}" for name, model in names.items() if model == directory.name]
        facts = (directory.name, manifest.scorer, manifest.created_at, *short)
        typer.echo(f"{mark} {'  '.join(visible(str(fact)) for fact in facts)}")


@models_app.command()
def show(model: ModelArgument = None) -> None:
    """Print a model's manifest as JSON: origin, metrics, calibration and checksums.

    ```
    silentrank models show
    silentrank models show runs/latest
    ```
    """
    from classifier.artifact import find_model, read_manifest  # noqa: PLC0415 - slow

    typer.echo(json.dumps(asdict(read_manifest(find_model(model))), indent=2))


@models_app.command()
def verify(model: ModelArgument = None) -> None:
    """Check that a model is complete, unaltered and built for this version.

    ```
    silentrank models verify
    ```
    """
    from classifier.artifact import find_model, verify  # noqa: PLC0415 - slow

    directory = find_model(model)
    manifest = verify(directory)
    typer.echo(visible(f"{manifest.model_id}: complete and unaltered"))
