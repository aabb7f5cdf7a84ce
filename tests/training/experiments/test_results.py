import dataclasses
import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier.artifact import Manifest, read_manifest
from classifier.errors import InputError
from classifier.metrics import MEASURES, RANKING_MEASURES, Estimate
from training import provenance as provenance_module
from training import results as results_module
from training.card import ablation_rows, main_rows, render_card
from training.config import Experiment
from training.corpus import Corpus
from training.evaluate import FoldResult, run_folds, summarize
from training.experiments import zero_shot_reference
from training.labels import ZeroShotScore
from training.plots import PLOTS, draw_plots
from training.provenance import code_digest, provenance
from training.results import (
    HEADINGS,
    RESULTS_FILE,
    Results,
    fingerprint,
    markdown_table,
    read_results,
    table,
    write_results,
)

if TYPE_CHECKING:
    from tests.training.experiments.conftest import Evaluated, InventedStudy, Trained


def shown(number: float) -> str:
    return f"{number:.3f}".removeprefix("0")


def test_every_measure_has_a_heading() -> None:
    assert list(HEADINGS) == list(MEASURES)
    assert set(RANKING_MEASURES) == set(MEASURES) - {"brier", "expected_calibration_error"}


def test_results_come_back_as_they_were_written(evaluated: "Evaluated", tmp_path: Path) -> None:
    path = write_results(evaluated.results, tmp_path / "new" / "folder")

    assert path.name == RESULTS_FILE
    assert read_results(path.parent) == evaluated.results


@pytest.mark.parametrize(
    "content", [None, b"", b"[]", b"{}", b"\xff", b'{"rows": []}', b'{"rows": {"a": {"b": {}}}}']
)
def test_results_that_cannot_be_read_are_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / RESULTS_FILE).write_bytes(content)

    assert read_results(tmp_path) is None


def test_a_fingerprint_stays_as_long_as_nothing_changed(
    evaluated: "Evaluated", experiment: Experiment, corpus: Corpus
) -> None:
    again = Experiment.model_validate(experiment.model_dump())

    assert fingerprint(again, corpus) == evaluated.results.fingerprint


@pytest.mark.parametrize(
    "change",
    [{"seed": 8}, {"model": {}}, {"ablations": {}}, {"targets": {"use_votes": False}}],
    ids=str,
)
def test_a_fingerprint_changes_with_the_settings(
    experiment: Experiment, corpus: Corpus, change: dict[str, object]
) -> None:
    other = Experiment.model_validate(experiment.model_dump() | change)

    assert fingerprint(other, corpus) != fingerprint(experiment, corpus)


def test_a_fingerprint_changes_with_the_data(experiment: Experiment, corpus: Corpus) -> None:
    other = dataclasses.replace(corpus, digest="0" * 64)

    assert fingerprint(experiment, other) != fingerprint(experiment, corpus)


