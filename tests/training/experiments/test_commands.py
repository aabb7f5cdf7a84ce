import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from classifier import artifact
from classifier.artifact import ACTIVE, CARD, MANIFEST, verify
from training.results import HEADINGS, read_results

if TYPE_CHECKING:
    from tests.training.experiments.conftest import Evaluated, InventedStudy, Run, Trained


def test_training_leaves_a_model_its_evaluation_and_the_tracked_runs(trained: "Trained") -> None:
    assert trained.outcome.exit_code == 0
    assert trained.outcome.output.splitlines()[-1] == "small is in models/small"
    assert {path.name for path in trained.folder.iterdir()} == {
        "mlflow.db",
        "mlruns",
        "models",
        "runs",
    }
    assert {path.name for path in trained.model.iterdir()} == {
        MANIFEST,
        CARD,
        "texts.json",
        "numbers.npz",
        *(
            f"{protocol}-{plot}.png"
            for protocol in ("cv", "time")
            for plot in ("precision_recall", "reliability", "recall_inspected")
        ),
    }
    assert [path.name for path in (trained.folder / "models").iterdir()] == ["small"]


def test_a_trained_model_verifies_and_knows_its_results(
    trained: "Trained", evaluated: "Evaluated"
) -> None:
    manifest = verify(trained.model)

    assert manifest.model_id == "small"
    assert manifest.metrics == evaluated.results.rows
    assert set(manifest.files) == {p.name for p in trained.model.iterdir()} - {MANIFEST}


def test_an_evaluation_prints_both_tables_and_untracked_leaves_nothing_else(
    run: "Run", config: Path, study: "InventedStudy", evaluated: "Evaluated", tmp_path: Path
) -> None:
    outcome = run("evaluate", config, "--data", study.hydrated, "--no-track", "--jobs", "1")

    assert outcome.exit_code == 0
    assert all(heading in outcome.output for heading in HEADINGS.values())
    for row in ("cross-validation", "later issues", "any vote", "zero-shot", "title only"):
        assert row in outcome.output
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    untracked = read_results(tmp_path / "runs" / "small")
    assert untracked is not None
    assert replace(untracked, seconds=0.0) == replace(evaluated.results, seconds=0.0)


def test_training_takes_the_results_that_an_evaluation_left(
    run: "Run", trained: "Trained", config: Path, study: "InventedStudy", tmp_path: Path
) -> None:
    shutil.copytree(trained.folder / "runs", tmp_path / "runs")
    before = (tmp_path / "runs" / "small" / "evaluation.json").stat().st_mtime_ns

    outcome = run("train", config, "--data", study.hydrated, "--no-track", "--out", "mine")

    assert outcome.exit_code == 0
    assert (tmp_path / "runs" / "small" / "evaluation.json").stat().st_mtime_ns == before
    assert verify(tmp_path / "mine").metrics == verify(trained.model).metrics
    for name in ("texts.json", "numbers.npz"):
        assert (tmp_path / "mine" / name).read_bytes() == (trained.model / name).read_bytes()
    assert not (tmp_path / "mlflow.db").exists()


def test_a_model_that_is_there_is_not_replaced_unasked_and_nothing_is_computed(
    run: "Run", config: Path, study: "InventedStudy", tmp_path: Path
) -> None:
    (tmp_path / "models" / "small").mkdir(parents=True)

    outcome = run("train", config, "--data", study.hydrated, "--no-track")

    assert outcome.exit_code == 1
    assert outcome.errors.splitlines() == [
        "error: models/small already exists",
        "hint: Give another --out, or --replace to replace it.",
    ]
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("evaluate", "absent.toml"), "Cannot read configuration absent.toml: No such file"),
        (("train", "absent.toml"), "Cannot read configuration absent.toml: No such file"),
        (("evaluate", "{config}", "--data", "absent"), "No issue of the study has text in absent"),
        (("activate", "absent"), "No model in absent"),
        (("check-normalizer", "--data", "absent"), "0 issues in absent"),
        (("labels", "extract", "absent"), "Cannot read absent"),
        (("hydrate", "--from", "oracle:x"), "oracle"),
    ],
)
def test_an_error_is_one_line_and_a_hint(
    run: "Run", config: Path, arguments: tuple[str, ...], message: str
) -> None:
    outcome = run(*(argument.format(config=config) for argument in arguments))

    assert outcome.exit_code == 1
    *_, error, hint = outcome.errors.splitlines()  # after what is missing, if texts are
    assert error.startswith("error: ")
    assert message in error
    assert hint.startswith("hint: ")


def test_what_an_error_quotes_does_not_act_in_the_terminal(run: "Run", tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('"\\u001b[31m" = "a\\nb"')

    outcome = run("evaluate", "x.toml")

    assert outcome.exit_code == 1
    assert "\x1b" not in outcome.errors
    assert outcome.errors.count("\n") == 1


@pytest.mark.parametrize(
    ("ablation", "message"),
    [
        ("[ablations.odd]\nmodel = { facts_facter = 1.0 }", "facts_facter"),
        ('[ablations.odd]\nfamily = "oracle"', "No family 'oracle'"),
        ("[ablations.odd]\ntargets = { use_vote = true }", "use_vote"),
    ],
)
def test_a_wrong_ablation_is_refused_before_any_data_is_read(
    run: "Run", config: Path, tmp_path: Path, ablation: str, message: str
) -> None:
    (tmp_path / "x.toml").write_text(f"{config.read_text()}\n{ablation}\n")

    outcome = run("evaluate", "x.toml", "--data", "absent")

    assert outcome.exit_code == 1
    assert message in outcome.errors.splitlines()[0]


def test_a_cutoff_that_leaves_nothing_is_refused_before_anything_is_trained(
    run: "Run", config: Path, study: "InventedStudy", tmp_path: Path
) -> None:
    (tmp_path / "x.toml").write_text(config.read_text().replace("2020-01-01", "2035-01-01"))

    outcome = run("evaluate", "x.toml", "--data", study.hydrated, "--no-track")

    assert outcome.exit_code == 1
    assert "The cutoff 2035-01-01 leaves 66 issues to train on and 0 to test on" in outcome.errors
    assert not (tmp_path / "runs").exists()


def test_activating_names_the_model_and_keeps_its_predecessor(
    run: "Run", trained: "Trained", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "models"
    for name in ("first", "second"):
        shutil.copytree(trained.model, home / name)
    monkeypatch.setattr("training.release.models_directory", lambda: home)

    said = [run("activate", f"models/{name}").output for name in ("first", "second", "second")]

    assert said == ["first is active\n", "second is active\n", "second is active\n"]
    assert (home / ACTIVE).read_text() == 'active = "second"\nprevious = "first"\n'
    monkeypatch.setattr(artifact, "models_directory", lambda: home)
    assert artifact.find_model() == home / "second"


def test_the_results_on_disk_are_those_that_were_returned(evaluated: "Evaluated") -> None:
    assert read_results(evaluated.directory) == evaluated.results
    content = json.loads((evaluated.directory / "evaluation.json").read_text())
    assert set(content["rows"]) == {
        "cv/silent",
        "cv/any_vote",
        "time/silent",
        "time/any_vote",
        "ablation/title only",
        "reference/large language model, zero-shot",
    }
