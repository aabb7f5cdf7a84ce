"""Against a real store: what ``silentrank-train train`` leaves where MLflow puts it by default."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow
import pyarrow.parquet
import pytest
from mlflow.entities import Run as TrackedRun

from classifier.artifact import verify
from classifier.errors import InputError
from classifier.metrics import MEASURES
from training.corpus import Corpus
from training.plots import PLOTS
from training.predictions import METRICS_FILE, PREDICTIONS_FILE
from training.protocols import PROTOCOLS
from training.provenance import code_digest
from training.release import scoring_digest
from training.tracking import (
    MlflowTracker,
    Tracker,
    download,
    experiment_name,
    finished_runs,
    metric_name,
)
from training.tracking.machine import machine

if TYPE_CHECKING:
    from tests.training.experiments.conftest import Trained

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def client(trained: "Trained", monkeypatch: pytest.MonkeyPatch) -> mlflow.MlflowClient:
    """MLflow, looking at the store that the training filled."""
    monkeypatch.chdir(trained.folder)
    # the whole path, since MLflow keeps a store by its address
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{trained.folder}/mlflow.db")
    return mlflow.MlflowClient()


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store to copy, since making its tables takes seconds."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def elsewhere(
    empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> mlflow.MlflowClient:
    """An empty store in a place that MLflow's own variable names."""
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(empty_store, tmp_path / "shared.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/shared.db")
    return mlflow.MlflowClient()


