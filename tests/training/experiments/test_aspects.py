from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from classifier.errors import InputError
from training.config import Experiment
from training.corpus import Corpus
from training.experiments import Bench
from training.label_studies.aspect_agreement import (
    measure_aspects,
    predict_out_of_fold,
    regression,
    render,
)
from training.label_studies.aspects import ASPECTS, classes_of, fit_aspect
from training.splits import Indices

SAYS = {"calculation": "numeric sums", "saveload": "restored weights", "message": "warning shown"}


@pytest.fixture(scope="module")
def told(corpus: Corpus) -> Corpus:
    """The invented study with a scenario and an impact that the title of silent bugs tells."""
    issues, texts = [], []
    for position, (label, text) in enumerate(zip(corpus.issues, corpus.texts, strict=True)):
        is_silent = bool(label.is_silent) or (label.silver_score or 0) >= 50
        which = position // 3 % len(SAYS)  # every third issue is silent
        name = list(SAYS)[which]
        issues.append(replace(label, scenario=name, impact=which + 1) if is_silent else label)
        title = replace(text.segments[0], text=f"{SAYS[name]} {text.segments[0].text}")
        texts.append(replace(text, segments=(title, *text.segments[1:])) if is_silent else text)
    return replace(corpus, issues=issues, texts=texts)


def silent_rows(corpus: Corpus) -> Indices:
    return corpus.gold[corpus.is_silent[corpus.gold]]


def test_what_titles_tell_is_learned(bench: Bench, experiment: Experiment, told: Corpus) -> None:
    found = measure_aspects(replace(bench, corpus=told), experiment)

    assert [(one.aspect, one.tested_on) for one in found] == [
        (name, tested_on) for name in ASPECTS for tested_on in ("gold", "silver")
    ]
    for one in found[::2]:  # tested on gold
        assert one.issues == len(silent_rows(told))
        assert one.model["accuracy"].low > one.baseline["accuracy"].high


def test_a_model_that_tells_aspects_is_measured_by_its_own_heads(
    bench: Bench, experiment: Experiment, told: Corpus, tiny_base: Path, tiny_encoders: Path
) -> None:
    model = {"base": str(tiny_base), "encoders": tiny_encoders, "minimum_count": 1}
    model |= {"layers": 1, "stage": {"epochs": 1, "averaged_epochs": 1}}
    reading = experiment.model_copy(update={"family": "transformer", "model": model})

    found = measure_aspects(replace(bench, corpus=told), reading)

    assert [(one.aspect, one.tested_on) for one in found] == [
        ("scenario", "gold"),
        ("impact", "gold"),
    ]
    for one in found:
        assert one.issues == len(silent_rows(told))
        assert 0 <= one.model["accuracy"].value <= 1


def test_probabilities_cover_all_classes_and_add_up(told: Corpus) -> None:
    rows = silent_rows(told)
    model = fit_aspect(told, rows, ASPECTS["scenario"], seed=0)

    probabilities = model.probabilities([told.texts[row] for row in rows[:5]])

    assert probabilities.shape == (5, len(ASPECTS["scenario"].classes))
    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    unseen = [name not in SAYS for name in ASPECTS["scenario"].classes]
    assert (probabilities[:, unseen] == 0.0).all()


def test_an_ordered_class_is_the_median_of_its_distribution(told: Corpus) -> None:
    rows = silent_rows(told)
    model = fit_aspect(told, rows, ASPECTS["impact"], seed=0)
    texts = [told.texts[row] for row in rows]

    below = np.cumsum(model.probabilities(texts), axis=1)

    predicted = model.predict(texts)
    assert [int(np.searchsorted(row, 0.5)) for row in below] == predicted.tolist()


def test_classes_that_nobody_named_are_not_learned_from(told: Corpus) -> None:
    aspect = ASPECTS["scenario"]
    unnamed = replace(told, issues=[replace(label, scenario=None) for label in told.issues])

    assert (classes_of(unnamed, aspect) == -1).all()
    with pytest.raises(InputError, match="fewer than two of these"):
        fit_aspect(unnamed, silent_rows(unnamed), aspect, seed=0)


def test_a_near_duplicate_of_a_tested_issue_is_not_trained_on(
    told: Corpus, experiment: Experiment
) -> None:
    aspect, rows = ASPECTS["scenario"], silent_rows(told)
    silver = told.of("silver")
    twin = next(row for row in silver if told.groups[row] in told.groups[rows])
    others = [name for name in SAYS if name != told.issues[twin].scenario]
    lying = list(told.issues)
    lying[twin] = replace(told.issues[twin], scenario=others[0])
    known = np.union1d(rows, silver)
    (tested,) = np.flatnonzero(told.groups[rows] == told.groups[twin])

    honest, lied = (
        predict_out_of_fold(
            corpus, aspect, rows, experiment.evaluation, partial(regression, corpus, known, 0)
        )[0]
        for corpus in (told, replace(told, issues=lying))
    )

    assert honest[:, tested].tolist() == lied[:, tested].tolist()


def test_too_few_issues_with_a_class_say_so(told: Corpus, experiment: Experiment) -> None:
    rows = silent_rows(told)[:2]

    with pytest.raises(InputError, match="2 groups of silent issues with a class of calculation"):
        predict_out_of_fold(
            told,
            ASPECTS["scenario"],
            rows,
            experiment.evaluation,
            partial(regression, told, rows, 0),
        )


def test_the_table_has_a_row_a_measure(bench: Bench, experiment: Experiment, told: Corpus) -> None:
    lines = render(measure_aspects(replace(bench, corpus=told), experiment)).splitlines()

    assert lines[0].startswith("| predicted | tested on |")
    assert len(lines) == 2 + 2 * sum(len(aspect.measures) for aspect in ASPECTS.values())
    assert any(line.startswith("| impact | gold | 22 | quadratic kappa |") for line in lines)
