"""What a score is held against: a threshold, a profile, a budget, other issues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from classifier.action.inputs import Settings
from classifier.action.judging import load_judge
from classifier.artifact import active_model
from classifier.errors import InputError
from classifier.percentiles import are_quantiles, model_quantiles
from tests.classifier.action.profiles import write_profile_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(aspect_directory: Path) -> Settings:
    return Settings(model=str(aspect_directory))


def test_without_a_word_the_threshold_is_three_in_ten(settings: Settings) -> None:
    assert load_judge(settings).threshold == 0.3


def test_a_given_threshold_counts_even_if_it_is_zero(settings: Settings) -> None:
    assert load_judge(replace(settings, threshold=0.0)).threshold == 0.0


def test_a_least_confidence_lifts_any_threshold(settings: Settings, tmp_path: Path) -> None:
    write_profile_of(tmp_path / "p.json", threshold=0.4)
    profiled = replace(settings, profile=tmp_path / "p.json", min_confidence=0.5)

    assert load_judge(profiled).threshold == 0.5
    assert load_judge(replace(profiled, min_confidence=0.1)).threshold == 0.4


@pytest.mark.parametrize(
    ("budget", "threshold"), [((1, "week"), 0.9), ((3, "month"), 0.93), ((9, "day"), 0.0)]
)
def test_a_budget_lets_as_many_pass_as_the_profile_says_that_come_in(
    settings: Settings, tmp_path: Path, budget: tuple[int, str], threshold: float
) -> None:
    write_profile_of(tmp_path / "p.json", threshold=0.4)  # ten issues a week
    judge = load_judge(replace(settings, profile=tmp_path / "p.json", budget=budget))

    assert judge.threshold == pytest.approx(threshold)


@pytest.mark.parametrize("changes", [{"quantiles": ()}, {"days": None}])
def test_a_budget_needs_a_profile_that_knows_how_many_come_in(
    settings: Settings, tmp_path: Path, changes: dict[str, object]
) -> None:
    write_profile_of(tmp_path / "p.json", threshold=0.4, **changes)

    with pytest.raises(InputError, match="Input budget") as caught:
        load_judge(replace(settings, profile=tmp_path / "p.json", budget=(1, "week")))
    assert "calibrate" in caught.value.hint


def test_the_active_models_percentiles_are_known_and_those_of_ones_own_are_not() -> None:
    # after a promotion, `silentrank-train percentiles` makes them known
    assert are_quantiles(model_quantiles(active_model()))
    assert model_quantiles("a model of one's own") == ()
