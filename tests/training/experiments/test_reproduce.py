"""Training once more from a manifest: the same model, or a plain no."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner, Result

from classifier.artifact import MANIFEST, read_manifest, write_manifest
from classifier.errors import InputError
from training import labels as labels_module
from training.cli.models import reproduce
from training.config import Experiment
from training.corpus import Corpus
from training.fit import VOTE_FACTOR, fit, write_fitted
from training.protocols import beside
from training.release.reproduce import Quantity, Reproduction

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def released(
    corpus: Corpus, experiment: Experiment, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model directory."""
    directory = tmp_path_factory.mktemp("released") / "small"
    fitted = fit(corpus, corpus.is_silent, corpus.gold, beside(corpus), experiment)
    write_manifest(directory, write_fitted(fitted, corpus, experiment, directory))
    return directory


@pytest.fixture
def command(study: "InventedStudy", monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setattr(labels_module, "labels_directory", lambda: study.labels)
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    app.command()(reproduce)
    return lambda *arguments: CliRunner().invoke(
        app, [*map(str, arguments), "--data", str(study.hydrated)]
    )


def test_an_untouched_model_is_reproduced_to_a_millionth(command: Command, released: Path) -> None:
    outcome = command(released)

    assert outcome.exit_code == 0, outcome.output
    assert "small, trained again" in outcome.stdout
    for name in ("vote factor", "calibration a", "calibration c", "scores"):
        assert name in outcome.stdout
    assert "NO" not in outcome.stdout


def test_a_model_of_other_settings_than_it_says_is_not_reproduced(
    command: Command, released: Path, tmp_path: Path
) -> None:
    shutil.copytree(released, tmp_path / "small")
    manifest = read_manifest(released)
    config = json.loads(json.dumps(dict(manifest.config)))
    config["model"]["inverse_regularization"] = 0.01
    (tmp_path / "small" / MANIFEST).unlink()
    write_manifest(tmp_path / "small", replace(manifest, config=config))

    outcome = command(tmp_path / "small")

    assert outcome.exit_code == 1
    (scores,) = (row for row in outcome.stdout.splitlines() if "scores: mean" in row)
    assert "NO" in scores
    assert command(tmp_path / "small", "--tolerance", "100").exit_code == 0


def test_other_labels_than_it_was_trained_on_are_named(
    command: Command, released: Path, tmp_path: Path
) -> None:
    shutil.copytree(released, tmp_path / "small")
    (tmp_path / "small" / MANIFEST).unlink()
    write_manifest(tmp_path / "small", replace(read_manifest(released), data_digest="0" * 64))

    refused = command(tmp_path / "small").exception

    assert isinstance(refused, InputError)
    assert "small was trained on data 000000000000, here are " in str(refused)
    assert "66 study" in str(refused)


def test_a_configuration_of_another_version_is_named(
    command: Command, released: Path, tmp_path: Path
) -> None:
    shutil.copytree(released, tmp_path / "small")
    manifest = read_manifest(released)
    config = json.loads(json.dumps(dict(manifest.config)))
    config["evaluation"]["cutoff"] = "2020-01-01"
    (tmp_path / "small" / MANIFEST).unlink()
    write_manifest(tmp_path / "small", replace(manifest, config=config))

    refused = command(tmp_path / "small").exception

    assert isinstance(refused, InputError)
    assert "evaluation.cutoff" in str(refused)
    assert "does not understand" in str(refused)


@pytest.mark.parametrize(("difference", "is_exact"), [(0.0, True), (1e-6, True), (2e-6, False)])
def test_the_largest_difference_decides(difference: float, *, is_exact: bool) -> None:
    quantities = [Quantity("vote factor", 1.0, 1.0, 0.0), Quantity("s", 0.1, 0.1, difference)]

    assert Reproduction("small", 66, quantities, tolerance=1e-6).is_exact is is_exact


def test_the_manifest_names_the_choice_that_folds_made(released: Path) -> None:
    assert read_manifest(released).config[VOTE_FACTOR] in {0.25, 0.75}
