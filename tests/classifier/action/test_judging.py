"""What a score is held against: a threshold, a profile, a budget, other issues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from classifier.action.inputs import Settings
from classifier.action.judging import load_judge
from classifier.artifact import list_models
from classifier.errors import InputError
from classifier.metrics import Estimate
from classifier.percentiles import POINTS, are_quantiles, model_quantiles
from classifier.profile import Profile, write_profile

if TYPE_CHECKING:
    from pathlib import Path

EVEN = tuple(point / 100 for point in POINTS)


def write_profile_of(path: Path, *, threshold: float, **changes: object) -> None:
    """A profile of 100 issues in 70 days, evenly spread, none of them near the threshold."""
    profile = Profile(
        repository="octo/demo",
        model_id="aspects",
        created_at="2026-01-02T03:04:05+00:00",
        criterion="budget 2/week",
        base_rate=Estimate(0.05, 0.03, 0.08),
        log_odds_offset=0.0,
        threshold=threshold,
        band_low=threshold,
        band_high=threshold,
        issue_count=100,
        labelled_count=0,
        silent_count=0,
        passing_count=20,
        expected_real=Estimate(6.5, 2.0, 12.0),
        days=70,
        quantiles=EVEN,
    )
    write_profile(path, replace(profile, **changes))  # type: ignore[arg-type]


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


def test_the_active_model_s_percentiles_are_known() -> None:
    names = {path.name for path in list_models()}

    assert "silentrank-2026" in names
    assert are_quantiles(model_quantiles("silentrank-2026"))
    assert model_quantiles("a model of one's own") == ()
