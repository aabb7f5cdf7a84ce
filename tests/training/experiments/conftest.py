"""An invented corpus, large enough to train on, and what one experiment makes of it."""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from training import fold_store
from training import labels as labels_module
from training.cli import main
from training.config import Experiment, read_experiment
from training.corpus import Corpus, load_corpus
from training.experiments import Bench, measure_fully
from training.extraction import extract_labels
from training.hydrate import hydrate
from training.results import Results
from training.tracking import Tracker

REPO = "octo/grad"
GOLD, SILVER, TITLES = 66, 30, 90
SYLLABLES = ("ka", "lo", "mi", "ren", "su", "to", "vel", "xi", "zon", "bru", "den", "fal")
LAYERS = ("Dense", "Dropout", "Conv2D", "Embedding", "BatchNorm", "LSTM", "Pooling")
WRONG_TITLES = ("{layer} ignores its mask", "Wrong result of {layer}", "{layer} changes the loss")
WRONG_BODIES = (
    "I expected {a} but got {b}. No error is shown.",
    "The value silently differs from {a}; it should be {b}.",
)
LOUD_TITLES = ("{layer} crashes on GPU", "ValueError in {layer}", "How to install {layer}?")
LOUD_BODIES = (
    "```\nTraceback (most recent call last):\nValueError: {layer} got {a}, not {b}\n```",
    "It fails with an exception after {a} steps. How can I build it?",
)
UNKNOWN = (
    *("body_markdown", "scenario", "impact", "component", "component_2", "root_cause"),
    *("buggy_version", "fixed_version", "fixing_commit"),
)
CONFIG = """
name = "small"
description = "A model of invented issues that costs $5 and 100 %."
family = "tfidf-lr"
seed = 7

[targets]
vote_factors = [0.25, 0.75]
silver_weight = 0.5

[model]
texts = [{ column = "title", minimum_count = 1 }, { column = "prose", minimum_count = 1 }]

[evaluation]
folds = 3
repeats = 2
inner_folds = 2
fold_seed = 7
first_origin = 2020-01-01
resamples = 100

[ablations."title only"]
model = { facts_factor = 0.0, texts = [{ column = "title", minimum_count = 1 }] }
"""


def is_silent(number: int) -> bool:
    return number % 3 == 0


def words_of(number: int, *, is_wrong: bool) -> dict[str, str]:
    """Title and body; every issue has words of its own, so that none nearly repeats another."""
    chance = random.Random(number)  # noqa: S311 - inventing text needs no cryptography
    looks_wrong = is_wrong is (chance.random() > 0.2)  # some mislead, as in the world
    titles, bodies = (WRONG_TITLES, WRONG_BODIES) if looks_wrong else (LOUD_TITLES, LOUD_BODIES)
    names = {"layer": chance.choice(LAYERS), "a": chance.randint(1, 999), "b": chance.random()}
    first, *own = ("".join(chance.choices(SYLLABLES, k=3)) for _ in range(16))
    return {
        "title": f"{first} {chance.choice(titles).format(**names)}",
        "body": f"{' '.join(own)}.\n\n{chance.choice(bodies).format(**names)}",
    }


def study_rows() -> list[dict[str, Any]]:
    unknown = dict.fromkeys(UNKNOWN)
    rows: list[dict[str, Any]] = [
        unknown
        | words_of(number, is_wrong=is_silent(number))
        | {
            "repo": REPO,
            "number": number,
            "url": f"https://example.org/{REPO}/issues/{number}",
            "opened_at": f"20{18 + number % 4}-06-01T10:00:00Z",
            "closed_at": "2022-01-01T00:00:00Z",
            "github_labels": ["type:bug"],
            "silent": is_silent(number),
            "vote_1": is_silent(number) or number % 5 == 0,
            "vote_2": is_silent(number),
            "vote_3": is_silent(number),
            "votes": 3 if is_silent(number) else int(number % 5 == 0),
        }
        for number in range(1, GOLD + 1)
    ]
    rows[1]["body"] = rows[0]["body"] + "\n\nThanks!"  # 2 nearly repeats 1
    rows[1]["title"] = rows[0]["title"]
    return rows


def pool_rows(study: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        words_of(number, is_wrong=is_silent(number))
        | {
            "repo": f"octo/pool-{number % 4}",
            "number": number,
            "opened_at": None if number == 101 else f"20{18 + number % 4}-07-01T10:00:00Z",
        }
        for number in range(101, 101 + SILVER)
    ]
    rows[2] |= {"title": study[5]["title"], "body": study[5]["body"]}  # 103 repeats 6
    return rows


