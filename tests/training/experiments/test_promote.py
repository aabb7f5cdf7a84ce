"""Candidates on an invented study, a real MLflow store, and the model that the user gets."""

import json
import shutil
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow
import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from classifier import artifact
from classifier.artifact import (
    ACTIVE,
    CARD,
    MANIFEST,
    Choice,
    read_choice,
    read_manifest,
    verify,
    write_choice,
    write_manifest,
)
from classifier.cli import main as silentrank
from classifier.errors import ArtifactError, InputError
from training import labels as labels_module
from training.cli.models import promote, rollback
from training.config import Experiment
from training.corpus import Corpus
from training.fit import fit, write_fitted
from training.protocols import beside
from training.release import activate, scoring_digest
from training.tracking import CHAMPION, MODEL_NAME, MlflowTracker

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy

POOR = {
    "facts_factor": 0.0,
    "inverse_regularization": 0.001,
    "texts": [{"column": "title", "minimum_count": 1}],
}
TIMID = {"facts_factor": 0.0, "texts": [{"column": "error", "minimum_count": 1}]}
"""Hardly tells issues apart, so it is near the base rate and honest about it."""
Command = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Trained models, a good one and two others, and the store that recorded their trainings."""

    folder: Path

    @property
    def runs(self) -> Path:
        return self.folder / "runs"


def train(experiment: Experiment, corpus: Corpus, directory: Path) -> None:
    fitted = fit(corpus, corpus.is_silent, corpus.gold, beside(corpus), experiment)
    manifest = write_fitted(fitted, corpus, experiment, directory)
    (directory / CARD).write_text(f"# Model card: {experiment.name}\n")
    write_manifest(directory, manifest)


@pytest.fixture(scope="module")
def workshop(
    corpus: Corpus, experiment: Experiment, tmp_path_factory: pytest.TempPathFactory
) -> Workshop:
    folder = tmp_path_factory.mktemp("workshop")
    models = {"good": experiment.model, "poor": POOR, "timid": TIMID}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        tracker = MlflowTracker()
        for name, model in models.items():
            directory = folder / "runs" / name / "model"
            settings = {"name": name, "model": model, "ablations": {}}
            train(experiment.model_copy(update=settings), corpus, directory)
            with tracker.run(name, group="train"):
                tracker.log_model(directory)
    return Workshop(folder)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of released models."""
    home = tmp_path / "models"
    home.mkdir()
    monkeypatch.setattr(artifact, "models_directory", lambda: home)
    return home


