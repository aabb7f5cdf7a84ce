"""Commands about the labels: which to doubt, what more would buy, what else they tell."""

from typing import Annotated

import typer

from training.cli.options import (
    HYDRATED,
    JOBS,
    RUNS,
    ConfigArgument,
    DataOption,
    JobsOption,
    RepeatsOption,
    RunsOption,
    TrackOption,
)


def audit(
    config: ConfigArgument,
    *,
    at_most: Annotated[
        int,
        typer.Option("--at-most", metavar="N", min=1, help="Labels without a vote to list a kind."),
    ] = 50,
    has_titles: Annotated[
        bool,
        typer.Option("--with-titles", help="Add titles; keep such a sheet to yourself."),
    ] = False,
    repeats: RepeatsOption = None,
    data: DataOption = HYDRATED,
    runs: RunsOption = RUNS,
    jobs: JobsOption = JOBS,
) -> None:
    """List labels that deserve a second look, in RUNS/NAME/audit.csv.

    They are those that reviewers did not agree on, and those that disagree with what a model
    says that never saw them. Its last column is for your verdict.

    ```
    silentrank-train audit configs/tfidf-lr.toml
    ```
    """
    from training import session  # noqa: PLC0415 - slow
    from training.label_studies.audit import SHEET, render, write_sheet  # noqa: PLC0415 - slow
    from training.label_studies.audit import audit as run  # noqa: PLC0415 - slow

    experiment = session.read_checked(config, repeats=repeats)
    bench = session.open_bench([experiment], data=data, runs=runs, jobs=jobs, is_tracked=False)
    found = run(bench, experiment, at_most=at_most)
    typer.echo(render(found))
    path = runs / experiment.name / SHEET
    typer.echo(f"\n{write_sheet(found, path, has_titles=has_titles)}")


def curve(
    config: ConfigArgument,
    *,
    more: Annotated[
        int,
        typer.Option("--more", metavar="N", min=1, help="Labels whose worth is estimated."),
    ] = 500,
    repeats: RepeatsOption = None,
    data: DataOption = HYDRATED,
    runs: RunsOption = RUNS,
    jobs: JobsOption = JOBS,
    is_tracked: TrackOption = True,
) -> None:
    """Learn from ever more labels, and estimate what the next ones would bring.

    Tables and plots go to RUNS/NAME/curve. Each point trains all folds again: `--repeats 1` or
    2 is enough to see a curve.

    ```
    silentrank-train curve configs/tfidf-lr.toml --repeats 2
    ```
    """
    from training import session  # noqa: PLC0415 - slow
    from training.label_studies.learning_curve_report import render, run_curves  # noqa: PLC0415 - slow

    experiment = session.read_checked(config, repeats=repeats)
    bench = session.open_bench([experiment], data=data, runs=runs, jobs=jobs, is_tracked=is_tracked)
    typer.echo(render(run_curves(bench, experiment, more=more, config=config)))


def severity(
    config: ConfigArgument,
    *,
    repeats: RepeatsOption = None,
    data: DataOption = HYDRATED,
    runs: RunsOption = RUNS,
) -> None:
    """Measure how well scenario and impact of silent bugs can be told from their text.

    Ends with how severe developers find each scenario, from 1 to 5.

    ```
    silentrank-train severity configs/tfidf-lr.toml
    ```
    """
    from training import session  # noqa: PLC0415 - slow
    from training.label_studies.aspect_agreement import measure_aspects, render  # noqa: PLC0415 - slow
    from training.label_studies.severity import render as render_prior  # noqa: PLC0415 - slow
    from training.label_studies.severity import severity_prior  # noqa: PLC0415 - slow

    experiment = session.read_checked(config, repeats=repeats)
    bench = session.open_bench([experiment], data=data, runs=runs, jobs=1, is_tracked=False)
    typer.echo(render(measure_aspects(bench, experiment)))
    typer.echo(f"\n{render_prior(severity_prior())}")
