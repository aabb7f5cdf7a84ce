"""What each family makes of what it was told."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier.errors import InputError
from classifier.normalize import normalize
from classifier.types import Issue, IssueKey, NormalizedIssue

if TYPE_CHECKING:
    from tests.training.families.conftest import Lesson, Tools

TRACEBACK = "```\nTraceback (most recent call last):\nValueError: odd shape\n```"
TEXT_FAMILIES = ("tfidf-lr", "tfidf-svm", "tfidf-nb", "tfidf-gbm")


def normalized(title: str, body: str = "", number: int = 1) -> NormalizedIssue:
    return normalize(Issue(IssueKey("octo/grad", number), title, body))


def test_the_majority_is_the_weighted_mean_of_the_targets(lesson: "Lesson", tools: "Tools") -> None:
    hard, soft = tools.fit("majority", lesson)

    silent = lesson.weights[::3].sum() / lesson.weights.sum()
    assert hard.predict(lesson.asked) == pytest.approx(silent)
    assert soft.predict(lesson.asked) == pytest.approx(0.9 * silent + 0.2 * (1 - silent))


def test_chance_depends_on_the_key_and_the_seed_alone(lesson: "Lesson", tools: "Tools") -> None:
    model, other = tools.fit("random", lesson)
    (seeded, _) = tools.fit("random", lesson, seed=4)
    issues = [normalized("Same title", number=number) for number in range(1, 2001)]
    retitled = [normalized("Another title", number=number) for number in range(1, 2001)]

    raw = model.predict(issues)

    assert np.array_equal(raw, model.predict(retitled))
    assert np.array_equal(raw, other.predict(issues))
    assert abs(np.corrcoef(raw, seeded.predict(issues))[0, 1]) < 0.1
    assert np.histogram(raw, bins=4, range=(0, 1))[0] == pytest.approx(500, abs=75)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (normalized("Silently wrong loss"), normalized("Wrong loss")),
        (normalized("Wrong loss"), normalized("Odd", "The loss is wrong.")),
        (normalized("Odd", "It is wrong."), normalized("Odd", "It is right.")),
        (normalized("No error is shown"), normalized("Something is shown")),
        (normalized("Odd"), normalized("Odd", TRACEBACK)),
        (normalized("Odd"), normalized("It crashes")),
        (normalized("Odd"), normalized("Cannot install from pip")),
        (normalized("Odd"), normalized("Feature request: more layers")),
        (normalized("Mask isn\u2019t applied"), normalized("Mask is applied")),
    ],
)
def test_keywords_weigh_as_a_maintainer_would(
    more: NormalizedIssue, less: NormalizedIssue, lesson: "Lesson", tools: "Tools"
) -> None:
    for model in tools.fit("keyword", lesson):
        above, below = model.predict([more, less])
        assert above > below


def test_labels_shift_keywords_and_leave_their_order(lesson: "Lesson", tools: "Tools") -> None:
    frequent, rare = (
        tools.fit("keyword", replace(lesson, targets=np.full((1, 36), share)))[0]
        for share in (0.5, 0.01)
    )

    high, low = frequent.predict(lesson.asked), rare.predict(lesson.asked)

    assert (high > low).all()
    assert np.array_equal(np.argsort(high, kind="stable"), np.argsort(low, kind="stable"))


@pytest.mark.parametrize("name", [*TEXT_FAMILIES, "embedding-lr", "knn", "transformer"])
def test_a_softer_target_lowers_the_score(name: str, lesson: "Lesson", tools: "Tools") -> None:
    hard = np.where(lesson.targets[0] > 0.0, 1.0, 0.0)
    told = replace(lesson, targets=np.stack([hard, 0.5 * hard]), weights=np.ones(36))

    sure, unsure = tools.fit(name, told)

    assert unsure.predict(lesson.asked)[::3].mean() < sure.predict(lesson.asked)[::3].mean()


@pytest.mark.parametrize("name", [*TEXT_FAMILIES, "embedding-lr", "knn", "transformer"])
def test_a_heavier_row_counts_for_more(name: str, tools: "Tools", lesson: "Lesson") -> None:
    """The same issues are told as silent and as not: the heavier verdict wins."""
    twice = [*lesson.texts, *lesson.texts]
    targets = np.repeat([1.0, 0.0], 36).reshape(1, -1)
    scores = []
    for weights in (np.repeat([3.0, 1.0], 36), np.repeat([1.0, 3.0], 36)):
        family, settings = tools.find(name)
        (model,) = family.fit(settings, twice, targets, weights, seed=3)
        scores.append(model.predict(lesson.asked).mean())

    assert scores[0] > 0.5 > scores[1]


@pytest.mark.parametrize("name", TEXT_FAMILIES)
def test_a_text_that_all_issues_lack_is_left_out(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    only_titles = [
        normalized(issue.segments[0].text, number=issue.key.number) for issue in lesson.texts
    ]
    told = replace(lesson, texts=only_titles)
    title, prose = ({"column": column, "minimum_count": 1} for column in ("title", "prose"))

    both = tools.fit(name, told, texts=[prose, title])
    alone = tools.fit(name, told, texts=[title])

    for model, other in zip(both, alone, strict=True):
        assert np.array_equal(model.predict(lesson.asked), other.predict(lesson.asked))


@pytest.mark.parametrize("name", TEXT_FAMILIES)
def test_issues_without_any_of_the_texts_are_refused(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    texts = [{"column": "code"}, {"column": "code", "analyzer": "word pairs"}]

    with pytest.raises(InputError, match="enough in the 36 issues to train on: 'code' in 2"):
        tools.fit(name, lesson, texts=texts)


@pytest.mark.parametrize("name", TEXT_FAMILIES)
def test_a_text_without_a_frequent_term_is_left_out_and_refused_where_it_is_the_only_one(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    title = {"column": "title", "minimum_count": 1}
    rare = {"column": "prose", "minimum_count": 100}

    both, alone = (tools.fit(name, lesson, texts=texts) for texts in ([title, rare], [title]))

    for model, other in zip(both, alone, strict=True):
        assert np.array_equal(model.predict(lesson.asked), other.predict(lesson.asked))
    with pytest.raises(InputError, match="'prose' in 100") as error:
        tools.fit(name, lesson, texts=[rare])
    assert "minimum_count" in error.value.hint


def test_a_fact_that_never_varied_does_no_harm(lesson: "Lesson", tools: "Tools") -> None:
    calm = [normalized(f"Title {number}", number=number) for number in range(36)]
    told = replace(lesson, texts=calm)
    quiet, loud = normalized("Title 3"), normalized("Title 3", TRACEBACK)

    for model in tools.fit("tfidf-lr", told, facts_factor=1.0):
        before, after = model.predict([quiet, loud])
        assert np.isfinite([before, after]).all()
        assert after == pytest.approx(before, abs=1e-3)


@pytest.mark.parametrize("name", ["tfidf-nb", "tfidf-svm"])
def test_what_texts_cannot_tell_is_scored_as_uncertain(
    name: str, lesson: "Lesson", tools: "Tools"
) -> None:
    """Margins of machines that saw the rows would say that these labels can be known."""
    drawn = np.random.default_rng(1).random((1, 36)) < 0.5
    (model,) = tools.fit(name, replace(lesson, targets=drawn.astype(np.float64)))

    raw = model.predict(lesson.texts)

    assert raw.min() > 0.1
    assert raw.max() < 0.9


def test_trees_find_what_no_sum_can_tell(tools: "Tools") -> None:
    """Silent are those with one of two words, not those with both or none."""
    bodies = ["mask", "axis", "mask axis", "other"]
    texts = [normalized("Title", f"{bodies[n % 4]} word", number=n) for n in range(80)]
    targets = np.array([[float(n % 4 < 2) for n in range(80)]])
    scores = {}
    for name, extra in [("tfidf-gbm", {"trees": 30, "minimum_leaf": 2}), ("tfidf-lr", {})]:
        family, settings = tools.find(
            name, texts=[{"column": "prose", "minimum_count": 1}], **extra
        )
        (model,) = family.fit(settings, texts, targets, np.ones(80), seed=3)
        scores[name] = model.predict(texts[:4])

    assert scores["tfidf-gbm"][:2].min() > 0.8
    assert scores["tfidf-gbm"][2:].max() < 0.2
