import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pytest

from classifier.errors import InputError
from tests.training.classification.conftest import CONFIG, LABELS, invented

if TYPE_CHECKING:
    from tests.training.classification.conftest import Workplace

Without = Callable[[dict[str, list[Any]], str], dict[str, list[Any]]]
ADDED = ["predicted", *(f"probability_{label}" for label in LABELS)]


@pytest.fixture
def model(workplace: "Workplace", issues_file: Path) -> Path:
    config = workplace.write_config()
    outcome = workplace.run("train", config, "--data", issues_file, "--no-track")
    assert outcome.exit_code == 0, outcome.output
    return Path("runs/small/model")


def test_training_prints_f1_by_repository_and_each_ablation_and_leaves_a_model(
    workplace: "Workplace", issues_file: Path
) -> None:
    outcome = workplace.run("train", workplace.write_config(), "--data", issues_file, "--no-track")

    assert outcome.exit_code == 0
    for words in ("bug", "mean F1", "octo/grad", "octo/plot", "words alone", "less the first"):
        assert words in outcome.output
    assert outcome.output.splitlines()[-1] == "small is in runs/small/model"
    assert {path.name for path in Path("runs/small/model").iterdir()} == {
        *("manifest.json", "numbers.npz", "task.json"),
    }
    assert {path.name for path in Path("runs/small/task").iterdir()} == {
        *("metrics.parquet", "predictions.parquet"),
    }


def test_an_evaluation_measures_and_trains_nothing(
    workplace: "Workplace", issues_file: Path
) -> None:
    config = workplace.write_config(CONFIG.replace("[task]", f'[task]\ndata = "{issues_file}"'))

    outcome = workplace.run("evaluate", config, "--repeats", 1, "--no-track")

    assert outcome.exit_code == 0
    assert "cross-validated" in outcome.output
    assert [path.name for path in Path("runs/small").iterdir()] == ["task"]


def test_a_training_is_tracked_apart_from_those_of_the_leaderboard(
    workplace: "Workplace", issues_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workplace.folder}/mlflow.db")
    from training.tracking import finished_runs  # noqa: PLC0415 - reads the address

    config = workplace.write_config()
    assert workplace.run("train", config, "--data", issues_file).exit_code == 0

    (run,) = finished_runs("task")
    assert run.name == "small"
    assert 0.0 < run.metrics["mean.mean.low"] <= run.metrics["mean.mean"] <= 1.0
    assert "words alone/mean.mean" in run.metrics
    assert run.dataset_digest


def test_predictions_are_the_files_columns_with_answers(
    workplace: "Workplace", model: Path
) -> None:
    columns = invented(range(100, 130)) | {"url": [f"u{number}" for number in range(30)]}
    file = workplace.write_issues("new.parquet", columns)

    outcome = workplace.run("predict", model, "--data", file, "--out", "out.parquet")

    assert outcome.exit_code == 0
    assert "mean F1" in outcome.output
    table = pyarrow.parquet.read_table("out.parquet")
    assert table.column_names == [*columns, *ADDED]
    assert table.select(list(columns)).to_pydict() == columns
    for row in table.to_pylist():
        probabilities = {label: row[f"probability_{label}"] for label in LABELS}
        assert sum(probabilities.values()) == pytest.approx(1.0)
        assert row["predicted"] == max(probabilities, key=probabilities.__getitem__)


def test_without_labels_predictions_are_the_same_and_nothing_is_measured(
    workplace: "Workplace", model: Path, without: Without
) -> None:
    columns = invented(range(100, 130))
    told = workplace.write_issues("told.parquet", columns)
    untold = workplace.write_issues("untold.parquet", without(columns, "label"))

    workplace.run("predict", model, "--data", told, "--out", "told-out.parquet")
    outcome = workplace.run("predict", model, "--data", untold, "--out", "untold-out.parquet")

    assert outcome.output == "untold-out.parquet: 30 issues\n"
    first, second = (
        pyarrow.parquet.read_table(f"{name}-out.parquet").select(ADDED)
        for name in ("told", "untold")
    )
    assert first.equals(second)


