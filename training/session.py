"""What the commands do: read, evaluate, train, show."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from classifier.artifact import Manifest
from training.card import ablation_rows, main_rows
from training.config import Experiment, ablated, read_experiment
from training.corpus import Corpus, load_corpus
from training.experiments import run_experiment
from training.families import find_family
from training.provenance import provenance
from training.release import check_free, release
from training.results import Results, fingerprint, read_results, table
from training.tracking import MlflowTracker, Tracker


def evaluate(config: Path, *, data: Path, runs: Path, jobs: int, is_tracked: bool) -> Results:
    """Read an experiment and measure it."""
    experiment = _read(config)
    tracker = _tracker(experiment, is_tracked=is_tracked)
    return _evaluate(experiment, load_corpus(data), tracker, config=config, runs=runs, jobs=jobs)


def train(
    config: Path,
    *,
    out: Path | None,
    data: Path,
    runs: Path,
    jobs: int,
    is_tracked: bool,
    is_replacing: bool,
) -> tuple[Manifest, Path]:
    """Measure an experiment unless that was done, then train on all rows and release."""
    experiment = _read(config)
    directory = out or Path("models") / experiment.name
    check_free(directory, is_replacing=is_replacing)
    corpus = load_corpus(data)
    tracker = _tracker(experiment, is_tracked=is_tracked)
    results = read_results(runs / experiment.name)
    if results is None or results.fingerprint != fingerprint(experiment, corpus):
        results = _evaluate(experiment, corpus, tracker, config=config, runs=runs, jobs=jobs)
    manifest = release(
        experiment,
        corpus,
        results,
        plots=runs / experiment.name,
        out=directory,
        is_replacing=is_replacing,
    )
    with tracker.run(f"{experiment.name}: release"):
        tracker.log_tags(provenance())
        tracker.log_file(config)
        tracker.log_dataset([*corpus.gold, *corpus.silver], corpus.digest, "study+silver")
        tracker.register(directory)
    return manifest, directory


def show(results: Results) -> None:
    """Print the card's two tables."""
    console = Console()
    for title, rows in {
        "On issues that the model never saw": main_rows(results),
        "What each ingredient brings": ablation_rows(results),
    }.items():
        headings, cells = table(rows)
        grid = Table(title=title, title_justify="left")
        for heading in headings:
            grid.add_column(heading, overflow="fold")
        for line in cells:
            grid.add_row(*(cell.replace(" (", "\n(") for cell in line))
        console.print(grid)


def _read(config: Path) -> Experiment:
    experiment = read_experiment(config)
    for variant in (experiment, *(ablated(experiment, name) for name in experiment.ablations)):
        find_family(variant)  # a wrong setting should not cost the time that comes before it
    return experiment


def _tracker(experiment: Experiment, *, is_tracked: bool) -> Tracker:
    return MlflowTracker(experiment.family) if is_tracked else Tracker()


def _evaluate(
    experiment: Experiment,
    corpus: Corpus,
    tracker: Tracker,
    *,
    config: Path,
    runs: Path,
    jobs: int,
) -> Results:
    return run_experiment(
        experiment,
        corpus,
        tracker,
        config=config,
        directory=runs / experiment.name,
        jobs=jobs,
    )
