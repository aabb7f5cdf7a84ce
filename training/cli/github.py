"""Commands that read from GitHub."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

RepositoryArgument = Annotated[
    str,
    typer.Argument(metavar="OWNER/NAME", help="A repository at GitHub.", show_default=False),
]


def collect(
    repository: RepositoryArgument,
    *,
    query: Annotated[
        str, typer.Option("--query", metavar="NAME", help="Whose selection: `study`.")
    ] = "study",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="A CSV file for every issue.", show_default=False
        ),
    ] = None,
) -> None:
    """Make a study's selection of issues again, and compare it with the study's list.

    The study took closed issues with certain labels, opened within certain years. Labels and
    states have changed since: the table says how many issues the list and GitHub agree on, and
    why they differ on others, which takes a token to find out.

    ```
    silentrank-train collect tensorflow/tensorflow --query study --out selection.csv
    ```
    """
    from classifier.github.server import check_repository  # noqa: PLC0415 - slow
    from classifier.sources.github import connected  # noqa: PLC0415
    from training import collect as collecting  # noqa: PLC0415
    from training.labels import StudyLabel, read_table  # noqa: PLC0415
    from training.terminal import show_cells  # noqa: PLC0415
    from training.text_sources.github import tell  # noqa: PLC0415

    selection = collecting.selection_of(query)
    with connected(tell) as client:
        study = read_table(StudyLabel)
        rows = collecting.collect(client, check_repository(repository), selection, study)
    if out:
        collecting.write_differences(out, rows)
    title = f"The {query}'s selection of {repository} today, and the {query}'s list"
    show_cells(title, ["Issues", "", "Why"], collecting.summary(rows))
    if out:
        typer.echo(f"{out}: {len(rows)} rows")


def collect_feedback(
    repository: RepositoryArgument,
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Look at issues that changed since then, such as 2026-11-01.",
            show_default=False,
        ),
    ] = None,
    account: Annotated[
        str, typer.Option("--account", metavar="LOGIN", help="Who the Action comments as.")
    ] = "github-actions[bot]",
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the labels go.")] = Path(
        "feedback.csv"
    ),
) -> None:
    """Collect what people said of the Action's comments, as labels.

    The label `not a silent bug`, put on by a person, counts as not silent, else 👍 and 👎 on the
    comment. Each row with a label says that a human gave it; what the Action says itself, by its
    comment or its label, is never a label. The file is for `--labels`, and for `[data]` in a
    configuration.

    ```
    silentrank-train collect-feedback octo/demo --since 2026-01-01
    ```
    """
    from classifier.github.server import check_repository  # noqa: PLC0415 - slow
    from classifier.sources.github import connected  # noqa: PLC0415
    from training import feedback  # noqa: PLC0415
    from training.text_sources.github import tell  # noqa: PLC0415

    check_repository(repository)
    with connected(tell) as client:
        rows = list(feedback.collect_feedback(client, repository, login=account, since=since))
    feedback.write_feedback(out, rows)
    labels = [row.label for row in rows]
    typer.echo(
        f"{out}: {labels.count('silent')} silent, {labels.count('not silent')} not silent, "
        f"{labels.count('')} without a clear word"
    )
