"""``silentrank labels``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from classifier.cli.databases import DEFAULT_DATABASE, DatabaseOption, needs_web
from classifier.cli.terminal import output, say
from classifier.errors import InputError

labels_app = typer.Typer(
    name="labels",
    help="Take people's decisions out of the triage page's database, or bring some in.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@labels_app.command("export")
def export_them(
    *,
    database: DatabaseOption = DEFAULT_DATABASE,
    kind: Annotated[
        Literal["csv", "jsonl"] | None,
        typer.Option(
            "--format",
            help="By default what the suffix of --out says, else csv.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to a file, replaced only once complete."),
    ] = None,
    repo: Annotated[
        str, typer.Option("--repo", metavar="OWNER/NAME", help="Of one repository alone.")
    ] = "",
) -> None:
    """Write a row for each issue that somebody decided on, as `silentrank-train` takes it.

    ```
    silentrank labels export --out labels.csv
    silentrank-train evaluate tfidf --issues issues.jsonl --labels labels.csv
    ```

    `label` is `silent` or `not silent`, and empty where people are unsure or disagree; `votes`
    tells who said what. Only the JSON lines carry notes exactly as they were written.
    """
    with needs_web():
        from classifier.web.labels_export import export_labels  # noqa: PLC0415 - slow, and an extra
        from classifier.web.store.engine import using  # noqa: PLC0415

    wanted = kind or ("jsonl" if out and out.suffix.lower() == ".jsonl" else "csv")
    with using(_there(database)) as session, output(out) as stream:
        exported = export_labels(session, stream, kind=wanted, repo=repo)
    if exported.unnamed:
        say(f"left out: {exported.unnamed} decided issues without repository or number")
    say(f"{exported.written} labels")


@labels_app.command("import")
def import_them(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Labels, ending in .csv or .jsonl.", show_default=False
        ),
    ],
    *,
    reviewer: Annotated[
        str,
        typer.Option(
            "--reviewer", metavar="NAME", help="Whose decisions they are.", show_default=False
        ),
    ],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Take labels from elsewhere for the decisions of one reviewer.

    A row names an issue of the database by `url`, or by `repo` and `number`, and says `label`,
    and `scenario`, `impact` and `note` if it likes; `is_adjudication`, if it settles a
    disagreement. Given again, a row counts once. A broken row ends it, and nothing is taken. Ended
    half-way, it is completed by the same command.

    ```
    silentrank labels import labels.csv --reviewer Ana
    ```
    """
    with needs_web():
        from classifier.web.labels_import import (  # noqa: PLC0415 - slow, and an extra
            check_labels,
            import_labels,
        )
        from classifier.web.store.engine import opened, reading, session  # noqa: PLC0415
        from classifier.web.store.reviewers import find_or_add  # noqa: PLC0415
    from classifier.labels import rows_in  # noqa: PLC0415
    from classifier.sources.files import open_text  # noqa: PLC0415

    now = datetime.now(UTC)
    with opened(_there(database)) as engine:
        with reading(engine) as known, open_text(str(file)) as stream:
            checked = check_labels(known, rows_in(str(file), stream), name=str(file))
        with session(engine) as known:
            who = find_or_add(known, reviewer, now=now)
        done = import_labels(engine, checked, reviewer_id=who.id, now=now)
    if done.unknown:
        say(f"passed over: {done.unknown} labels of unknown issues, such as {done.first_unknown}")
    say(f"{done.added} labels added, {done.same} were there already")


def _there(database: str) -> str:
    """Refuse a file that is not there: an empty database would be made."""
    if "://" not in database and not Path(database).exists():
        raise InputError(
            f"There is no database {database}", hint="`silentrank serve` makes one; --database."
        )
    return database
