"""Profiles of an invented repository."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from classifier.metrics import Estimate
from classifier.percentiles import POINTS
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
