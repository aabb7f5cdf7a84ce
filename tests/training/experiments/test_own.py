import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier import load, rank_issues
from classifier.artifact import Manifest, active_model, verify
from classifier.errors import InputError
from classifier.types import IssueKey
from training.config import DataSettings, EvaluationSettings
from training.corpus import load_corpus
from training.experiments import Bench
from training.own import read_own
from training.protocols import cross_validation
from training.released import score_as_released

from .conftest import is_silent, words_of

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy, Run, Trained

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


def answered(manifest: Manifest) -> set[str]:
    """What was measured, slices of it apart."""
    return {name for name in manifest.metrics if not name.startswith("slice/")}


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
    assert answered(manifest) == {"cv/silent", "temporal/silent"}
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


def test_an_issue_of_yours_that_the_study_knows_too_is_never_learned_from_where_it_is_tested(
    own: Path, study: "InventedStudy", rows: Rows
) -> None:
    renamed = [
        row | {"url": f"https://github.com/octo/grad/issues/{number}"}
        for number, row in enumerate(rows, start=1)
    ]
    (own / "mine.jsonl").write_text("\n".join(map(json.dumps, renamed)))
    (own / "mine.csv").write_text(
        "url,label\n" + "".join(f"{row['url']},{n % 3 == 0}\n" for n, row in enumerate(renamed, 1))
    )
    corpus = load_corpus(study.hydrated, labels=study.labels, own=read_own(settings(own)))
    (part,) = cross_validation(corpus, EvaluationSettings(folds=3, repeats=1))

    keys = [label.issue.key for label in corpus.issues]
    for split in part.splits:
        learned = {keys[row] for row in (*split.train, *split.extra)}
        assert not learned & {keys[row] for row in split.test}


def test_a_released_model_is_asked_as_it_is_and_not_about_what_it_learned_from(
    trained: "Trained", bench: Bench, own: Path, study: "InventedStudy"
) -> None:
    model = load(trained.model)
    corpus = load_corpus(study.hydrated, labels=study.labels, own=read_own(settings(own)))

    scores = score_as_released(model, corpus, corpus.gold)

    ranking = rank_issues([corpus.issues[row].issue for row in corpus.gold], model)
    assert sorted(scores) == sorted(entry.probability for entry in ranking.entries)
    with pytest.raises(InputError, match="small was trained on these issues"):
        score_as_released(model, bench.corpus, bench.corpus.gold)


def test_a_queue_with_undated_issues_is_refused(
    run: "Run", own: Path, rows: Rows, config: Path, study: "InventedStudy"
) -> None:
    labelled = [row | {"silent": is_silent(n)} for n, row in enumerate(rows, start=301)]
    labelled[5].pop("created_at")
    (own / "queue.jsonl").write_text("\n".join(map(json.dumps, labelled)))
    arguments = ("--protocol", "replay", "--issues", "jsonl:queue.jsonl", "--no-track")

    for more in ((), ("--retrain",)):
        outcome = run("evaluate", config, *arguments, *more, "--data", study.hydrated)
        assert outcome.exit_code == 1
        assert "1 of 66 issues" in outcome.errors.splitlines()[-2]


def test_where_issues_have_no_dates_cross_validation_is_left(
    run: "Run", own: Path, rows: Rows
) -> None:
    for row in rows:
        row.pop("created_at")
    (own / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))

    outcome = run("train", "mine.toml", "--data", "absent", "--no-track", "--jobs", "1")

    assert outcome.exit_code == 0
    assert answered(verify(own / "runs" / "small" / "model")) == {"cv/silent"}


def test_a_queue_is_replayed_by_the_active_model_as_it_is_without_any_other_text(
    run: "Run", own: Path, config: Path
) -> None:
    arguments = ("--protocol", "replay", "--issues", "mine.jsonl", "--labels", "mine.csv")

    outcome = run("evaluate", config, *arguments, "--released", "--data", "absent", "--no-track")

    assert outcome.exit_code == 0
    assert outcome.output.startswith(f"{active_model()} as it is\n")
    assert not (own / "runs" / "folds").exists()  # nothing was trained


@pytest.mark.usefixtures("own")
def test_what_is_carried_over_is_read_later(run: "Run", config: Path) -> None:
    arguments = ("--protocol", "replay", "--issues", "mine.jsonl", "--labels", "mine.csv")
    more = ("--released", "--per-week", "1", "--data", "absent", "--no-track")

    left, carried = (
        run("evaluate", config, *arguments, *more, *option) for option in ((), ("--carry-over",))
    )

    assert "what is left is never read" in " ".join(left.output.split())
    assert "what is left stays in the queue" in " ".join(carried.output.split())


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    "options", [("--per-week", "3"), ("--retrain",), ("--carry-over",), ("--released",)]
)
def test_options_of_a_replay_are_refused_elsewhere(
    run: "Run", config: Path, options: tuple[str, ...]
) -> None:
    outcome = run("evaluate", config, *options)

    assert outcome.exit_code == 2
    assert "--protocol replay" in outcome.errors


@pytest.mark.usefixtures("own")
def test_a_leak_in_ones_own_issues_ends_with_exit_code_1(run: "Run", own: Path, rows: Rows) -> None:
    for number, row in enumerate(rows, start=301):
        row["created_at"] = "2024-09-01T00:00:00Z" if is_silent(number) else "2024-02-01T00:00:00Z"
    (own / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    arguments = ("--protocol", "leakage", "--data", "absent", "--no-track", "--jobs", "1")

    outcome = run("evaluate", "mine.toml", *arguments)

    assert outcome.exit_code == 1
    (line,) = (line for line in outcome.output.splitlines() if "opening date alone" in line)
    assert "FAILED" in line
    assert (own / "runs" / "small" / "leakage" / "checks.parquet").is_file()
