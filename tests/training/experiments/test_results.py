from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet
import pytest

from classifier.artifact import Manifest, read_manifest
from classifier.metrics import MEASURES, RANKING_MEASURES, Estimate
from training.card import ablation_rows, main_rows, render_card
from training.compare import compare
from training.config import Experiment
from training.corpus import Corpus
from training.evaluate import Evaluation
from training.experiments import Bench, evaluate_quietly, references
from training.figures import short
from training.labels import ZeroShotScore
from training.plots import PLOTS, draw_plots
from training.predictions import (
    METRICS_FILE,
    PREDICTIONS_FILE,
    read_metrics,
    read_predictions,
    write_tables,
)
from training.protocols import PROTOCOLS, Protocol
from training.provenance import provenance
from training.results import HEADINGS, Results, markdown_table, table

if TYPE_CHECKING:
    from tests.training.experiments.conftest import Trained


@pytest.fixture(scope="module")
def evaluations(bench: Bench, experiment: Experiment) -> Mapping[Protocol, Evaluation]:
    return {protocol: evaluate_quietly(bench, experiment, protocol) for protocol in PROTOCOLS}


def test_every_measure_has_a_heading() -> None:
    assert list(HEADINGS) == list(MEASURES)
    assert set(RANKING_MEASURES) == set(MEASURES) - {"brier", "expected_calibration_error"}


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
    trained: "Trained", results: Results
) -> None:
    card = (trained.model / "CARD.md").read_text(encoding="utf-8")

    for row in results.rows.values():
        for estimate in row.values():
            cell = f"{short(estimate.value)} ({short(estimate.low)}–{short(estimate.high)})"  # noqa: RUF001 - a dash
            assert cell in card
    for said, observed, count in results.reliability:
        assert f"| {count:.0f} | {said:.3f} | {observed:.3f} |" in card
    manifest = read_manifest(trained.model)
    for number in (manifest.calibration.a, manifest.calibration.b, manifest.calibration.c):
        assert f"= {number:.3f}" in card
    assert manifest.data_digest in card
    assert manifest.metrics == results.rows
    assert "$5 and 100 %" in card  # the description's own
    assert "66 issues" in card
    assert "Base rate of silent bugs: 0.333" in card


def test_a_card_says_who_else_taught_the_model(results: Results, trained: "Trained") -> None:
    manifest = read_manifest(trained.model)
    results = replace(results, counts={**results.counts, "distilled": 321})
    uses = {**manifest.config["targets"], "use_titles": True, "use_distilled": True}

    told = render_card(replace(manifest, config={**manifest.config, "targets": uses}), results)

    assert "**Titles**: issues of PyTorch" in told
    assert "**Distilled**: 321 issues that nobody judged" in told
    assert "Distilled" not in render_card(manifest, results)


def test_a_card_leaves_no_place_unfilled(results: Results, trained: "Trained") -> None:
    manifest: Manifest = read_manifest(trained.model)

    card = render_card(manifest, results)

    assert "${" not in card
    assert "$" not in card.replace("costs $5", "")
    for path in trained.model.glob("*.png"):
        if path.name.startswith("cv-"):
            assert f"]({path.name})" in card


def test_tables_name_their_rows_for_people(results: Results) -> None:
    assert list(main_rows(results)) == [
        "cross-validation: silent bugs",
        "cross-validation: any vote",
        "later quarters: silent bugs",
        "later quarters: any vote",
        "transfer: study to PyTorch titles",
        "transfer: PyTorch titles to study",
        "transfer: PyTorch titles to later ones",
        "transfer: silver of other repositories",
        "large language model, zero-shot",
    ]
    *ablations, whole = ablation_rows(results).items()
    assert whole[1] == results.rows["cv/silent"]
    assert ablations == [("title only", results.rows["ablation/title only"])]
    assert results.counts == {
        "silver": 30,
        "distilled": 0,
        "cv_tested": 66,
        "cv_silent": 22,
        "temporal_tested": 33,
        "temporal_silent": 12,
        "transfer_tested": 90,
        "transfer_silent": 30,
    }


def test_the_reference_is_measured_by_order_alone(results: Results) -> None:
    reference = results.rows["reference/large language model, zero-shot"]

    assert tuple(reference) == RANKING_MEASURES
    assert reference["roc_auc"].value == 1.0  # 60 and more for the silent ones


def test_where_one_issue_has_no_reference_score_there_is_no_reference(
    corpus: Corpus, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [ZeroShotScore("octo/grad", number, 1.0 * number, 1) for number in range(1, 67)]
    for known, count in ((rows, 1), (rows[1:], 0)):
        monkeypatch.setattr("training.experiments.read_table", lambda _, known=known: known)

        assert len(references(corpus, experiment)) == count


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plots_are_pictures_and_drawing_twice_gives_the_same(
    evaluations: Mapping[Protocol, Evaluation], protocol: Protocol, tmp_path: Path
) -> None:
    first = draw_plots(evaluations[protocol], tmp_path / "first")
    second = draw_plots(evaluations[protocol], tmp_path / "second")

    assert [path.stem for path in first] == list(PLOTS)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes().startswith(b"\x89PNG")
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_numbers_behind_the_plots_are_parquet(
    evaluations: Mapping[Protocol, Evaluation], protocol: Protocol, tmp_path: Path
) -> None:
    evaluation = evaluations[protocol]
    write_tables(evaluation, tmp_path)

    rows = pyarrow.parquet.read_table(tmp_path / PREDICTIONS_FILE).to_pylist()

    assert len(rows) == sum(part.probabilities.size for part in evaluation.parts)
    for part in evaluation.parts:
        of_part = [row for row in rows if row["part"] == part.part]
        assert [row["probability"] for row in of_part] == part.probabilities.ravel().tolist()
        assert [row["fold"] for row in of_part] == part.folds.ravel().tolist()
        assert {(row["number"], row["is_relevant"]) for row in of_part} == {
            (key.number, bool(truth)) for key, truth in zip(part.keys, part.truth, strict=True)
        }
    assert read_metrics(tmp_path / METRICS_FILE) == evaluation.rows
    read = read_predictions(tmp_path / PREDICTIONS_FILE, "small")
    for part in evaluation.parts:
        assert compare(read[part.part], part, resamples=100).differences["roc_auc"].value == 0.0


def test_reliability_is_a_row_for_each_tenth(results: Results) -> None:
    rows = np.array(results.reliability)

    assert rows.shape == (10, 3)
    assert rows[:, 2].sum() == 66
    assert (np.diff(rows[:, 0]) >= 0).all()
