"""``silentrank score``."""

import sys
from typing import Annotated

import typer

from classifier.cli.options import ExplainOption, ModelOption, ProfileOption
from classifier.cli.terminal import output
from classifier.errors import InputError
from classifier.sources import SOURCES, Skipped
from classifier.sources.files import open_text
from classifier.types import Issue, IssueKey
from classifier.writers.json_lines import encode, row_of


def score(
    *,
    title: Annotated[
        str | None, typer.Option("--title", help="The issue's title.", show_default=False)
    ] = None,
    body_file: Annotated[
        str | None,
        typer.Option(
            "--body-file",
            metavar="FILE|-",
            help="File with the issue's body as markdown; `-` is standard input.",
            show_default=False,
        ),
    ] = None,
    model: ModelOption = None,
    profile: ProfileOption = None,
    explain: ExplainOption = False,
) -> None:
    """Say how likely one issue reports a silent bug, as one JSON object.

    With `--profile` it says besides what to do with the issue, and which facts it lacks. A model
    that knows scenarios says what to expect if it is one: scenario, impact and priority.
    Without `--title`, the issue is read from standard input as JSON, as GitHub's API gives it.

    ```
    silentrank score --title "fit() ignores sample_weight" --body-file body.md
    gh issue view 123 --json number,title,body,url | silentrank score --explain
    ```
    """
    issue = _given(title, body_file) if title is not None else _read(body_file)
    from classifier.pipeline import load, rank_issues  # noqa: PLC0415 - slow
    from classifier.profile import read_profile  # noqa: PLC0415 - slow

    known = read_profile(profile) if profile else None
    # 0: one issue is told of, whatever the profile's threshold
    ranking = rank_issues([issue], load(model), min_probability=0.0, profile=known, explain=explain)
    row = row_of(ranking.entries[0], ranking, with_evidence=explain)
    with output(None) as stream:
        stream.write(encode(row) + "\n")


def _given(title: str, body_file: str | None) -> Issue:
    if not title.strip():
        raise typer.BadParameter("is empty", param_hint="--title")
    if body_file is None:
        return Issue(IssueKey(), title)
    with open_text(body_file) as stream:
        return Issue(IssueKey(), title, stream.read())


def _read(body_file: str | None) -> Issue:
    if body_file is not None:
        raise typer.BadParameter("needs --title beside it", param_hint="--body-file")
    if sys.stdin.isatty():
        raise typer.BadParameter("is needed, or an issue on standard input", param_hint="--title")
    issues = list(SOURCES["json"]("-", _refuse))
    if len(issues) != 1:
        raise InputError(
            f"{len(issues)} issues on standard input, not 1",
            hint="`silentrank rank -` takes any number.",
        )
    return issues[0]


def _refuse(skipped: Skipped) -> None:
    raise InputError(
        f"{skipped.place}: {skipped.reason}", hint="Give one issue as a JSON object with a title."
    )
