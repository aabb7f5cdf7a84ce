"""Shares, names and days in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.types import Scenario
from classifier.web.wording import (
    in_ten,
    named,
    share,
    spelt_day,
    spelt_impact,
    spelt_scenario,
    spelt_weight,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0 %"), (0.004, "under 1 %"), (0.41, "41 %"), (0.996, "over 99 %"), (1.0, "100 %")],
)
def test_a_share_is_never_rounded_to_none_or_all(value: float, words: str) -> None:
    assert share(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.001, "fewer than 1 in 100"), (0.03, "about 3 in 100"), (0.41, "about 4 in 10")],
)
def test_a_probability_is_a_promise_about_many_issues(value: float, words: str) -> None:
    assert in_ten(value) == words


@given(st.floats(0.0, 1.0))
def test_every_probability_has_words(value: float) -> None:
    assert share(value).endswith("%")
    assert "in 10" in in_ten(value)


def test_an_issue_is_called_by_what_is_known_of_it() -> None:
    assert named("octo/demo", 7) == "octo/demo#7"
    assert named("octo/demo", 0) == "octo/demo"
    assert named("", 0, 12) == "issue 12"


def test_a_day_is_the_same_everywhere() -> None:
    late = datetime(2026, 2, 28, 23, 30, tzinfo=timezone(-timedelta(hours=1)))

    assert spelt_day(late) == spelt_day(late.astimezone(UTC)) == "1 Mar 2026"
    assert spelt_day(date(2024, 2, 11)) == "11 Feb 2024"
    assert spelt_day(None) == ""


def test_scenario_impact_and_weight_are_spelt_out() -> None:
    assert all(spelt_scenario(scenario) for scenario in Scenario)
    assert spelt_scenario(None) == spelt_scenario("x") == ""
    assert spelt_impact(3) == "serious (3 of 4)"
    assert spelt_impact(None) == spelt_impact(9) == ""
    assert spelt_weight(-0.84) == "\N{MINUS SIGN}0.8"
