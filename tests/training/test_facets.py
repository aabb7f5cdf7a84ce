"""What else labels tell of the rows to train on."""

from typing import Any

import numpy as np
import pytest

from classifier.types import Issue, IssueKey, Scenario
from training.dataset import KINDS, SCENARIOS, LabeledIssue
from training.facets import IMPACTS, facets_of


def label(**known: Any) -> LabeledIssue:  # noqa: ANN401 - any field
    names = ("is_silent", "votes", "silver_score", "kind", "scenario", "impact")
    return LabeledIssue(
        issue=Issue(IssueKey("octo/grad", 1), "Title"),
        origin="silver",
        **{**dict.fromkeys(names), **known},
    )


NOBODY = np.zeros(1, dtype=bool)


def test_classes_are_one_hot_in_the_order_of_their_names() -> None:
    issues = [
        label(kind=KINDS[0], scenario=SCENARIOS[2], impact=4),
        label(kind=KINDS[-1], scenario=SCENARIOS[0], impact=1),
    ]
    both = np.array([True, False])

    facets = facets_of(issues, is_taught=both, is_judged=~both)

    assert facets.kinds.tolist() == np.eye(len(KINDS))[[0, -1]].tolist()
    assert facets.scenarios.tolist() == np.eye(len(SCENARIOS))[[2, 0]].tolist()
    assert facets.impacts.tolist() == np.eye(len(IMPACTS))[[3, 0]].tolist()
    assert facets.is_taught.tolist() == [True, False]
    assert facets.is_judged.tolist() == [False, True]


@pytest.mark.parametrize("unknown", [{}, {"impact": 0, "kind": "odd", "scenario": "none"}])
def test_a_class_that_is_not_known_is_nan(unknown: dict[str, Any]) -> None:
    facets = facets_of([label(**unknown)], is_taught=NOBODY, is_judged=NOBODY)

    for rows, classes in (
        (facets.kinds, KINDS),
        (facets.scenarios, SCENARIOS),
        (facets.impacts, IMPACTS),
    ):
        assert rows.shape == (1, len(classes))
        assert np.isnan(rows).all()


def test_an_opinion_is_a_teachers_score_as_a_share() -> None:
    issues = [label(silver_score=87.5), label(silver_score=0.0), label(is_silent=True)]
    nobody = np.zeros(3, dtype=bool)

    opinions = facets_of(issues, is_taught=nobody, is_judged=nobody).opinions

    assert opinions[:2].tolist() == [0.875, 0.0]
    assert np.isnan(opinions[2])


def test_no_rows_have_facets_of_no_rows() -> None:
    facets = facets_of([], is_taught=NOBODY[:0], is_judged=NOBODY[:0])

    assert facets.kinds.shape == (0, len(KINDS))
    assert facets.opinions.shape == (0,)


def test_scenarios_are_learned_in_the_order_in_which_they_are_served() -> None:
    assert tuple(Scenario) == SCENARIOS
