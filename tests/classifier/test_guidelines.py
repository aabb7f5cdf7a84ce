"""What each kind of silent bug is, and what to check first."""

import pytest

from classifier.guidelines import GUIDELINES, IMPACTS, UNCLEAR
from classifier.types import Scenario


@pytest.mark.parametrize("scenario", Scenario)
def test_each_kind_is_named_and_defined_in_one_line(scenario: Scenario) -> None:
    guideline = GUIDELINES[scenario]

    assert guideline.name
    assert guideline.definition.endswith(".")
    assert len(guideline.definition) <= 100
    assert "\n" not in guideline.definition


def test_no_two_kinds_share_a_name_or_a_definition() -> None:
    guidelines = (*GUIDELINES.values(), UNCLEAR)

    assert len({guideline.name for guideline in guidelines}) == len(guidelines)
    assert len({guideline.definition for guideline in guidelines}) == len(guidelines)


def test_the_four_levels_of_impact_have_names() -> None:
    assert list(IMPACTS) == [1, 2, 3, 4]
