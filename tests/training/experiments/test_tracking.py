"""Against a real store: what ``silentrank-train train`` leaves where MLflow puts it by default."""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.entities import Run as TrackedRun
from mlflow.exceptions import MlflowException

from classifier import Issue, IssueKey, load, rank_issues
from classifier.errors import InputError
from classifier.metrics import MEASURES
from training.corpus import Corpus
from training.evaluate import PROTOCOLS
from training.plots import PLOTS
from training.tracking import CHAMPION, MODEL_NAME, MlflowTracker, Tracker

if TYPE_CHECKING:
    from tests.training.experiments.conftest import Evaluated, Trained

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def client(trained: "Trained", monkeypatch: pytest.MonkeyPatch) -> mlflow.MlflowClient:
    """MLflow, looking at the store that the training filled."""
    monkeypatch.chdir(trained.folder)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    return mlflow.MlflowClient()


def runs_of(client: mlflow.MlflowClient) -> dict[str, TrackedRun]:
    experiment = client.get_experiment_by_name("tfidf")
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id], max_results=1000)
    return {run.info.run_name: run for run in found}


def files_of(client: mlflow.MlflowClient, run: TrackedRun) -> set[str]:
    found = client.list_artifacts(run.info.run_id)
    inner = [
        file
        for folder in found
        if folder.is_dir
        for file in client.list_artifacts(run.info.run_id, folder.path)
    ]
    return {file.path for file in [*found, *inner] if not file.is_dir}


def test_folds_are_runs_within_their_experiment_and_an_ablations_within_it(
    client: mlflow.MlflowClient,
) -> None:
    experiment = client.get_experiment_by_name("tfidf")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    by_id = {run.info.run_id: run for run in runs}

    def path(run: TrackedRun) -> tuple[str, ...]:
        parent = run.data.tags.get("mlflow.parentRunId")
        return (*(path(by_id[parent]) if parent else ()), run.info.run_name)

    folds = [f"cv: repeat-{repeat}-fold-{fold}" for repeat in (1, 2) for fold in (1, 2, 3)]
    assert sorted(map(path, runs)) == sorted(
        [
            ("small",),
            ("small: release",),
            ("small", "ablation: title only"),
            *(("small", fold) for fold in folds),
            ("small", "time: before-2020-01-01"),
            *(("small", "ablation: title only", fold) for fold in folds),
        ]
    )
    assert {run.info.status for run in runs} == {"FINISHED"}


def test_the_experiments_run_tells_settings_data_code_and_results(
    client: mlflow.MlflowClient, evaluated: "Evaluated", corpus: Corpus, config: Path
) -> None:
    run = runs_of(client)["small"]

    assert run.data.params["evaluation.folds"] == "3"
    assert run.data.params["targets.vote_factors"] == "(0.25, 0.75)"
    assert "column" in run.data.params["model.texts"]
    assert run.data.tags["dataset_digest"] == corpus.digest
    assert run.data.tags["git_commit"]
    assert run.inputs is not None
    (given,) = run.inputs.dataset_inputs
    assert given.dataset.digest == corpus.digest[:36]
    assert files_of(client, run) == {
        config.name,
        "evaluation.json",
        *(f"{protocol}/{plot}.png" for protocol in PROTOCOLS for plot in PLOTS),
    }
    for protocol in PROTOCOLS:
        for measure in MEASURES:
            estimate = evaluated.results.rows[f"{protocol}/silent"][measure]
            name = f"{protocol}.silent.{measure}"
            assert run.data.metrics[name] == pytest.approx(estimate.value)
            assert run.data.metrics[f"{name}.low"] == pytest.approx(estimate.low)
            assert run.data.metrics[f"{name}.high"] == pytest.approx(estimate.high)


def test_a_folds_run_has_its_measures_and_vote_factor(client: mlflow.MlflowClient) -> None:
    run = runs_of(client)["time: before-2020-01-01"]

    assert set(run.data.metrics) == {"average_precision", "roc_auc"}
    assert run.data.params["chosen_vote_factor"] in {"0.25", "0.75"}