def test_a_fingerprint_changes_with_the_code(
    experiment: Experiment, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(experiment, corpus)
    monkeypatch.setattr(results_module, "code_digest", lambda: "0" * 64)

    assert fingerprint(experiment, corpus) != before


def test_the_digest_of_the_code_follows_what_is_measured_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance_module, "CODE", tmp_path)
    for name in ("classifier/metrics.py", "classifier/writers/table.py", "training/card.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("old")
    before = code_digest()

    (tmp_path / "classifier/writers/table.py").write_text("new")
    (tmp_path / "training/card.py").write_text("new")
    assert code_digest() == before

    (tmp_path / "classifier/metrics.py").write_text("new")
    assert code_digest() != before


def test_provenance_has_a_word_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(provenance().values())

    monkeypatch.setenv("PATH", "")  # no git
    off_checkout = provenance()

    assert off_checkout["git_commit"] == off_checkout["git_dirty"] == "unknown"


def test_a_cell_shows_value_and_interval() -> None:
    rows = {"mine": {"roc_auc": Estimate(0.5, 0.25, 1.0)}, "other": {}}

    headings, cells = table(rows)

    assert headings == ["", *HEADINGS.values()]
    assert cells[0] == ["mine", "", ".500 (.250–1.000)", *[""] * 7]  # noqa: RUF001 - a dash
    assert markdown_table(rows).splitlines()[1] == f"|{' --- |' * 10}"


def test_the_card_holds_every_number_that_was_measured(
    trained: "Trained", evaluated: "Evaluated"
) -> None:
    card = (trained.model / "CARD.md").read_text(encoding="utf-8")
    results = evaluated.results

    for row in results.rows.values():
        for estimate in row.values():
            cell = f"{shown(estimate.value)} ({shown(estimate.low)}–{shown(estimate.high)})"  # noqa: RUF001 - a dash
            assert cell in card
    for said, observed, count in results.reliability:
        assert f"| {count:.0f} | {said:.3f} | {observed:.3f} |" in card
    manifest = read_manifest(trained.model)
    for number in (manifest.calibration.a, manifest.calibration.b, manifest.calibration.c):
        assert f"= {number:.3f}" in card
    assert manifest.data_digest in card
    assert "$5 and 100 %" in card  # the description's own
    assert f"{results.counts['gold']} issues" in card
    assert "Base rate of silent bugs: 0.333" in card


def test_a_card_leaves_no_place_unfilled(evaluated: "Evaluated", trained: "Trained") -> None:
    manifest: Manifest = read_manifest(trained.model)

    card = render_card(manifest, evaluated.results)

    assert "${" not in card
    assert "$" not in card.replace("costs $5", "")
    for path in trained.model.glob("*.png"):
        if path.name.startswith("cv-"):
            assert f"]({path.name})" in card


def test_tables_name_their_rows_for_people(evaluated: "Evaluated") -> None:
    results = evaluated.results

    assert list(main_rows(results)) == [
        "cross-validation",
        "later issues",
        "cross-validation, any vote",
        "later issues, any vote",
        "large language model, zero-shot",
    ]
    *ablations, whole = ablation_rows(results).items()
    assert whole[1] == results.rows["cv/silent"]
    assert ablations == [("title only", results.rows["ablation/title only"])]


def test_the_reference_is_measured_by_order_alone(
    corpus: Corpus,
    experiment: Experiment,
    study: "InventedStudy",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("training.labels.labels_directory", lambda: study.labels)

    reference = zero_shot_reference(corpus, experiment)

    assert tuple(reference) == RANKING_MEASURES
    assert reference["roc_auc"].value == 1.0  # 60 and more for the silent ones


def test_an_issue_without_a_reference_score_is_named(
    corpus: Corpus, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [ZeroShotScore("octo/grad", number, 1.0, 1) for number in range(2, 67)]
    monkeypatch.setattr("training.experiments.read_table", lambda _: rows)

    with pytest.raises(InputError, match=r"1 of 66 issues .*octo/grad#1"):
        zero_shot_reference(corpus, experiment)


def test_plots_are_pictures_and_drawing_twice_gives_the_same(
    corpus: Corpus, experiment: Experiment, tmp_path: Path
) -> None:
    results: list[FoldResult] = list(run_folds(corpus, experiment, "time"))
    evaluation = summarize(corpus, experiment, "time", results)

    first = draw_plots(evaluation, tmp_path / "first")
    second = draw_plots(evaluation, tmp_path / "second")

    assert [path.stem for path in first] == list(PLOTS)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes().startswith(b"\x89PNG")
        assert one.read_bytes() == other.read_bytes()


def test_reliability_is_a_row_for_each_tenth(evaluated: "Evaluated") -> None:
    rows = np.array(evaluated.results.reliability)

    assert rows.shape == (10, 3)
    assert rows[:, 2].sum() == 66
    assert (np.diff(rows[:, 0]) >= 0).all()


def test_results_are_plain_json(evaluated: "Evaluated") -> None:
    content = json.loads((evaluated.directory / RESULTS_FILE).read_text())

    assert set(content) == {f.name for f in fields(Results)}
    assert content["counts"] == {
        "gold": 66,
        "silver": 30,
        "cv_tested": 66,
        "cv_silent": 22,
        "time_tested": 33,
        "time_silent": 12,
    }
