import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.severity import MEAN_RATING, expected_severity, outlook_of
from classifier.types import Aspects, IssueKey, RankedIssue, Scenario

LEVELS = (0.1, 0.2, 0.3, 0.4)


def spread(size: int) -> st.SearchStrategy[tuple[float, ...]]:
    """Probabilities of ``size`` classes."""
    shares = st.lists(st.floats(0.01, 1.0), min_size=size, max_size=size)
    return shares.map(lambda parts: tuple(part / sum(parts) for part in parts))


def sure_of(scenario: Scenario) -> Aspects:
    return Aspects(tuple(float(name is scenario) for name in Scenario), LEVELS)


@pytest.mark.parametrize("scenario", Scenario)
def test_a_bug_surely_of_one_scenario_is_as_severe_as_developers_rate_it(
    scenario: Scenario,
) -> None:
    outlook = outlook_of(sure_of(scenario))

    assert (outlook.scenario, outlook.scenario_probability) == (scenario, 1.0)
    assert outlook.severity == MEAN_RATING[scenario]


def test_scenarios_weigh_as_they_are_likely() -> None:
    even = Aspects((0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0), LEVELS)

    assert expected_severity(even) == pytest.approx((2.50 + 4.19) / 2)
    assert outlook_of(even).scenario is Scenario.MESSAGE  # of equally likely ones the first


@given(scenario=spread(7), impact=spread(4))
def test_what_is_expected_lies_on_its_scale(
    scenario: tuple[float, ...], impact: tuple[float, ...]
) -> None:
    outlook = outlook_of(Aspects(scenario, impact))

    assert outlook.scenario_probability == max(scenario)
    assert 2.5 - 1e-9 <= outlook.severity <= 4.19 + 1e-9
    assert outlook.impact in {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("impact", "median"),
    [
        ((1.0, 0.0, 0.0, 0.0), 1),
        ((0.4, 0.2, 0.1, 0.3), 2),  # mild is the likeliest, and more than mild likelier still
        ((0.25, 0.25, 0.25, 0.25), 2),
        ((0.0, 0.4, 0.2, 0.4), 3),
        ((0.0, 0.0, 0.0, 1.0), 4),
    ],
)
def test_the_impact_is_the_median_level(impact: tuple[float, ...], median: int) -> None:
    aspects = Aspects(sure_of(Scenario.SHAPE).scenario, impact)

    assert outlook_of(aspects).impact == median


@given(probability=st.floats(0.0, 1.0), scenario=spread(7))
def test_priority_is_probability_times_severity(
    probability: float, scenario: tuple[float, ...]
) -> None:
    aspects = Aspects(scenario, LEVELS)
    issue = RankedIssue(1, IssueKey(), "t", "", probability, outlook=outlook_of(aspects))

    assert issue.priority == probability * expected_severity(aspects)
    assert 0.0 <= issue.priority < 5.0


def test_nothing_has_a_priority_where_no_scenario_is_known() -> None:
    assert RankedIssue(1, IssueKey(), "t", "", 0.5).priority is None