def test_nothing_is_pickled_and_nothing_of_the_texts_is_stored_but_the_model(
    trained: "Trained", corpus: Corpus
) -> None:
    files = [path for path in (trained.folder / "mlruns").rglob("*") if path.is_file()]

    assert files
    assert not [path for path in files if path.suffix in {".pkl", ".pickle", ".joblib"}]
    sentence = corpus.gold[0].issue.body.splitlines()[0].encode()
    assert not [path for path in files if sentence in path.read_bytes()]


def test_the_registered_champion_scores_as_the_model_directory_does(
    client: mlflow.MlflowClient, trained: "Trained", corpus: Corpus
) -> None:
    issues = [label.issue for label in corpus.gold[:20]]
    ranking = rank_issues(issues, load(trained.model))
    expected = {entry.key: entry.probability for entry in ranking.entries}
    table = pd.DataFrame(
        {
            "body": [issue.body for issue in issues],
            "number": range(20),
            "title": [issue.title for issue in issues],
        }
    )

    assert int(client.get_model_version_by_alias(MODEL_NAME, CHAMPION).version) == 1
    champion = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")
    predicted = champion.predict(table)

    assert list(predicted.columns) == ["probability"]
    assert predicted["probability"].tolist() == pytest.approx(
        [expected[issue.key] for issue in issues], abs=1e-9
    )


@pytest.mark.parametrize("nothing", [None, np.nan, ""])
def test_the_champion_reads_an_empty_body_however_it_is_written(
    client: mlflow.MlflowClient, trained: "Trained", nothing: object
) -> None:
    assert client
    issues = [Issue(IssueKey("a/b", 1), "Wrong loss"), Issue(IssueKey("a/b", 2), "Crash", "It is.")]
    ranking = rank_issues(issues, load(trained.model))
    expected = {entry.key.number: entry.probability for entry in ranking.entries}
    champion = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")

    for count in (1, 2):
        table = pd.DataFrame(
            {"title": ["Wrong loss", "Crash"][:count], "body": [nothing, "It is."][:count]},
            dtype=object,
        )
        predicted = champion.predict(table)["probability"].tolist()
        assert predicted == pytest.approx([expected[1], expected[2]][:count], abs=1e-9)


def test_the_champion_asks_for_both_columns(
    client: mlflow.MlflowClient, trained: "Trained"
) -> None:
    assert client
    assert trained
    champion = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")

    with pytest.raises(MlflowException, match="body"):
        champion.predict(pd.DataFrame({"title": ["Wrong loss"]}))
    assert champion.predict(pd.DataFrame({"title": [], "body": []}, dtype="str")).empty


def test_a_run_that_fails_is_marked_and_moves_no_alias(
    client: mlflow.MlflowClient, tmp_path: Path
) -> None:
    tracker = MlflowTracker("tfidf")

    def fail() -> None:
        with tracker.run("broken"), tracker.run("inner"):
            tracker.register(tmp_path / "absent")

    with pytest.raises(Exception, match="absent"):
        fail()

    assert mlflow.active_run() is None
    assert runs_of(client)["broken"].info.status == "FAILED"
    assert runs_of(client)["inner"].info.status == "FAILED"
    assert int(client.get_model_version_by_alias(MODEL_NAME, CHAMPION).version) == 1


def test_without_tracking_nothing_is_left(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tracker = Tracker()

    with tracker.run("outer"), tracker.run("inner"):
        tracker.log_parameters({"a": {"b": 1}})
        tracker.log_metrics({"a": 1.0})
        tracker.log_tags({"a": "b"})
        tracker.log_file(tmp_path / "absent")
        tracker.log_dataset(corpus.gold, corpus.digest, "study")
        tracker.register(tmp_path / "absent")

    assert list(tmp_path.iterdir()) == []
    assert mlflow.active_run() is None


def test_a_store_that_cannot_be_written_is_an_error_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "files").as_uri())

    with pytest.raises(InputError, match="MLflow cannot write to file:") as refused:
        MlflowTracker("tfidf")

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
