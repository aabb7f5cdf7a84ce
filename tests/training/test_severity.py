import pytest

from classifier.severity import MEAN_RATING
from classifier.types import Scenario
from training.dataset import SCENARIOS
from training.label_studies.severity import normalized, render, severity_prior

PRIOR = severity_prior()


def test_every_scenario_has_a_severity_inside_its_interval() -> None:
    assert set(PRIOR) == set(SCENARIOS)
    for estimate in PRIOR.values():
        assert 1.0 <= estimate.low < estimate.value < estimate.high <= 5.0


def test_a_mean_is_the_ratings_own() -> None:
    counts = (3, 5, 17, 22, 56)  # of lost or wrongly loaded models, in the label table
    mean = sum(rating * count for rating, count in enumerate(counts, start=1)) / sum(counts)

    assert PRIOR["saveload"].value == pytest.approx(mean)
    assert max(PRIOR, key=lambda name: PRIOR[name].value) == "saveload"


def test_what_ranks_by_priority_rates_scenarios_as_the_survey_did() -> None:
    assert {name: round(estimate.value, 2) for name, estimate in PRIOR.items()} == MEAN_RATING
    assert tuple(Scenario) == SCENARIOS


def test_the_scale_ends_at_zero_and_one() -> None:
    assert (normalized(1.0), normalized(3.0), normalized(5.0)) == (0.0, 0.5, 1.0)


def test_the_table_begins_with_the_severest() -> None:
    _, _, first, *_, last = render(PRIOR).splitlines()

    assert first.startswith("| saveload | 4.19 (")
    assert last.startswith("| message | 2.50 (")
