"""``silentrank rank``."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classifier.cli.interrupts import EXIT_INTERRUPTED, interrupts
from classifier.cli.options import (
    AsFiledOption,
    ExplainOption,
    ModelOption,
    ProfileOption,
    SourcesArgument,
)
from classifier.cli.terminal import LeftOut, output, progress_bar, say
from classifier.errors import InputError
from classifier.sources import read_issues
from classifier.types import RankBy, Ranking
from classifier.writers import WRITERS, format_of, writer

if TYPE_CHECKING:
    from classifier.profile import Profile

EXIT_SKIPPED = 3
GITHUB = "github:"


def _known_format(name: str | None) -> str | None:
    try:
        if name is not None:
            writer(name)
    except InputError as error:
        raise typer.BadParameter(f"{error}. {error.hint}") from error
    return name


def _number(value: float | None) -> float | None:
    """Refuse NaN, which a range lets pass: it is on neither side of any bound."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter(f"{value} is no probability")
    return value


def _check_apart(sources: list[str], out: Path | None) -> None:
    """Keep the ranking from replacing the issues that it was made of."""
    if out is None or not out.is_file():
        return
    for source in sources:
        for name in (source, source.partition(":")[2]):
            if Path(name).is_file() and out.samefile(name):
                raise InputError(
                    f"--out {out} is also a source", hint="Name another file for the ranking."
                )


def _as_filed(sources: list[str]) -> list[str]:
    """Ask for issues as they were filed, where that can be asked for."""
    if not any(source.startswith(GITHUB) for source in sources):
        raise typer.BadParameter("needs a source github:OWNER/NAME", param_hint="--as-filed")
    return [
        f"{source}{'&' if '?' in source else '?'}as-filed=1"
        if source.startswith(GITHUB) and "as-filed=" not in source
        else source
        for source in sources
    ]


def _say_where_it_does_not_count(
    profile: "Profile | None", ranking: Ranking, min_probability: float | None
) -> None:
    if profile is None:
        return
    if min_probability is not None:
        say(
            f"--min-probability {min_probability:g} is kept to, not the profile's threshold "
            f"of {profile.threshold:.3g}"
        )
    others = sorted({entry.key.repo for entry in ranking.entries} - {"", profile.repository})
    if profile.repository and others:
        say(f"the profile is of {profile.repository}, these issues also of {', '.join(others)}")


def rank(
    sources: SourcesArgument,
    *,
    model: ModelOption = None,
    by: Annotated[
        RankBy,
        typer.Option(
            "--by",
            help="What comes first. Priority is probability times expected severity.",
        ),
    ] = "probability",
    top: Annotated[
        int | None, typer.Option("--top", metavar="N", min=1, help="Keep the first N issues.")
    ] = None,
    min_probability: Annotated[
        float | None,
        typer.Option(
            "--min-probability",
            metavar="P",
            min=0,
            max=1,
            callback=_number,
            help="Leave out what is below.",
        ),
    ] = None,
    profile: ProfileOption = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            callback=_known_format,
            help=f"{', '.join(WRITERS)}; by default what the suffix of --out says, else table.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write to a file, replaced only once complete; .html is a report for a browser.",
        ),
    ] = None,
    explain: ExplainOption = False,
    as_filed: AsFiledOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first broken row; do not skip it.")
    ] = False,
) -> None:
    """Order issues by how likely they report a silent bug.

    A source is a repository at GitHub, or holds GitHub's issue JSON as it comes (REST, GraphQL,
    `gh`), of which pull requests are left out, or rows with `title` and as many of `body`,
    `repo`, `number`, `url` and `created_at` as there are. An issue given twice counts as it was
    given first.

    ```
    silentrank rank github:OWNER/NAME
    silentrank rank "github:OWNER/NAME?since=2026-11-01&labels=bug" --as-filed
    silentrank rank issues.jsonl --top 20 --by priority
    silentrank rank issues.csv more.parquet --explain --out report.html
    gh issue list --limit 500 --json number,title,body,url | silentrank rank -
    ```

    With `--profile`, probabilities suit the repository, only what is worth reading there is
    kept, and near the threshold it is said which facts an issue lacks. With `--by priority`, what
    is likely and severe comes first, if the model knows scenarios.

    Titles cannot act in any format: in CSV an apostrophe goes before what a spreadsheet would
    run as a formula; only the JSON lines carry every title exactly as it was filed.

    The exit code is 0 if all went well, 1 after an error, 2 for wrong usage, 3 if the ranking is
    complete but for broken rows, which standard error names, and 130 if Ctrl-C ended the reading:
    what was read until then is ranked.
    """
    from classifier.pipeline import load, rank_issues  # noqa: PLC0415 - slow
    from classifier.profile import read_profile  # noqa: PLC0415 - slow

    known = read_profile(profile) if profile else None
    sources = _as_filed(sources) if as_filed else sources
    _check_apart(sources, out)
    write = writer(output_format or (format_of(out) if out else "table"))
    left_out = LeftOut(is_strict=strict)
    with progress_bar() as watch, interrupts() as interrupted:
        ranking = rank_issues(
            interrupted.until_asked(read_issues(sources, left_out, watch.tell)),
            load(model),
            by=by,
            top=top,
            min_probability=min_probability,
            profile=known,
            explain=explain,
            on_progress=watch,
        )
    _say_where_it_does_not_count(known, ranking, min_probability)
    with output(out) as stream:
        write(ranking, stream, with_evidence=explain)
    _end(left_out, watch.repeated_count, is_interrupted=interrupted.is_asked)


def _end(left_out: LeftOut, repeated_count: int, *, is_interrupted: bool) -> None:
    """Say, by the exit code too, how complete the ranking is."""
    left_out.summarize(repeated_count=repeated_count)
    if is_interrupted:
        say("interrupted: ranked is what was read until then")
        raise typer.Exit(EXIT_INTERRUPTED)
    if left_out.broken_count:
        raise typer.Exit(EXIT_SKIPPED)