@pytest.fixture
def command(
    workshop: Workshop,
    study: "InventedStudy",
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Command:
    """Run a command beside a copy of the store."""
    assert home.is_dir()
    shutil.copyfile(workshop.folder / "mlflow.db", tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(labels_module, "labels_directory", lambda: study.labels)
    app = typer.Typer()
    app.command()(promote)
    app.command()(rollback)

    def run(name: str, *arguments: str | Path) -> Result:
        given = [name, *map(str, arguments)]
        if name == "promote":
            given += ["--data", str(study.hydrated), "--runs", str(workshop.runs), "--jobs", "1"]
        return CliRunner().invoke(app, given)

    return run


def release_unasked(workshop: Workshop, home: Path, name: str) -> None:
    shutil.copytree(workshop.runs / name / "model", home / name)
    activate(home / name)


def named(home: Path) -> dict[str, str]:
    return tomllib.loads((home / ACTIVE).read_text())


def champion_tags() -> dict[str, str] | None:
    """Tags of the version that the alias names."""
    client = mlflow.MlflowClient()
    for model in client.search_registered_models():
        if version := model.aliases.get(CHAMPION):
            return dict(client.get_model_version(MODEL_NAME, str(version)).tags)
    return None


def versions() -> list[str]:
    return [str(one.version) for one in mlflow.MlflowClient().search_model_versions()]


def ranking_model(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Which model ``silentrank rank`` used, as its output says."""
    Path("issues.jsonl").write_text(
        json.dumps({"repo": "octo/demo", "number": 1, "title": "Wrong loss", "body": "No error."})
    )
    monkeypatch.setattr(sys, "argv", ["silentrank", "rank", "issues.jsonl", "--format", "jsonl"])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        silentrank()
    assert ended.value.code == 0
    return str(json.loads(capsys.readouterr().out)["model"])


def test_a_worse_model_is_refused_and_nothing_changes(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "good")

    refused = command("promote", "poor")

    assert refused.exit_code == 1
    assert "poor against champion good" in refused.output
    assert any("better" in row and "failed" in row for row in refused.output.splitlines())
    assert "--force" in refused.stderr
    assert named(home) == {"active": "good"}
    assert sorted(path.name for path in home.iterdir()) == [ACTIVE, "good"]
    assert versions() == []


def test_a_better_model_is_promoted_rollback_restores_the_previous_and_rank_follows(
    command: Command,
    workshop: Workshop,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release_unasked(workshop, home, "poor")
    assert ranking_model(capsys, monkeypatch) == "poor"

    promoted = command("promote", "good")

    assert promoted.exit_code == 0, promoted.output
    assert promoted.stdout.splitlines()[-1] == "good is active, version 1 in MLflow's registry"
    assert named(home) == {"active": "good", "previous": "poor"}
    assert ranking_model(capsys, monkeypatch) == "good"
    tags = champion_tags()
    assert tags is not None
    assert tags["model_id"] == "good"
    assert tags["is_forced"] == "false"

    back = command("rollback")

    assert back.stdout == "poor is active\n"
    assert named(home) == {"active": "poor", "previous": "good"}
    assert ranking_model(capsys, monkeypatch) == "poor"
    assert champion_tags() is None  # poor was never registered, and good is no champion now

    assert command("rollback").stdout == "good is active, version 1 in MLflow's registry\n"
    assert champion_tags() == tags


def test_short_names_outlive_promotion_and_rollback(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "poor")
    write_choice(replace(read_choice(), names={"words": "poor"}))

    assert command("promote", "good", "--no-track").exit_code == 0
    assert read_choice() == Choice("good", "poor", {"words": "poor"})
    assert command("rollback", "--no-track").exit_code == 0
    assert read_choice() == Choice("poor", "good", {"words": "poor"})


def test_a_model_does_not_take_a_short_name_from_another(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "poor")
    write_choice(replace(read_choice(), names={"good": "poor"}))

    refused = command("promote", "good", "--no-track").exception

    assert isinstance(refused, InputError)
    assert str(refused) == "good is a short name, of poor"
    assert not (home / "good").exists()


def test_a_model_that_ranks_better_and_is_calibrated_worse_is_refused(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "timid")

    refused = command("promote", "good", "--no-track")

    assert refused.exit_code == 1
    outcomes = {row.split()[1]: row for row in refused.output.splitlines() if row.count("│") > 1}
    assert "passed" in outcomes["better"]
    assert "failed" in outcomes["calibrated"]
    assert named(home) == {"active": "timid"}


def test_a_promoted_model_scores_as_the_candidate_and_its_card_tells_of_the_gates(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "poor")

    command("promote", "good")

    manifest = verify(home / "good")
    assert scoring_digest(manifest) == scoring_digest(verify(workshop.runs / "good" / "model"))
    card = (home / "good" / CARD).read_text()
    assert card.startswith("# Model card: good\n")
    assert "## Promotion" in card
    assert "`poor`, the champion then" in card
    for gate in ("same data", "better", "calibrated"):
        assert f"| {gate} | " in card
    assert "FORCED" not in card
    assert [path.name for path in home.iterdir() if path.name.startswith(".")] == []


def test_a_forced_promotion_says_so_in_the_card_and_in_the_registry(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "good")

    forced = command("promote", "poor", "--force")

    assert forced.exit_code == 0
    assert "FORCED" in forced.stderr
    assert named(home) == {"active": "poor", "previous": "good"}
    closed = "**FORCED: promoted although these gates are closed: better"
    assert closed in (home / "poor" / CARD).read_text()
    tags = champion_tags()
    assert tags is not None
    assert tags["is_forced"] == "true"


def test_the_first_model_has_to_beat_chance_alone(command: Command, home: Path) -> None:
    promoted = command("promote", "good", "--no-track")

    assert promoted.exit_code == 0
    assert "good against chance" in promoted.output
    assert named(home) == {"active": "good"}
    assert versions() == []


def test_a_champion_that_this_version_does_not_understand_needs_force(
    command: Command, workshop: Workshop, home: Path
) -> None:
    manifest = read_manifest(workshop.runs / "poor" / "model")
    content = json.loads(json.dumps(dict(manifest.config)))
    content["family"] = "oracle"
    shutil.copytree(workshop.runs / "poor" / "model", home / "poor")
    (home / "poor" / MANIFEST).unlink()
    old = manifest.__class__(
        **{name: getattr(manifest, name) for name in manifest.__slots__} | {"config": content}
    )
    write_manifest(home / "poor", old)
    activate(home / "poor")

    refused = command("promote", "good", "--no-track")

    assert refused.exit_code == 1
    assert "cannot be measured" in refused.output
    assert "oracle" in refused.output
    assert named(home) == {"active": "poor"}
    assert command("promote", "good", "--no-track", "--force").exit_code == 0
    assert named(home) == {"active": "good", "previous": "poor"}


def test_a_model_is_found_in_mlflow_by_name_and_by_id(
    command: Command, workshop: Workshop, home: Path, tmp_path: Path
) -> None:
    experiment = mlflow.get_experiment_by_name("silentrank-train")
    assert experiment is not None
    runs = mlflow.MlflowClient().search_runs([experiment.experiment_id])
    ids = {run.info.run_name: run.info.run_id for run in runs}
    elsewhere = ["--runs", str(tmp_path / "runs")]
    shutil.copytree(workshop.runs / "folds", tmp_path / "runs" / "folds")

    for name in ("good", ids["good"]):
        promoted = command_with_runs(command, name, elsewhere)
        assert promoted.exit_code == 0, promoted.output
        assert named(home) == {"active": "good"}
        shutil.rmtree(home)
        home.mkdir()


def command_with_runs(command: Command, name: str, elsewhere: list[str]) -> Result:
    """The last ``--runs`` counts, so name it after the fixture's own."""
    return command("promote", name, *elsewhere)


def test_a_model_that_is_nowhere_is_an_error_with_a_next_step(command: Command) -> None:
    refused = command("promote", "absent").exception

    assert isinstance(refused, InputError)
    assert "absent" in str(refused)
    assert "silentrank-train train" in refused.hint


def test_a_damaged_candidate_is_refused(
    command: Command, workshop: Workshop, tmp_path: Path
) -> None:
    shutil.copytree(workshop.runs / "good", tmp_path / "runs" / "good")
    (tmp_path / "runs" / "good" / "model" / CARD).write_text("Best model ever.")

    refused = command("promote", tmp_path / "runs" / "good").exception

    assert isinstance(refused, ArtifactError)
    assert "checksum" in str(refused)


def test_another_model_of_the_name_is_replaced_only_if_asked_and_never_the_active_one(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "poor")
    shutil.copytree(workshop.runs / "poor" / "model", home / "good")

    refused = command("promote", "good", "--no-track").exception
    assert isinstance(refused, InputError)
    assert "another model of this name" in str(refused)
    assert "--replace" in refused.hint

    assert command("promote", "good", "--no-track", "--replace").exit_code == 0
    assert verify(home / "good").model_id == "good"
    shutil.rmtree(home / "good")
    shutil.copytree(workshop.runs / "poor" / "model", home / "good")
    refused = command("promote", "good", "--no-track", "--replace").exception
    assert isinstance(refused, InputError)
    assert "the active one" in str(refused)


def test_a_failure_at_the_last_step_leaves_no_version_no_alias_and_no_choice(
    command: Command, home: Path
) -> None:
    (home / ACTIVE).symlink_to(home / "absent" / "nowhere")

    failed = command("promote", "good")

    assert isinstance(failed.exception, InputError)
    assert "Cannot write" in str(failed.exception)
    assert versions() == []
    assert champion_tags() is None
    verify(home / "good")  # whole, or not there
    (home / ACTIVE).unlink()
    assert command("promote", "good").exit_code == 0
    assert named(home) == {"active": "good"}


def test_a_failure_leaves_the_alias_with_the_champion_of_before(
    command: Command, workshop: Workshop, home: Path
) -> None:
    assert command("promote", "poor", "--force").exit_code == 0
    (home / "good").mkdir()
    (home / "good" / "thesis.tex").write_text("years of work")

    failed = command("promote", "good").exception

    assert isinstance(failed, ArtifactError)
    shutil.rmtree(home / "good")
    tracker = MlflowTracker()
    digest = scoring_digest(verify(workshop.runs / "good" / "model"))

    def interrupted() -> None:
        with tracker.registering(digest, {}, "half-way"):
            assert tracker.move_champion(digest) == "2"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert versions() == ["1"]
    tags = champion_tags()
    assert tags is not None
    assert tags["model_id"] == "poor"


def test_promoting_again_registers_no_second_version(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "poor")
    assert command("promote", "good").exit_code == 0
    assert command("rollback").exit_code == 0

    again = command("promote", "good")

    assert again.exit_code == 0, again.output
    assert versions() == ["1"]
    assert named(home) == {"active": "good", "previous": "poor"}


def test_without_a_previous_model_there_is_no_way_back(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "good")

    refused = command("rollback", "--no-track").exception

    assert isinstance(refused, InputError)
    assert "No model was active before" in str(refused)
    assert named(home) == {"active": "good"}


def test_no_way_leads_back_to_a_damaged_model(
    command: Command, workshop: Workshop, home: Path
) -> None:
    release_unasked(workshop, home, "poor")
    release_unasked(workshop, home, "good")
    (home / "poor" / CARD).write_text("Best model ever.")

    refused = command("rollback").exception

    assert isinstance(refused, ArtifactError)
    assert named(home) == {"active": "good", "previous": "poor"}


def test_weights_that_the_configuration_does_not_give_are_refused(
    command: Command, workshop: Workshop, home: Path, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(workshop.runs / "good", runs / "good")
    model = runs / "good" / "model"
    with np.load(model / "numbers.npz", allow_pickle=False) as stored:
        numbers = {name: -a if "weights" in name else a for name, a in stored.items()}
    np.savez_compressed(model / "numbers.npz", allow_pickle=False, **numbers)
    write_manifest(model, read_manifest(model))

    result = command("promote", runs / "good")

    assert result.exit_code == 1
    (line,) = (line for line in result.output.splitlines() if line.startswith("│ reproduced"))
    assert "failed" in line
    assert list(home.iterdir()) == []
