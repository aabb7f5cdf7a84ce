"""Commands about data: label tables, texts, and whether the normalizer treats all alike."""

from pathlib import Path
from typing import Annotated

import typer

from classifier.errors import InputError
from training.cli.options import HYDRATED, RUNS, ConfigArgument, DataOption, RunsOption

labels_app = typer.Typer(
    name="labels", help="The label tables.", no_args_is_help=True, rich_markup_mode="markdown"
)


@labels_app.command("extract")
def extract(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="The study's data files.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The label tables.")] = Path(
        "data/labels"
    ),
) -> None:
    """Write the label tables, facts without anyone's text, from the data they came from.

    ```
    silentrank-train labels extract ~/silent-bug-data
    ```
    """
    from training.extraction import extract_labels  # noqa: PLC0415 - slow

    for name, count in extract_labels(source, out).items():
        typer.echo(f"{out / name}: {count} rows")


@labels_app.command("distil")
def distil(
    config: ConfigArgument,
    *,
    sources: Annotated[
        list[str],
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="Issues that nobody labelled: `parquet:FILE` or `denchmark:DIR`.",
            show_default=False,
        ),
    ],
    at_most: Annotated[
        int | None,
        typer.Option(
            "--at-most", metavar="N", min=1, help="A sample of so many.", show_default="all"
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The label tables.")] = Path(
        "data/labels"
    ),
    data: DataOption = HYDRATED,
    runs: RunsOption = RUNS,
) -> None:
    """Ask a teacher about issues that nobody labelled, for a smaller network to learn from.

    The teacher is trained as the experiment says, without the gold issues. Experiments with
    `use_distilled` learn from what it says, once the issues are hydrated. An interrupted run goes
    on where it stopped.

    ```
    silentrank-train labels distil configs/teacher-mpnet.toml --from parquet:pool.parquet
    silentrank-train hydrate --from parquet:pool.parquet
    ```
    """
    from training.corpora import corpus_for  # noqa: PLC0415 - slow
    from training.distillation import distil as run  # noqa: PLC0415 - slow
    from training.session import read_checked  # noqa: PLC0415 - slow

    experiment = read_checked(config)
    corpus = corpus_for([experiment], data)
    count = run(corpus, experiment, sources, at_most=at_most, kept=runs / "distilled", out=out)
    typer.echo(f"{out / 'distilled.csv'}: {count} rows")


def hydrate(
    sources: Annotated[
        list[str],
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="`parquet:FILE`, `denchmark:DIR`, or `github`, which fetches all that is "
            "labelled, `github:OWNER/NAME` for one repository; may be given several times.",
            show_default=False,
        ),
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the texts are kept.")
    ] = HYDRATED,
) -> None:
    """Give the labelled issues their texts, which the repository may not ship.

    Calls add up, and an interrupted one goes on where it stopped. GitHub's texts are as they were
    filed; that takes a token, and the extra `github`.

    ```
    silentrank-train hydrate --from parquet:silent_bug_study.parquet
    silentrank-train hydrate --from parquet:dl_bug_reports_unlabelled.parquet
    silentrank-train hydrate --from github:tensorflow/tensorflow --out data/hydrated-github
    ```
    """
    from training.hydrate import hydrate as run  # noqa: PLC0415 - slow

    for source in sources:
        typer.echo(str(run(source, out)))


def check_normalizer(
    *,
    data: DataOption = HYDRATED,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME|DIR",
            help="The model whose scores are compared, in place of the active one.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check that GitHub's markdown and its rendered text come out of the normalizer alike.

    Needs the study's hydrated texts; the exit code is 1 if a bound is missed.

    ```
    silentrank-train check-normalizer
    ```
    """
    from classifier import load  # noqa: PLC0415 - slow
    from training import check_normalizer as check  # noqa: PLC0415 - slow
    from training.dataset import rendering_pairs  # noqa: PLC0415 - slow

    pairs = [(pair.title, pair.body_markdown, pair.body) for pair in rendering_pairs(data)]
    if len(pairs) < check.FEWEST_PAIRS:
        raise InputError(
            f"{len(pairs)} issues in {data} are known in both renderings",
            hint="Run `silentrank-train hydrate --from parquet:silent_bug_study.parquet`.",
        )
    report = check.check_normalizer(pairs, load(model).scorer)
    typer.echo(check.render(report))
    if not report.meets_bounds:
        raise typer.Exit(1)
