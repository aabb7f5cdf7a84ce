"""``silentrank score``."""

import sys
from typing import Annotated

import typer

from classifier.cli.options import AsFiledOption, ExplainOption, ModelOption, ProfileOption
from classifier.cli.terminal import output, say
from classifier.errors import InputError
from classifier.sources import SOURCES, Skipped, Status
from classifier.sources.files import open_text
from classifier.types import Issue, IssueKey
from classifier.writers.json_lines import encode, row_of


def score(
    address: Annotated[
        str | None,
        typer.Argument(metavar="URL", help="The issue's page at GitHub.", show_default=False),
    ] = None,
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
    as_filed: AsFiledOption = False,
) -> None:
    """Say how likely one issue reports a silent bug, as one JSON object.

    With `--profile` it says besides what to do with the issue, and which facts it lacks. A model
    that knows scenarios says what to expect if it is one: scenario, impact and priority.
    Without address and `--title`, the issue is read from standard input as JSON, as GitHub's API
    gives it.

    ```
    silentrank score https://github.com/OWNER/NAME/issues/123
    silentrank score --title "fit() ignores sample_weight" --body-file body.md
    gh issue view 123 --json number,title,body,url | silentrank score --explain
    ```
    """
    issue = _found(address, title, body_file, is_as_filed=as_filed)
    from classifier.pipeline import load, rank_issues  # noqa: PLC0415 - slow
    from classifier.profile import read_profile  # noqa: PLC0415 - slow

    known = read_profile(profile) if profile else None
    # 0: one issue is told of, whatever the profile's threshold
    ranking = rank_issues([issue], load(model), min_probability=0.0, profile=known, explain=explain)
    row = row_of(ranking.entries[0], ranking, with_evidence=explain)
    with output(None) as stream:
        stream.write(encode(row) + "\n")


def _found(
    address: str | None, title: str | None, body_file: str | None, *, is_as_filed: bool
) -> Issue:
    if address is None:
        if is_as_filed:
            raise typer.BadParameter("needs an issue's address", param_hint="--as-filed")
        return _given(title, body_file) if title is not None else _read(body_file)
    if title is not None or body_file is not None:
        raise typer.BadParameter("takes the place of --title and --body-file", param_hint="URL")
    from classifier.sources.github import read_issue  # noqa: PLC0415 - asks GitHub

    return read_issue(address, is_as_filed=is_as_filed, on_status=_say_what_lasts)


def _say_what_lasts(status: Status) -> None:
    if status.is_lasting:
        say(status.text)


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