def test_issues_without_a_label_among_others_are_predicted_and_not_measured(
    workplace: "Workplace", model: Path
) -> None:
    columns = invented(range(100, 130))
    columns["label"][3] = None
    columns["body"][4] = None
    file = workplace.write_issues("new.parquet", columns)

    outcome = workplace.run("predict", model, "--data", file, "--out", "out.parquet")

    assert outcome.exit_code == 0
    assert "mean F1" in outcome.output
    assert pyarrow.parquet.read_table("out.parquet")["predicted"].null_count == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": ["wish"] * 6}, "row 1: label is 'wish'"),
        ({"repo": ["octo/other"] * 6}, "Row 1 is of 'octo/other', which no model was trained for"),
        ({"title": [None] * 6}, "row 1: title is None"),
        ({"created_at": [None] * 6}, "Row 1 has no opening date"),
        ({"created_at": ["soon"] * 6}, "has an opening date that is none: 'soon'"),
        ({"predicted": ["bug"] * 6}, "has a column 'predicted' already"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(
    workplace: "Workplace", model: Path, change: dict[str, list[Any]], message: str
) -> None:
    file = workplace.write_issues("new.parquet", invented(range(6)) | change)

    outcome = workplace.run("predict", model, "--data", file, "--out", "out.parquet")

    assert isinstance(outcome.exception, InputError)
    assert message in str(outcome.exception)
    assert outcome.exception.hint
    assert not Path("out.parquet").exists()


@pytest.mark.parametrize("missing", ["repo", "title", "body"])
def test_a_missing_column_is_named_with_those_that_are_there(
    workplace: "Workplace", model: Path, without: Without, missing: str
) -> None:
    file = workplace.write_issues("new.parquet", without(invented(range(6)), missing))

    outcome = workplace.run("predict", model, "--data", file)

    assert isinstance(outcome.exception, InputError)
    assert f"has no column '{missing}'" in str(outcome.exception)
    assert "it has" in outcome.exception.hint


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("facts_factor = 0.5", "fact_factor = 0.5", "no setting has this name"),
        ('"question"]', '"bug"]', "a label is named twice"),
        ('label = "none"', "", "names no data"),
        ("[task]", '[task]\ndata = "nowhere.parquet"', "Cannot read nowhere.parquet: no such file"),
        ("[task]", '[task]\ndata = "small.toml"', "Cannot read small.toml"),
        (
            "model = { facts_factor = 0.0, date_factor = 0.0 }",
            "evaluation = { folds = 4 }",
            "Ablation 'words alone' of small changes [task] or [evaluation]",
        ),
        (
            CONFIG[CONFIG.index("words =") : CONFIG.index("[evaluation]")],
            "inverse_regularization = 1.0\n\n",
            "nothing is read",
        ),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(
    workplace: "Workplace", old: str, new: str, message: str
) -> None:
    config = workplace.write_config(CONFIG.replace(old, new))

    outcome = workplace.run("train", config, "--no-track")

    assert isinstance(outcome.exception, InputError)
    assert message in str(outcome.exception)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": ["bug", None] * 3}, "row 2 has no label"),
        ({"label": ["bug", "bug", "feature"] * 2}, r"groups of issues are '\w+', too few"),
        ({name: [] for name in invented(range(0))}, "has no issues"),
    ],
)
def test_issues_that_cannot_be_learned_from_are_refused(
    workplace: "Workplace", change: dict[str, list[Any]], message: str
) -> None:
    file = workplace.write_issues("few.parquet", invented(range(6)) | change)

    outcome = workplace.run("train", workplace.write_config(), "--data", file, "--no-track")

    assert isinstance(outcome.exception, InputError)
    assert re.search(message, str(outcome.exception))


def test_beside_rankings_of_silent_bugs_a_task_is_left_out(workplace: "Workplace") -> None:
    text = 'name = "other"\ndescription = "invented"\nfamily = "majority"\n'
    other = workplace.write_config(text, "other.toml")

    outcome = workplace.run("evaluate", workplace.write_config(), other, "--no-track")

    assert "small.toml has a [task] and is left out" in outcome.output
    assert isinstance(outcome.exception, InputError)  # the study's texts are not here
    assert "task" not in str(outcome.exception)
