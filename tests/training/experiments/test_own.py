import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier.artifact import verify
from classifier.errors import InputError
from classifier.types import IssueKey
from training.config import DataSettings
from training.own import read_own

from .conftest import is_silent, words_of

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy, Run

Rows = list[dict[str, Any]]


@pytest.fixture
def rows() -> Rows:
    return [
        {"url": f"https://github.com/octo/mine/issues/{number}"}
        | words_of(number, is_wrong=is_silent(number))
        | {"created_at": f"2024-{1 + number % 12:02}-{1 + number % 28:02}T00:00:00Z"}
        for number in range(301, 367)
    ]


@pytest.fixture
def own(rows: Rows, config: Path, tmp_path: Path) -> Path:
    """A folder with issues, labels and a configuration that names both."""
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with (tmp_path / "mine.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["url", "label"])
        for number, row in enumerate(rows, start=301):
            writer.writerow([row["url"], "silent" if is_silent(number) else "not silent"])
    (tmp_path / "mine.toml").write_text(
        config.read_text()
        .partition("[ablations")[0]
        .replace("2020-01-01", "2024-07-01")
        .replace("[targets]", '[data]\nissues = ["mine.jsonl"]\nlabels = "mine.csv"\n\n[targets]')
    )
    return tmp_path


def settings(folder: Path) -> DataSettings:
    return DataSettings(issues=(str(folder / "mine.jsonl"),), labels=folder / "mine.csv")


def test_labelled_issues_come_sorted_with_their_label(own: Path) -> None:
    issues = read_own(settings(own))

    assert [label.issue.key for label in issues] == [
        IssueKey("octo/mine", number) for number in range(301, 367)
    ]
    assert [label.is_silent for label in issues] == [is_silent(n) for n in range(301, 367)]
    assert {label.origin for label in issues} == {"own"}
    assert read_own(DataSettings()) == []


def test_an_issue_without_a_label_is_left_out_and_a_label_without_an_issue_refused(
    own: Path, rows: Rows
) -> None:
    (own / "mine.jsonl").write_text("\n".join(map(json.dumps, [*rows, {"title": "New"}])))
    assert len(read_own(settings(own))) == 66

    (own / "mine.jsonl").write_text("\n".join(map(json.dumps, rows[2:])))
    with pytest.raises(InputError, match=r"2 of 66 labels in .*octo/mine#301"):
        read_own(settings(own))


def test_a_broken_row_is_refused_with_its_place(own: Path) -> None:
    with (own / "mine.jsonl").open("a") as file:
        file.write("\n{\n")

    with pytest.raises(InputError, match=r"mine\.jsonl:67: "):
        read_own(settings(own))


def test_labels_and_issues_need_each_other() -> None:
    with pytest.raises(ValueError, match="issues and labels need each other"):
        DataSettings(labels=Path("mine.csv"))


def test_your_own_labels_alone_train_a_model_that_knows_what_it_was_measured_on(
    run: "Run", own: Path
) -> None:
    outcome = run("train", "mine.toml", "--data", "absent", "--no-track", "--jobs", "1")

    assert outcome.exit_code == 0
    manifest = verify(own / "runs" / "small" / "model")
    assert set(manifest.metrics) == {"cv/silent", "temporal/silent"}
    card = (own / "runs" / "small" / "model" / "CARD.md").read_text()
    assert "66 issues with labels of the model's owners" in card
    assert "any vote" not in card.lower()
    assert "What each ingredient brings" not in card


@pytest.mark.usefixtures("own")
def test_beside_the_study_they_are_tested_by_a_model_of_the_study_too(
    run: "Run", study: "InventedStudy"
) -> None:
    arguments = ("--data", study.hydrated, "--no-track", "--jobs", "1", "--protocol", "transfer")
    outcome = run("evaluate", "mine.toml", *arguments)

    assert outcome.exit_code == 0
    assert "study to your issues" in outcome.output


@pytest.mark.parametrize("retrain", [(), ("--retrain",)])
def test_a_labelled_queue_is_replayed_week_by_week(
    run: "Run",
    own: Path,
    rows: Rows,
    config: Path,
    *,
    study: "InventedStudy",
    retrain: tuple[str, ...],
) -> None:
    labelled = [row | {"silent": is_silent(n)} for n, row in enumerate(rows, start=301)]
    (own / "queue.jsonl").write_text("\n".join(map(json.dumps, labelled)))
    arguments = ("--protocol", "replay", "--issues", "queue.jsonl", "--per-week", "1")

    outcome = run(
        "evaluate", config, *arguments, *retrain, "--data", study.hydrated, "--no-track",
    )  # fmt: skip

    assert outcome.exit_code == 0
    assert "66 issues, 22 of them silent bugs" in outcome.output
    assert "Read 1 a week: expect" in outcome.output
    assert {path.name for path in (own / "runs" / "small" / "replay").iterdir()} == {
        "weeks.parquet",
        "curves.parquet",
        "discovery.parquet",
        "forecasts.parquet",
        "replay_found.png",
        "replay_budgets.png",
        "replay_discovery.png",
    }


def test_the_study_itself_is_replayed_with_a_new_model_each_quarter(
    run: "Run", config: Path, study: "InventedStudy"
) -> None:
    arguments = ("--protocol", "replay", "--data", study.hydrated, "--no-track", "--jobs", "1")

    outcome = run("evaluate", config, *arguments)

    assert outcome.exit_code == 0
    assert "33 issues, 12 of them silent bugs" in outcome.output
