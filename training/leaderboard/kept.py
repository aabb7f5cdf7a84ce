"""Runs that the page was made from, kept beside it in files: a folder each, without any text.

So every number of the page can be computed again, and a model that takes hours to measure joins
others that were measured elsewhere.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from classifier.errors import InputError
from classifier.files import replace_file
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


def kept_runs(folder: Path) -> list[RecordedRun]:
    """Read the runs of a protocol that were kept. Raises InputError for one that cannot be read."""
    return [_read(path) for path in sorted(folder.glob(f"*/{RUN_FILE}"))]


def fetch(run: RecordedRun, folder: Path, scratch: Path) -> Path:
    """Where a run's files are: kept in the protocol's folder, or fetched from MLflow now."""
    home = folder / run.name
    if (home / RUN_FILE).is_file() and _read(home / RUN_FILE).run_id == run.run_id:
        return home
    for name in FILES:
        download(run.run_id, name, scratch / run.run_id)
    return scratch / run.run_id


def keep(run: RecordedRun, files: Path, folder: Path) -> None:
    """Copy a run's files into the protocol's folder, in place of an earlier run of the model."""
    home = folder / run.name
    if files != home:
        replace_file(home / RUN_FILE, b"{}")  # until all is there, so that no half is taken for it
        for name in FILES:
            replace_file(home / name, (files / name).read_bytes())
    facts = asdict(run) | {
        "tags": {name: run.tags[name] for name in sorted(TAGS & run.tags.keys())},
        "metrics": {name: run.metrics[name] for name in sorted(METRICS & run.metrics.keys())},
        "started_at": run.started_at.isoformat(),
    }
    replace_file(home / RUN_FILE, (json.dumps(facts, indent=2) + "\n").encode())


def newest_first(*runs: Sequence[RecordedRun]) -> list[RecordedRun]:
    """Join lists of runs, each run once."""
    by_id = {run.run_id: run for one in runs for run in one}
    return sorted(by_id.values(), key=lambda run: run.started_at, reverse=True)


def _read(path: Path) -> RecordedRun:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return RecordedRun(**facts | {"started_at": datetime.fromisoformat(facts["started_at"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} tells of no run: {error}", hint="Restore it, or remove its folder."
        ) from error
