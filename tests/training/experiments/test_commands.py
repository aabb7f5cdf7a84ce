import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from classifier.artifact import CARD, MANIFEST, verify
from training.protocols import PROTOCOLS
from training.results import HEADINGS, Results

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy, Run, Trained


def test_training_leaves_a_candidate_its_evaluation_and_the_tracked_runs(
    trained: "Trained",
) -> None:
    assert trained.outcome.exit_code == 0
    assert trained.outcome.output.splitlines()[-1] == "small is in runs/small/model"
    assert {path.name for path in trained.folder.iterdir()} == {"mlflow.db", "mlruns", "runs"}
    assert {path.name for path in (trained.folder / "runs").iterdir()} == {"folds", "small"}
    assert {path.name for path in (trained.folder / "runs" / "small").iterdir()} == {
        "model",
        *PROTOCOLS,
    }
    assert {path.name for path in trained.model.iterdir()} == {
        MANIFEST,
        CARD,
        "texts.json",
        "numbers.npz",
        *(f"cv-{plot}.png" for plot in ("precision_recall", "reliability", "recall_inspected")),
    }


def test_a_trained_model_verifies_and_knows_its_results(
    trained: "Trained", results: Results
) -> None:
    manifest = verify(trained.model)

    assert manifest.model_id == "small"
    assert manifest.metrics == results.rows
    assert set(manifest.files) == {p.name for p in trained.model.iterdir()} - {MANIFEST}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_evaluation_prints_its_tables_and_untracked_leaves_nothing_else(
    run: "Run", config: Path, study: "InventedStudy", tmp_path: Path, protocol: str
) -> None:
    arguments = ("--protocol", protocol, "--data", study.hydrated, "--no-track", "--jobs", "1")

    outcome = run("evaluate", config, *arguments)

    assert outcome.exit_code == 0
    assert all(heading in outcome.output for heading in HEADINGS.values())
    assert protocol in outcome.output
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    assert {path.name for path in (tmp_path / "runs" / "small" / protocol).iterdir()} == {
        "predictions.parquet",
        "metrics.parquet",
        "precision_recall.png",
        "reliability.png",
        "recall_inspected.png",
    }


def test_training_takes_the_folds_that_are_there(
    run: "Run", trained: "Trained", config: Path, study: "InventedStudy", tmp_path: Path
) -> None:
    folds = trained.folder / "runs" / "folds"
    shutil.copytree(folds, tmp_path / "runs" / "folds")
    before = {path.name: path.stat().st_mtime_ns for path in folds.iterdir()}

    outcome = run("train", config, "--data", study.hydrated, "--no-track", "--out", "mine")

    assert outcome.exit_code == 0
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "runs/folds").iterdir()}
    assert kept == before
    assert verify(tmp_path / "mine").metrics == verify(trained.model).metrics
    for name in ("texts.json", "numbers.npz"):
        assert (tmp_path / "mine" / name).read_bytes() == (trained.model / name).read_bytes()
    assert not (tmp_path / "mlflow.db").exists()


def test_experiments_on_other_folds_are_not_compared(
    run: "Run", config: Path, study: "InventedStudy", tmp_path: Path
) -> None:
    (tmp_path / "x.toml").write_text(config.read_text().replace("fold_seed = 7", "fold_seed = 8"))

    outcome = run("evaluate", config, "x.toml", "--data", study.hydrated, "--no-track")

    assert outcome.exit_code == 1
    assert "small and small differ in [data] or [evaluation]" in outcome.errors
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("evaluate", "absent.toml"), "Cannot read configuration absent.toml: No such file"),
        (("train", "absent.toml"), "Cannot read configuration absent.toml: No such file"),
        (("evaluate", "{config}", "--data", "absent"), "No issue of the study has text in absent"),
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


def test_an_origin_that_leaves_nothing_is_refused_before_anything_is_trained(
    run: "Run", config: Path, study: "InventedStudy", tmp_path: Path
) -> None:
    (tmp_path / "x.toml").write_text(config.read_text().replace("2020-01-01", "2035-01-01"))

    outcome = run("train", "x.toml", "--data", study.hydrated, "--no-track")

    assert outcome.exit_code == 1
    assert "No issue was opened in or after the quarter of 2035-01-01" in outcome.errors
    assert not (tmp_path / "runs").exists()
