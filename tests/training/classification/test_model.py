from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier.artifact import MANIFEST, read_manifest
from classifier.errors import ArtifactError, InputError
from classifier.pipeline import load
from tests.training.classification.conftest import CONFIG, invented
from training.classification.cross_validation import cross_validate, splits_of
from training.classification.model import fit_task
from training.classification.settings import TaskExperiment, read_task
from training.classification.store import NUMBERS, TASK_FILE, load_model, write_model
from training.classification.table import Issues, read_training_issues

if TYPE_CHECKING:
    from tests.training.classification.conftest import Workplace

EMBEDDING = """
embeddings = [{{ base = "{base}", tokens = 32 }}]
cache = "embeddings.sqlite"
facts_factor"""


def written(model_of: tuple[TaskExperiment, Issues], directory: Path) -> Path:
    experiment, issues = model_of
    fitted = fit_task(experiment, issues)
    write_model(directory, fitted, experiment, data_digest=issues.digest, metrics={})
    return directory


def test_a_model_learns_its_repository_alone(experiment: TaskExperiment, issues: Issues) -> None:
    model = fit_task(experiment, issues)

    assert list(model.groups) == ["octo/grad", "octo/plot"]
    predicted = model.probabilities(issues, experiment.model).argmax(axis=1)
    assert (predicted == issues.classes).mean() > 0.95


def test_without_a_column_for_groups_there_is_one_model(
    workplace: "Workplace", issues_file: Path
) -> None:
    experiment = read_task(workplace.write_config(CONFIG.replace('group_column = "repo"', "")))

    model = fit_task(experiment, read_training_issues(issues_file, experiment.task))

    assert list(model.groups) == [""]


def test_what_is_written_says_the_same_when_it_is_read(
    experiment: TaskExperiment, issues: Issues, tmp_path: Path
) -> None:
    before = fit_task(experiment, issues).probabilities(issues, experiment.model)

    model, settings = load_model(written((experiment, issues), tmp_path / "model"))

    after = model.probabilities(issues, settings.model)
    assert np.array_equal(before, after)
    assert after.sum(axis=1) == pytest.approx(1.0)
    assert settings == experiment.model_copy(update={"ablations": {}})


def test_one_issue_is_told_the_same_whoever_is_beside_it(
    experiment: TaskExperiment, issues: Issues, workplace: "Workplace"
) -> None:
    model = fit_task(experiment, issues)
    alone = workplace.write_issues("one.parquet", invented(range(5, 6)))

    (found,) = model.probabilities(read_training_issues(alone, experiment.task), experiment.model)

    assert found == pytest.approx(model.probabilities(issues, experiment.model)[5], abs=1e-12)


def test_two_of_three_labels_are_enough_and_the_third_is_never_told(
    experiment: TaskExperiment, workplace: "Workplace"
) -> None:
    columns = invented(range(72))
    rows = [row for row, label in enumerate(columns["label"]) if label != "feature"]
    file = workplace.write_issues(
        "two.parquet", {name: [cells[row] for row in rows] for name, cells in columns.items()}
    )
    issues = read_training_issues(file, experiment.task)

    found = fit_task(experiment, issues).probabilities(issues, experiment.model)

    assert found[:, 1].max() < 1e-6
    assert (found.argmax(axis=1) == issues.classes).mean() > 0.95


def test_a_repository_with_one_label_alone_is_refused(
    experiment: TaskExperiment, workplace: "Workplace"
) -> None:
    columns = invented(range(12)) | {"label": ["bug"] * 12}
    issues = read_training_issues(workplace.write_issues("b.parquet", columns), experiment.task)

    with pytest.raises(InputError, match="All 6 issues of octo/grad to train on are 'bug'"):
        fit_task(experiment, issues)


def test_a_sentence_embedding_is_read_and_a_changed_base_model_is_refused(
    workplace: "Workplace", issues_file: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CONFIG.replace("facts_factor", EMBEDDING.format(base=tiny_base), 1)
    experiment = read_task(workplace.write_config(config))
    issues = read_training_issues(issues_file, experiment.task)
    directory = written((experiment, issues), workplace.folder / "model")

    model, settings = load_model(directory)

    assert model.probabilities(issues, settings.model).shape == (72, 3)
    monkeypatch.setattr("training.classification.store.weights_digest", lambda _: "other")
    with pytest.raises(ArtifactError, match="is not the one that small was trained on"):
        load_model(directory)


def test_normalized_text_has_no_headings_of_templates(
    workplace: "Workplace", issues_file: Path
) -> None:
    terms = {}
    for text in ("raw", "normalized"):
        config = CONFIG.replace("facts_factor", f'text = "{text}"\nfacts_factor', 1)
        experiment = read_task(workplace.write_config(config))
        model = fit_task(experiment, read_training_issues(issues_file, experiment.task))
        terms[text] = set(model.groups["octo/grad"].features.words[1].terms)

    assert "describe" in terms["raw"]
    assert terms["normalized"] < terms["raw"]
    assert "describe" not in terms["normalized"]


def test_near_duplicates_are_never_on_both_sides(
    experiment: TaskExperiment, workplace: "Workplace"
) -> None:
    columns = invented(range(72))
    body = " ".join(f"word{number}" for number in range(60))
    for row in (0, 12, 24):
        columns["title"][row], columns["body"][row] = "The same", body
    issues = read_training_issues(workplace.write_issues("d.parquet", columns), experiment.task)

    splits = splits_of(issues, experiment.task.labels, experiment.evaluation)

    assert len(splits) == 2 * 3 * 2
    for split in splits:
        assert sum(row in split.test for row in (0, 12, 24)) in {0, 3}
        assert len(set(issues.groups[split.test])) == 1
        assert not set(split.test) & set(split.train)


def test_every_issue_is_tested_once_in_every_repeat(
    experiment: TaskExperiment, issues: Issues
) -> None:
    splits = splits_of(issues, experiment.task.labels, experiment.evaluation)

    found = cross_validate(experiment, issues, splits, title="small")

    assert found.probabilities.shape == (2, 72, 3)
    assert not np.isnan(found.probabilities).any()
    assert list(found.rows) == ["octo/grad", "octo/plot", "mean"]
    assert found.rows["mean"]["mean"].value > 0.8


def test_a_damaged_model_and_another_kind_of_model_are_refused(
    experiment: TaskExperiment, issues: Issues, tmp_path: Path
) -> None:
    directory = written((experiment, issues), tmp_path / "model")
    assert set(read_manifest(directory).files) == {NUMBERS, TASK_FILE}
    with pytest.raises(ArtifactError, match="needs scorer 'classification'"):
        load(directory)
    (directory / NUMBERS).write_bytes(b"")
    with pytest.raises(ArtifactError, match=r"numbers.npz does not match its checksum"):
        load_model(directory)
    (directory / MANIFEST).unlink()
    with pytest.raises(ArtifactError, match="No model in"):
        load_model(directory)
