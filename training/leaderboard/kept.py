"""Runs that a page was made from, kept beside it in files: a folder each, without any text.

So every number of the page can be computed again, and a model that takes hours to measure joins
others that were measured elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from classifier.errors import InputError
from classifier.files import replace_file, sha256_of
from training.predictions import METRICS_FILE, PREDICTIONS_FILE
from training.tracking import RecordedRun, download

RUN_FILE = "run.json"
FILES = (PREDICTIONS_FILE, METRICS_FILE)
TAGS = frozenset(
    {
        *("family", "git_commit", "git_dirty", "code_digest", "normalizer_version"),
        *("python", "scikit_learn", "processor", "cores", "cpu_model", "memory_gib", "gpu"),
    }
)
"""What is kept of a run's tags; MLflow's own name its user and their folders."""
METRICS = frozenset({"seconds"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in a folder's ``run.json``, which is there once all else is."""

    run: RecordedRun
    sha256: Mapping[str, str]  # file → hexadecimal digest


KEPT: TypeAdapter[Kept] = TypeAdapter(Kept)


def folder_of(page: Path) -> Path:
    """Where the runs of a page are kept, in a folder for each protocol."""
    return page.with_name(f"{page.stem}-runs")


def kept_runs(folder: Path) -> list[RecordedRun]:
    """Read the runs of a protocol that were kept. Raises InputError for one that is damaged."""
    return [_read(path.parent).run for path in sorted(folder.glob(f"*/{RUN_FILE}"))]


def fetch(run: RecordedRun, folder: Path, scratch: Path) -> Path:
    """Where a run's files are: kept in the protocol's folder, or fetched from MLflow now."""
    home = _home(run, folder)
    if (home / RUN_FILE).exists() and _read(home).run.run_id == run.run_id:
        return home
    for name in FILES:
        download(run.run_id, name, scratch / run.run_id)
    return scratch / run.run_id


def keep(run: RecordedRun, files: Path, folder: Path) -> None:
    """Copy a run's files into the protocol's folder, in place of an earlier run of the model."""
    home = _home(run, folder)
    if files == home:
        return
    if (home / RUN_FILE).exists():
        (home / RUN_FILE).unlink()  # it comes last again, so that no half is taken for all
    digests = {}
    for name in FILES:
        content = (files / name).read_bytes()
        replace_file(home / name, content)
        digests[name] = sha256_of(content)
    told = replace(
        run,
        tags={name: run.tags[name] for name in sorted(TAGS & run.tags.keys())},
        metrics={name: run.metrics[name] for name in sorted(METRICS & run.metrics.keys())},
    )
    replace_file(home / RUN_FILE, KEPT.dump_json(Kept(told, digests), indent=2) + b"\n")


def newest_first(*runs: Sequence[RecordedRun]) -> list[RecordedRun]:
    """Join lists of runs, each run once."""
    by_id = {run.run_id: run for one in runs for run in one}
    return sorted(by_id.values(), key=lambda run: run.started_at.timestamp(), reverse=True)


def _home(run: RecordedRun, folder: Path) -> Path:
    if Path(run.name).name != run.name:
        raise InputError(
            f"Run {run.run_id} is named {run.name!r}, which is no name of a folder",
            hint="Name it as its model in MLflow, or delete it there.",
        )
    return folder / run.name


def _read(home: Path) -> Kept:
    try:
        kept = KEPT.validate_json((home / RUN_FILE).read_bytes())
        found = {name: sha256_of((home / name).read_bytes()) for name in FILES}
    except (OSError, ValidationError) as error:
        raise _damaged(home, error) from error
    if found != kept.sha256:
        raise _damaged(home, f"{RUN_FILE} and the files beside it do not belong together")
    return kept


def _damaged(home: Path, why: object) -> InputError:
    return InputError(
        f"{home} is no run that a page was made from: {why}",
        hint="Restore that folder, or remove it.",
    )
