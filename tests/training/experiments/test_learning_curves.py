from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest

from classifier.errors import InputError
from classifier.metrics import Estimate
from training.config import Experiment
from training.experiments import Bench, evaluate_quietly
from training.label_studies.learning_curve_report import CURVES_FILE, render, run_curves, sentence
from training.label_studies.learning_curves import MEASURED, SHARES, Curve, learning_curves, subset

GAIN = {"average_precision": Estimate(0.01, -0.02, 0.03), "roc_auc": Estimate(0.0, -0.01, 0.01)}


@pytest.fixture(scope="module")
def experiment(experiment: Experiment) -> Experiment:
    """The small experiment, cross-validated once."""
    evaluation = experiment.evaluation.model_copy(update={"repeats": 1})
    return experiment.model_copy(update={"evaluation": evaluation})


@pytest.fixture(scope="module")
def curves(bench: Bench, experiment: Experiment) -> list[Curve]:
    return learning_curves(bench, experiment)


def test_a_smaller_share_is_a_part_of_a_larger_one(bench: Bench) -> None:
    corpus = bench.corpus
    parts = [
        set(subset(corpus, corpus.gold, corpus.is_silent, share=share, seed=3).tolist())
        for share in (0.0, 0.25, 0.5, 1.0)
    ]

    assert parts[0] == set()
    assert parts[1] < parts[2] < parts[3] == set(corpus.gold.tolist())


def test_a_share_has_both_classes_in_proportion_and_whole_groups(bench: Bench) -> None:
    corpus = bench.corpus
    half = subset(corpus, corpus.gold, corpus.is_silent, share=0.5, seed=1)
    rest = np.setdiff1d(corpus.gold, half)

    assert abs(corpus.is_silent[half].mean() - corpus.is_silent[corpus.gold].mean()) < 0.05
    assert not np.isin(corpus.groups[half], corpus.groups[rest]).any()


def test_another_seed_draws_another_part(bench: Bench) -> None:
    corpus = bench.corpus
    one, other = (
        subset(corpus, corpus.gold, corpus.is_silent, share=0.5, seed=seed) for seed in (1, 2)
    )

    assert not np.array_equal(one, other)


def test_all_labels_reach_what_cross_validation_says(
    bench: Bench, experiment: Experiment, curves: list[Curve]
) -> None:
    whole = evaluate_quietly(bench, experiment, "cv").rows["silent"]

    for curve in curves:
        last = curve.points[-1]
        assert last.share == 1.0
        assert {name: last.measures[name] for name in MEASURED} == {
            name: whole[name] for name in MEASURED
        }
        assert set(last.behind.values()) == {Estimate(0.0, 0.0, 0.0)}


def test_curves_grow_labels_of_one_kind(curves: list[Curve]) -> None:
    assert [curve.labels for curve in curves] == ["gold", "silver"]
    for curve in curves:
        counts = [point.count for point in curve.points]
        assert counts == sorted(counts)
        assert {point.share for point in curve.points} <= set(SHARES[curve.labels])
    assert curves[1].points[0].count == 0
    assert curves[0].beside == curves[1].points[-1].count
    assert curves[1].beside == curves[0].points[-1].count


def test_what_a_share_is_behind_is_its_distance_to_all_labels(curves: list[Curve]) -> None:
    for curve in curves:
        last = curve.points[-1].measures
        for point in curve.points:
            for name, behind in point.behind.items():
                assert behind.value == last[name].value - point.measures[name].value


def test_shares_with_too_few_silent_bugs_are_left_out(curves: list[Curve]) -> None:
    shares = [point.share for point in curves[0].points]

    assert shares[-1] == 1.0
    assert 0.1 in SHARES["gold"]
    assert 0.1 not in shares  # a tenth of 15 silent bugs cannot fill two inner folds


def test_too_few_labels_for_a_curve_say_so(bench: Bench, experiment: Experiment) -> None:
    evaluation = experiment.evaluation.model_copy(update={"inner_folds": 12})

    with pytest.raises(InputError, match="22 silent bugs are too few"):
        learning_curves(bench, experiment.model_copy(update={"evaluation": evaluation}))


def test_without_silver_labels_there_is_one_curve(bench: Bench, experiment: Experiment) -> None:
    targets = experiment.targets.model_copy(update={"use_silver": False})

    (only,) = learning_curves(bench, experiment.model_copy(update={"targets": targets}))

    assert (only.labels, only.beside) == ("gold", 0.0)


def test_an_interval_over_nothing_is_said_to_tell_nothing(curves: list[Curve]) -> None:
    unsure = replace(curves[0], gains=GAIN)
    good = {**GAIN, "average_precision": Estimate(0.02, 0.01, 0.03)}
    bad = {**GAIN, "average_precision": Estimate(-0.02, -0.03, -0.01)}

    assert "cannot be told from nothing: AP +.010 (\u2212.020 to +.030)" in sentence(unsure)
    assert "would bring AP +.020 (+.010 to +.030)" in sentence(replace(unsure, gains=good))
    assert "would cost AP \u2212.020" in sentence(replace(unsure, gains=bad))


def test_tables_pictures_and_numbers_are_written(bench: Bench, experiment: Experiment) -> None:
    curves = run_curves(bench, experiment, more=50)
    folder = bench.runs / experiment.name / "curve"

    points = sum(len(curve.points) for curve in curves)
    rows = pyarrow.parquet.read_table(folder / CURVES_FILE).to_pylist()
    assert len(rows) == points * len(MEASURED)
    assert {row["labels"] for row in rows} == {"gold", "silver"}
    for curve in curves:
        picture = (folder / f"learning_curve_{curve.labels}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
    text = render(curves)
    assert text.count("| 100% |") == len(curves)
    assert "next 50 judged issues" in text
