"""The registered champion, as MLflow loads it and as ``mlflow models serve`` answers for it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PyFuncModel

from classifier import Issue, IssueKey, load, rank_issues
from classifier.artifact import find_model, read_manifest
from training.release import scoring_digest
from training.tracking import CHAMPION, MODEL_NAME, MlflowTracker

CHAMPION_URI = f"models:/{MODEL_NAME}@{CHAMPION}"
START_SECONDS = 180.0  # of a busy machine; an idle one needs ten
ROWS = [
    ("Dropout ignores training=False", "Two calls give different outputs. No error."),
    ("Crash on import", "Traceback (most recent call last):"),
    ("Wrong loss", None),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shipped model is registered as champion."""
    folder = tmp_path_factory.mktemp("registry")
    model = find_model()
    digest = scoring_digest(read_manifest(model))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        tracker = MlflowTracker()
        with tracker.run("shipped", group="train"):
            tracker.log_model(model)
        with tracker.registering(digest, {"model_id": model.name}, "first"):
            assert tracker.move_champion(digest) == "1"
    return folder


@pytest.fixture
def champion(store: Path, monkeypatch: pytest.MonkeyPatch) -> PyFuncModel:
    monkeypatch.chdir(store)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store}/mlflow.db")
    model: PyFuncModel = mlflow.pyfunc.load_model(CHAMPION_URI)
    return model


def expected(rows: list[tuple[str, str | None]]) -> list[float]:
    """What ``silentrank rank`` says of each row."""
    issues = [
        Issue(IssueKey("a/b", number), title, body or "")
        for number, (title, body) in enumerate(rows, start=1)
    ]
    ranking = rank_issues(issues, load())
    probabilities = {entry.key.number: entry.probability for entry in ranking.entries}
    return [probabilities[issue.key.number] for issue in issues]


def predict(champion: PyFuncModel, table: pd.DataFrame) -> pd.DataFrame:
    predicted = champion.predict(table)
    assert isinstance(predicted, pd.DataFrame)
    return predicted


def test_the_champion_scores_as_the_model_directory_does(
    champion: PyFuncModel,
) -> None:
    titles, bodies = zip(*ROWS, strict=True)
    table = pd.DataFrame({"body": bodies, "number": range(len(ROWS)), "title": titles})

    predicted = predict(champion, table)

    assert list(predicted.columns) == ["probability"]
    assert predicted["probability"].tolist() == pytest.approx(expected(ROWS), abs=1e-9)


@pytest.mark.parametrize("nothing", [None, np.nan, ""])
def test_the_champion_reads_an_empty_body_however_it_is_written(
    champion: PyFuncModel, nothing: object
) -> None:
    rows: list[tuple[str, str | None]] = [("Wrong loss", None), ("Crash", "It is.")]

    for count in (1, 2):
        table = pd.DataFrame(
            {"title": ["Wrong loss", "Crash"][:count], "body": [nothing, "It is."][:count]},
            dtype=object,
        )
        predicted = predict(champion, table)["probability"].tolist()
        assert predicted == pytest.approx(expected(rows)[:count], abs=1e-9)


def test_the_champion_asks_for_both_columns(champion: PyFuncModel) -> None:
    with pytest.raises(MlflowException, match="body"):
        predict(champion, pd.DataFrame({"title": ["Wrong loss"]}))
    nothing = pd.DataFrame({"title": [], "body": []}, dtype="str")
    assert predict(champion, nothing).empty


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """``mlflow models serve`` on loopback, and its address."""
    command = str(Path(sys.executable).with_name("mlflow"))  # MLflow starts others by their name
    environment_path = os.pathsep.join([str(Path(command).parent), os.environ.get("PATH", "")])
    port = free_port()
    where = ("--env-manager", "local", "--host", "127.0.0.1", "--port", str(port))
    environment = {
        **os.environ,
        "PATH": environment_path,
        "MLFLOW_TRACKING_URI": f"sqlite:///{store}/mlflow.db",
    }
    with (store / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [command, "models", "serve", "-m", CHAMPION_URI, *where],
            cwd=store,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,  # it starts a server of its own, to be ended with it
        )
        try:
            await_ping(server, port, store / "serve.log")
            yield f"http://127.0.0.1:{port}/invocations"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=30)


def await_ping(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no answer: {log.read_text(errors='replace')[-2000:]}")


def ask(address: str, content: object) -> list[float]:
    request = urllib.request.Request(  # noqa: S310 - loopback
        address, json.dumps(content).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
        return [row["probability"] for row in json.load(response)["predictions"]]


def test_mlflow_models_serve_answers_for_the_champion_on_loopback(store: Path) -> None:
    records = [{"title": title, "body": body} for title, body in ROWS]
    split = {"columns": ["title", "body"], "data": ROWS}

    with serving(store) as address:
        by_record = ask(address, {"dataframe_records": records})
        by_split = ask(address, {"dataframe_split": split})

    assert by_record == pytest.approx(expected(ROWS), abs=1e-9)
    assert by_split == by_record