def title_rows() -> list[dict[str, Any]]:
    return [
        {"repo": "octo/flame", "number": number, "negative_kind": None}
        | {"title": words_of(number, is_wrong=is_silent(number))["title"]}
        | {"created_at": f"202{number % 4}-05-01T00:00:00Z"}
        | {"silent": int(is_silent(number)), "silent_strict": int(is_silent(number))}
        for number in range(201, 201 + TITLES)
    ]


@dataclass(frozen=True, slots=True)
class InventedStudy:
    """Where its labels and texts lie."""

    labels: Path
    hydrated: Path


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> InventedStudy:
    """Label tables and hydrated texts, made by the commands' own functions."""
    folder = tmp_path_factory.mktemp("study")
    gold = study_rows()
    pool = pool_rows(gold)
    tables: dict[str, list[dict[str, Any]]] = {
        "silent_bug_study.parquet": gold,
        "dl_bug_reports_unlabelled.parquet": pool,
        "pytorch_silent_titles_until_2023.parquet": title_rows(),
        "silver_labels.csv": [
            {"repo": row["repo"], "number": row["number"], "kind": "other", "scenario": "none"}
            | {"impact": 0, "score": 80.0 if is_silent(row["number"]) else 5.0}
            for row in pool
        ],
        "llm_zero_shot_reference.csv": [
            {"repo": REPO, "number": row["number"], "judge": 1}
            | {"score": 60.0 * row["silent"] + row["number"] % 40}
            for row in gold
        ],
        "survey_ratings.csv": [
            {"scenario": "Wrong parameter settings", "question": "severity"}
            | {f"rated_{rating}": rating for rating in range(1, 6)}
        ],
    }
    for name, rows in tables.items():
        table = pa.Table.from_pylist(rows)
        if name.endswith(".csv"):
            pyarrow.csv.write_csv(table, folder / name)
        else:
            pyarrow.parquet.write_table(table, folder / name)
    extract_labels(folder, folder / "labels")
    for name in tables:
        if name.endswith(".parquet"):
            hydrate(f"parquet:{folder / name}", folder / "hydrated", labels=folder / "labels")
    return InventedStudy(folder / "labels", folder / "hydrated")


@pytest.fixture(scope="session", autouse=True)
def code_that_nobody_edits() -> Iterator[None]:
    """Let tests run while somebody works on the code, which stops a measurement."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold_store, "code_digest", lambda: "as it is")
        patch.setattr(fold_store, "code_at_start", lambda: "as it is")
        yield


@pytest.fixture(scope="session")
def corpus(study: InventedStudy) -> Corpus:
    """The invented study, normalized and grouped."""
    return load_corpus(study.hydrated, labels=study.labels)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small experiment's file."""
    path = tmp_path_factory.mktemp("configs") / "small.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture(scope="session")
def experiment(config: Path) -> Experiment:
    return read_experiment(config)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    exit_code: object
    output: str
    errors: str


Run = Callable[..., Outcome]


def run_in(folder: Path, labels: Path, *arguments: str | Path) -> Outcome:
    """Run ``silentrank-train`` in a folder, with these label tables and MLflow's defaults."""
    output, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(errors):
        patch.chdir(folder)
        patch.setattr(labels_module, "labels_directory", lambda: labels)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setenv("COLUMNS", "200")
        patch.setattr("sys.argv", ["silentrank-train", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    return Outcome(ended.value.code, output.getvalue(), errors.getvalue())


@pytest.fixture
def run(tmp_path: Path, study: InventedStudy) -> Run:
    """Run ``silentrank-train`` with arguments in a folder of its own."""
    return lambda *arguments: run_in(tmp_path, study.labels, *arguments)


@dataclass(frozen=True, slots=True)
class Trained:
    """The folder where ``silentrank-train train`` ran, as the first command there."""

    folder: Path
    outcome: Outcome

    @property
    def model(self) -> Path:
        return self.folder / "runs" / "small" / "model"


@pytest.fixture(scope="session")
def trained(
    study: InventedStudy,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Trained:
    """A whole training, tracked."""
    folder = tmp_path_factory.mktemp("checkout")
    arguments = ("train", config, "--data", study.hydrated, "--jobs", "1")
    return Trained(folder, run_in(folder, study.labels, *arguments))


@pytest.fixture(scope="session")
def bench(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Where experiments on the invented study run untracked, one fold at a time."""
    return Bench(corpus, tmp_path_factory.mktemp("runs"), Tracker(), 1)


@pytest.fixture(scope="session")
def results(bench: Bench, study: InventedStudy, experiment: Experiment) -> Results:
    """What the small experiment measures under every protocol."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labels_module, "labels_directory", lambda: study.labels)
        return measure_fully(bench, experiment)
