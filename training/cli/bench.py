"""Commands that measure: evaluate, train, leaderboard."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from training.cli import tasks
from training.cli.options import (
    HYDRATED,
    JOBS,
    RUNS,
    ConfigArgument,
    JobsOption,
    ProtocolName,
    RepeatsOption,
    RunsOption,
    TaskDataOption,
    TrackOption,
)

if TYPE_CHECKING:
    from training.protocols import Protocol


def evaluate(
    configs: Annotated[
        list[Path],
        typer.Argument(
            metavar="CONFIG...",
            help="Experiments' TOML files; all are compared with the first.",
            show_default=False,
        ),
    ],
    *,
    protocol: Annotated[
        Literal["cv", "temporal", "transfer", "replay", "leakage"],
        typer.Option("--protocol", metavar="NAME", help="How to measure."),
    ] = "cv",
    repeats: RepeatsOption = None,
    issues: Annotated[
        list[str] | None,
        typer.Option(
            "--issues",
            metavar="SOURCE",
            help="Issues of your own to be measured on, as `silentrank rank` reads them; may be "
            "given several times.",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="Your labels: CSV with url and label, or JSON lines with both.",
            show_default="the first --issues",
        ),
    ] = None,
    per_week: Annotated[
        int | None,
        typer.Option(
            "--per-week", metavar="N", min=1, help="replay: issues read a week.", show_default="20"
        ),
    ] = None,
    is_retrained: Annotated[
        bool,
        typer.Option(
            "--retrain", help="replay: train each quarter anew, on your earlier labels, too."
        ),
    ] = False,
    carries_over: Annotated[
        bool,
        typer.Option("--carry-over", help="replay: what is not read stays in the queue."),
    ] = False,
    is_released: Annotated[
        bool,
        typer.Option("--released", help="replay: with the active model as it is, untrained."),
    ] = False,
    data: TaskDataOption = HYDRATED,
    runs: RunsOption = RUNS,
    jobs: JobsOption = JOBS,
    is_tracked: TrackOption = True,
) -> None:
    """Measure experiments on issues that their models never saw, all on identical folds.

    `cv` is repeated cross-validation; `temporal` trains on the past and tests on the next
    quarter; `transfer` tests on repositories never learned from; `replay` lets a labelled queue
    come in week by week and reads the first N; `leakage` looks for what must not be there, with
    exit code 1 if it is.

    A configuration with `[task]`, which sorts issues into classes, is cross-validated beside its
    own ablations.

    Tables and plots go to RUNS/NAME/PROTOCOL and to MLflow, where `mlflow ui` shows them.
    Finished folds are kept: after an interrupt the same command goes on where it stopped.

    ```
    silentrank-train evaluate configs/tfidf-lr.toml configs/tfidf-svm.toml --protocol temporal
    silentrank-train evaluate configs/tfidf-lr.toml --protocol leakage
    silentrank-train evaluate configs/tfidf-lr.toml --protocol replay --released --issues mine.jsonl
    ```
    """
    if protocol != "replay" and (per_week or is_retrained or carries_over or is_released):
        raise typer.BadParameter("is needed", param_hint="--protocol replay")
    if is_retrained and is_released:
        raise typer.BadParameter("excludes --released", param_hint="--retrain")
    from training import session  # noqa: PLC0415 - slow

    if tasks.are_tasks(configs):
        tasks.evaluate(configs, data=data, repeats=repeats, runs=runs, is_tracked=is_tracked)
        return
    queue = session.queue_of(issues or [], labels)
    experiments = {
        config: session.read_checked(config, repeats=repeats, queue=queue)
        for config in tasks.without_tasks(configs)
    }
    bench = session.open_bench(
        list(experiments.values()), data=data, runs=runs, jobs=jobs, is_tracked=is_tracked
    )
    if protocol == session.REPLAY:
        session.show_replays(
            bench,
            experiments.values(),
            per_week=per_week or 20,
            is_retrained=is_retrained,
            carries_over=carries_over,
            is_released=is_released,
        )
    elif not session.evaluate(bench, experiments, protocol):
        raise typer.Exit(1)


def train(
    config: ConfigArgument,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="The model directory.", show_default="RUNS/NAME/model"
        ),
    ] = None,
    protocols: Annotated[
        list[ProtocolName] | None,
        typer.Option(
            "--protocol",
            metavar="NAME",
            help="Measure by these alone, for a costly family; `cv` always. May be given several "
            "times.",
            show_default="all",
        ),
    ] = None,
    data: TaskDataOption = HYDRATED,
    runs: RunsOption = RUNS,
    jobs: JobsOption = JOBS,
    is_tracked: TrackOption = True,
) -> None:
    """Measure an experiment under every protocol, then train on all labels.

    Writes a model directory, card included, and logs it to MLflow. It is a candidate until
    `silentrank-train promote` makes it the model that `silentrank` uses.

    A configuration with `[task]`, which sorts issues into classes, is cross-validated; its model
    is for `silentrank-train predict`.

    ```
    silentrank-train train configs/nlbse24.toml --data issues.parquet
    silentrank-train train configs/tfidf-lr.toml
    silentrank rank issues.jsonl --model runs/tfidf-lr-2026-11/model
    ```
    """
    if tasks.are_tasks([config]):
        tasks.train(config, data=data, out=out, runs=runs, is_tracked=is_tracked)
        return
    from training import session  # noqa: PLC0415 - slow

    wanted: list[Protocol] | None = (
        None if protocols is None else [name.value for name in protocols]
    )
    results, manifest, directory = session.train(
        config, out=out, protocols=wanted, data=data, runs=runs, jobs=jobs, is_tracked=is_tracked
    )
    session.show_results(results)
    typer.echo(f"{manifest.model_id} is in {directory}")


def leaderboard(
    *,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="NAME",
            help="The model that all others are compared with.",
            show_default="the active one",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page.")] = Path(
        "docs/leaderboard.md"
    ),
) -> None:
    """Write the page that compares all evaluated models.

    Of each model the newest finished run of each protocol counts, on the baseline's data: of
    those in MLflow, and of those that an earlier page was made from. These are kept beside the
    page, in a folder such as leaderboard-runs: what each model said of each issue, without texts.

    ```
    silentrank-train evaluate configs/*.toml --protocol cv
    silentrank-train evaluate configs/*.toml --protocol temporal
    silentrank-train evaluate configs/*.toml --protocol transfer
    silentrank-train leaderboard
    ```
    """
    from classifier.artifact import active_model  # noqa: PLC0415 - slow
    from training.leaderboard import build_leaderboard  # noqa: PLC0415 - slow
    from training.leaderboard.kept import folder_of  # noqa: PLC0415 - slow
    from training.leaderboard.page import write_page  # noqa: PLC0415 - slow

    found = build_leaderboard(baseline or active_model(), folder_of(out))
    write_page(found, out)
    count = len({entry.model for board in found.boards for entry in board.entries})
    typer.echo(f"{out}: {count} models, {len(found.boards)} tables")
