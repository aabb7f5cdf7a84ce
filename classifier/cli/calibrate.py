"""``silentrank calibrate``."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from classifier.cli.options import ModelOption, SourcesArgument
from classifier.cli.terminal import LeftOut, output, progress_bar, say
from classifier.errors import InputError
from classifier.sources import read_issues
from classifier.writers.escape import visible

if TYPE_CHECKING:
    from classifier.criteria import Criterion
    from classifier.metrics import Estimate
    from classifier.profile import Profile

EXIT_SKIPPED = 3
WIDTH_UNSEEN = 90  # columns, where the stream is no terminal
DAYS_A_WEEK = 7
WHOLE_FROM = 10  # issues a week: from here on no digit behind the point matters


def calibrate(
    sources: SourcesArgument,
    *,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="N/day|week|month",
            help="Let as many issues pass as are read in that time.",
            show_default=False,
        ),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            "--precision",
            metavar="SHARE",
            help="Let issues pass as long as this share of them are silent bugs.",
            show_default=False,
        ),
    ] = None,
    recall: Annotated[
        float | None,
        typer.Option(
            "--recall",
            metavar="SHARE",
            help="Let as few issues pass as have this share of the silent bugs.",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="CSV or JSON lines with `url` (or `repo` and `number`) and `label`: silent or "
            "not silent. Of all issues, or of some picked without a look at them.",
            show_default=False,
        ),
    ] = None,
    repo: Annotated[
        str | None,
        typer.Option(
            "--repo",
            metavar="OWNER/NAME",
            help="The one repository to look at, if the sources have several.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the profile goes.")
    ] = Path("silentrank-profile.json"),
    model: ModelOption = None,
) -> None:
    """Choose from which probability on a repository's issues are worth reading.

    The probabilities are first suited to the repository, where silent bugs may be rarer or more
    common than where the model learned: by its labels, or else by how its issues read. The
    result, with how many real ones to expect, becomes the repository's profile: give it to
    `rank` and `score` by `--profile`.

    ```
    silentrank calibrate issues.jsonl --budget 20/week
    silentrank calibrate issues.jsonl --labels labels.csv --recall 0.9
    silentrank rank new.jsonl --profile silentrank-profile.json
    ```

    The exit code is 0 if all went well, 1 after an error, 2 for wrong usage, and 3 if broken
    rows were left out, which standard error names.
    """
    from classifier.labels import read_labels  # noqa: PLC0415 - not needed by --help
    from classifier.pipeline import load  # noqa: PLC0415 - slow
    from classifier.profile import write_profile  # noqa: PLC0415 - slow
    from classifier.tuning import tune  # noqa: PLC0415 - slow

    criterion = _criterion(budget, precision, recall)
    _check_apart(out, labels, sources)
    known = read_labels(labels) if labels else None
    left_out = LeftOut(is_strict=False)
    with progress_bar() as watch:
        profile = tune(
            read_issues(sources, left_out, watch.tell),
            load(model),
            criterion,
            labels=known,
            repository=repo,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            on_progress=watch,
        )
    write_profile(out, profile)
    if known and (strays := len(known) - profile.labelled_count):
        say(f"{strays} of {len(known)} labels in {labels} are of none of these issues")
    with output(None) as stream:
        _summarize(profile, out, stream)
    left_out.summarize(repeated_count=watch.repeated_count)
    if left_out.broken_count:
        raise typer.Exit(EXIT_SKIPPED)


def _criterion(
    budget: str | None, precision: float | None, recall: float | None
) -> "Criterion | tuple[int, str]":
    from classifier.criteria import Precision, Recall, parse_budget  # noqa: PLC0415 - slow

    if sum(given is not None for given in (budget, precision, recall)) != 1:
        raise typer.BadParameter("Give one of --budget, --precision and --recall")
    try:
        if budget is not None:
            return parse_budget(budget)
        return Precision(precision) if precision is not None else Recall(recall or 0.0)
    except InputError as error:
        raise typer.BadParameter(f"{error}. {error.hint}") from error


def _check_apart(out: Path, labels: Path | None, sources: list[str]) -> None:
    """Keep the profile from replacing what it is made of."""
    for name in (*sources, *(source.partition(":")[2] for source in sources), labels):
        if name and out.is_file() and Path(name).is_file() and out.samefile(name):
            raise InputError(f"--out {out} is also read", hint="Name another file for the profile.")


def _summarize(profile: "Profile", out: Path, stream: TextIO) -> None:
    from rich.console import Console  # noqa: PLC0415 - slower than --help may be
    from rich.table import Table  # noqa: PLC0415

    unseen = None if stream.isatty() else WIDTH_UNSEEN
    console = Console(file=stream, width=unseen, emoji=False, highlight=False, markup=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for row in _rows(profile):
        table.add_row(*row)
    console.print(table)
    console.print(f"\n{_trust(profile)}")
    console.print(f"\nProfile for `--profile`: {visible(str(out))}", style="dim", soft_wrap=True)


def _rows(profile: "Profile") -> list[tuple[str, str]]:
    from classifier.metrics import Estimate  # noqa: PLC0415 - slower than --help may be

    count, labelled = profile.issue_count, profile.labelled_count
    span = f" of {profile.days / DAYS_A_WEEK:.1f} weeks" if profile.days else ""
    of_labels = f", {'all' if labelled == count else labelled} labelled" if labelled else ""
    all_pass = ", all of them" if profile.passing_count == count else ""
    passing = f"{profile.passing_count:,} issue{'' if profile.passing_count == 1 else 's'}"
    how = "counted" if labelled else "estimated"
    threshold = Estimate(profile.threshold, profile.band_low, profile.band_high)
    return [
        ("Repository", visible(profile.repository) or "not named"),
        ("Issues", f"{count:,}{span}{of_labels}"),
        ("Silent bugs", f"{_silent_bugs(profile)}, {how}"),
        ("Asked for", profile.criterion),
        ("Threshold", _shares(threshold)),
        ("Pass", f"{passing}{_rate(profile)}{all_pass}"),
        ("Real among them", f"{_counts(profile.expected_real)}, {how}"),
        ("Model", visible(profile.model_id)),
    ]


def _silent_bugs(profile: "Profile") -> str:
    """The plain count where there is one: the profile's own rate is never 0 or 1, as a count is."""
    count, rate = profile.labelled_count, profile.base_rate
    if not count:
        return f"{_shares(rate)} of the issues"
    share = replace(rate, value=profile.silent_count / count)
    return f"{profile.silent_count:,} of {count:,}, {_shares(share)}"