@pytest.mark.parametrize("address", [None, "sqlite:///mlflow.db?timeout=5"])
def test_runs_are_found_whatever_the_folder_is_called(
    trained: "Trained", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    folder = tmp_path / "a böx (1)"
    folder.mkdir()
    shutil.copyfile(trained.folder / "mlflow.db", folder / "mlflow.db")
    monkeypatch.chdir(folder)
    if address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    else:
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    assert finished_runs("train")


def runs_of(client: mlflow.MlflowClient, group: str) -> list[TrackedRun]:
    experiment = client.get_experiment_by_name(experiment_name(group))
    assert experiment is not None
    return list(client.search_runs([experiment.experiment_id], max_results=1000))


def outer_run(client: mlflow.MlflowClient, group: str) -> TrackedRun:
    (found,) = finished_runs(group)
    return client.get_run(found.run_id)


def test_each_protocol_is_an_experiment_and_each_fold_a_run_within_its_experiments_run(
    client: mlflow.MlflowClient,
) -> None:
    runs = runs_of(client, "cv")
    parent = outer_run(client, "cv").info.run_id

    inner = {
        run.info.run_name: run.data.tags["mlflow.parentRunId"]
        for run in runs
        if run.info.run_id != parent
    }

    folds = [f"silent: repeat-{repeat}-fold-{fold}" for repeat in (1, 2) for fold in (1, 2, 3)]
    assert inner == dict.fromkeys(folds, parent)
    assert {run.info.status for run in runs} == {"FINISHED"}
    for group in (*PROTOCOLS, "train"):
        assert outer_run(client, group).info.run_name == "small"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_experiments_run_tells_settings_data_code_machine_and_results(
    client: mlflow.MlflowClient, trained: "Trained", corpus: Corpus, config: Path, protocol: str
) -> None:
    run = outer_run(client, protocol)

    assert run.data.params["evaluation.folds"] == "3"
    assert run.data.params["targets.vote_factors"] == "(0.25, 0.75)"
    assert "column" in run.data.params["model.texts"]
    for tag in ("git_commit", "git_dirty", "normalizer_version", "cores", "cpu_model", "gpu"):
        assert run.data.tags[tag]
    assert float(run.data.tags["memory_gib"]) > 0.1
    assert len(run.data.tags["code_digest"]) == len(code_digest())
    assert run.data.tags["dataset_digest"] == corpus.digest
    assert run.inputs is not None
    (given,) = run.inputs.dataset_inputs
    assert given.dataset.digest == corpus.digest[:36]
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    plots = {f"{plot}.png" for plot in PLOTS}
    assert {config.name, METRICS_FILE, PREDICTIONS_FILE, *plots} <= files
    written = pyarrow.parquet.read_table(
        trained.folder / "runs" / "small" / protocol / METRICS_FILE
    )
    for row in written.to_pylist():
        name = metric_name(f"{row['row']}.{row['measure']}")
        assert run.data.metrics[name] == pytest.approx(row["value"])
        assert run.data.metrics[f"{name}.low"] == pytest.approx(row["low"])
        assert run.data.metrics[f"{name}.high"] == pytest.approx(row["high"])
    assert {row["measure"] for row in written.to_pylist()} == set(MEASURES)


def test_a_folds_run_has_its_measures_and_vote_factor(client: mlflow.MlflowClient) -> None:
    folds = [run for run in runs_of(client, "cv") if "fold-" in run.info.run_name]

    for run in folds:
        assert {"average_precision", "roc_auc", "seconds"} <= set(run.data.metrics)
        assert run.data.metrics["vote_factor"] in {0.25, 0.75}
        assert run.data.params["part"] == "silent"


def test_nothing_is_pickled_and_nothing_of_the_texts_is_stored_but_the_model(
    trained: "Trained", corpus: Corpus
) -> None:
    files = [path for path in (trained.folder / "mlruns").rglob("*") if path.is_file()]

    assert files
    assert not [path for path in files if path.suffix in {".pkl", ".pickle", ".joblib"}]
    sentence = corpus.issues[0].issue.body.splitlines()[0].encode()
    assert not [path for path in files if sentence in path.read_bytes()]


def test_finished_runs_are_the_outer_ones_newest_first_with_what_they_recorded(
    elsewhere: mlflow.MlflowClient, corpus: Corpus
) -> None:
    tracker = MlflowTracker()
    for name in ("first", "second"):
        with tracker.run(name, group="cv"):
            tracker.log_dataset(corpus.issues, corpus.digest, "study")
            tracker.log_metrics({"silent.average_precision": 0.5})
            with tracker.run("fold"):
                tracker.log_row({"part": "silent", "seconds": 1.0})
        time.sleep(0.01)  # MLflow counts milliseconds

    runs = finished_runs("cv")

    assert len(runs_of(elsewhere, "cv")) == 4
    assert [run.name for run in runs] == ["second", "first"]
    assert runs[0].dataset_digest == corpus.digest
    assert runs[0].metrics["silent.average_precision"] == 0.5
    assert runs[0].started_at > runs[1].started_at
    assert finished_runs("oracle") == []


def test_an_artifact_comes_back_as_it_was(client: mlflow.MlflowClient, tmp_path: Path) -> None:
    assert client
    (run,) = finished_runs("cv")

    found = download(run.run_id, METRICS_FILE, tmp_path / "new")

    assert found.parent == tmp_path / "new"
    assert found.read_bytes() == Path("runs", "small", "cv", METRICS_FILE).read_bytes()
    with pytest.raises(InputError, match="has no artifact oracle"):
        download(run.run_id, "oracle", tmp_path)


def test_a_training_logs_its_model_and_what_the_scores_depend_on(
    client: mlflow.MlflowClient, trained: "Trained", tmp_path: Path
) -> None:
    assert client
    (run,) = finished_runs("train")

    directory = MlflowTracker().download_candidate(run.run_id, tmp_path)

    assert directory is not None
    assert verify(directory) == verify(trained.model)
    assert run.tags["scoring_digest"] == scoring_digest(verify(trained.model))
    assert MlflowTracker().download_candidate("oracle", tmp_path) is None


@pytest.mark.parametrize(
    ("problem", "status"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")]
)
def test_a_run_that_fails_or_is_interrupted_is_marked_with_the_one_around_it(
    elsewhere: mlflow.MlflowClient, problem: type[BaseException], status: str
) -> None:
    tracker = MlflowTracker()

    def fail() -> None:
        with tracker.run("broken", group="cv"), tracker.run("inner"):
            raise problem

    with pytest.raises(problem):
        fail()

    assert mlflow.active_run() is None
    statuses = {run.info.run_name: run.info.status for run in runs_of(elsewhere, "cv")}
    assert statuses == {"broken": status, "inner": status}
    assert finished_runs("cv") == []


def test_a_short_run_has_system_metrics_and_a_fold_within_it_has_none(
    elsewhere: mlflow.MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.05")
    tracker = MlflowTracker()
    deadline = time.monotonic() + 20

    with tracker.run("outer", group="cv"), tracker.run("inner"):
        (outer,) = (run for run in runs_of(elsewhere, "cv") if run.info.run_name == "outer")
        while time.monotonic() < deadline:
            measured = elsewhere.get_run(outer.info.run_id).data.metrics
            if "system/cpu_utilization_percentage" in measured:
                break
            time.sleep(0.05)

    assert "system/system_memory_usage_megabytes" in measured
    (inner,) = (run for run in runs_of(elsewhere, "cv") if run.info.run_name == "inner")
    assert inner.data.metrics == {}


def test_mlflows_own_variable_says_where_runs_go(
    elsewhere: mlflow.MlflowClient, tmp_path: Path
) -> None:
    with MlflowTracker().run("there", group="cv"):
        pass

    assert [run.info.run_name for run in runs_of(elsewhere, "cv")] == ["there"]
    assert not (tmp_path / "mlflow.db").exists()


def test_names_that_mlflow_refuses_lose_what_it_refuses() -> None:
    assert metric_name("study to PyTorch (titles).roc_auc") == "study to PyTorch titles.roc_auc"
    assert metric_name("silent.recall_at_5_percent.low") == "silent.recall_at_5_percent.low"


def test_the_machine_is_told_in_words() -> None:
    tags = machine()

    assert set(tags) == {"cpu_model", "memory_gib", "gpu"}
    assert all(tags.values())


def test_without_tracking_nothing_is_left(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tracker = Tracker()

    with tracker.run("outer", group="cv"), tracker.run("inner"):
        tracker.log_parameters({"a": {"b": 1}})
        tracker.log_metrics({"a": 1.0})
        tracker.log_tags({"a": "b"})
        tracker.log_file(tmp_path / "absent")
        tracker.log_dataset(corpus.issues, corpus.digest, "study")
        tracker.log_model(tmp_path / "absent")
    with tracker.registering("digest", {}, "text"), tracker.keeping_champion():
        assert tracker.move_champion("digest") is None
    assert tracker.download_candidate("absent", tmp_path) is None

    assert list(tmp_path.iterdir()) == []
    assert mlflow.active_run() is None


def test_a_store_that_cannot_be_reached_is_an_error_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "files").as_uri())

    with pytest.raises(InputError, match="MLflow cannot write to file:") as refused:
        MlflowTracker()

    assert "--no-track" in refused.value.hint


def test_what_mlflow_leaves_in_a_checkout_is_ignored_by_git() -> None:
    if not (REPOSITORY / ".git").exists():
        pytest.skip("no checkout")
    ignored = subprocess.run(
        ["git", "check-ignore", "mlflow.db", "mlruns/x", "runs/small"],  # noqa: S607 - whichever git
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ignored.stdout.split() == ["mlflow.db", "mlruns/x", "runs/small"]