def _rate(profile: "Profile") -> str:
    """Two significant digits, for 1 issue in half a year is no 0.0 a week."""
    weekly = profile.passing_a_week
    if weekly is None:
        return ""
    return f", {weekly:.2g} a week" if weekly < WHOLE_FROM else f", {weekly:,.0f} a week"


def _shares(estimate: "Estimate") -> str:
    return f"{estimate.value:.1%} (95 %: {estimate.low:.1%} to {estimate.high:.1%})"


def _counts(estimate: "Estimate") -> str:
    return f"{estimate.value:.0f} (95 %: {estimate.low:.0f} to {estimate.high:.0f})"


def _trust(profile: "Profile") -> str:
    """Say in words where the numbers come from and how far they carry."""
    if not profile.labelled_count:
        return (
            "No issue was labelled: the numbers are what the model believes. How rare silent "
            "bugs are here can only be guessed from how the issues read, so the intervals go "
            "from the share that the model knows to the one that the issues suggest, and still "
            "may miss. The order stands; labels of some hundred issues would tell the rest."
        )
    picked = (
        "They hold for all issues only if the labelled ones were picked without a look at them. "
        if profile.labelled_count < profile.issue_count
        else ""
    )
    return (
        f"Counted in your labels, of {profile.labelled_count:,} issues. {picked}"
        "The threshold was chosen on the same issues, so expect a little less of new ones; and "
        "much less if the model was trained on these."
    )
