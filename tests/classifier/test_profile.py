import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.metrics import Estimate
from classifier.percentiles import POINTS
from classifier.profile import Profile, read_profile, write_profile

PROFILE = Profile(
    repository="octo/demo",
    model_id="words",
    created_at="2026-01-02T03:04:05+00:00",
    criterion="budget 20/week",
    base_rate=Estimate(0.05, 0.03, 0.08),
    log_odds_offset=-0.5,
    threshold=0.25,
    band_low=0.2,
    band_high=0.4,
    issue_count=100,
    labelled_count=0,
    silent_count=0,
    passing_count=20,
    expected_real=Estimate(6.5, 2.0, 12.0),
    days=70,
    quantiles=tuple(point / 100 for point in POINTS),
)
numbers = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    repository=st.text(),
    criterion=st.text(),
    bounds=numbers,
    expected=numbers,
    offset=st.floats(-99, 99),
    days=st.none() | st.integers(1, 10**4),
)
def test_a_profile_comes_back_as_it_was_written(
    tmp_path: Path,
    *,
    repository: str,
    criterion: str,
    bounds: list[float],
    expected: list[float],
    offset: float,
    days: int | None,
) -> None:
    profile = replace(
        PROFILE,
        repository=repository,
        criterion=criterion,
        band_low=bounds[0],
        threshold=bounds[1],
        band_high=bounds[2],
        expected_real=Estimate(expected[1], expected[0], expected[2]),
        log_odds_offset=offset,
        days=days,
    )

    write_profile(tmp_path / "profile.json", profile)

    assert read_profile(tmp_path / "profile.json") == profile


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"threshold": 0.5}, "a threshold within its band"),
        ({"threshold": float("nan")}, "a threshold within its band"),
        ({"band_low": -0.1}, "a threshold within its band"),
        ({"base_rate": {"value": 0.0, "low": 0.0, "high": 0.1}}, "a base rate above 0"),
        ({"log_odds_offset": float("inf")}, "a log_odds_offset"),
        ({"passing_count": 101}, "no more that pass"),
        ({"labelled_count": -1}, "no more that pass"),
        ({"silent_count": 1}, "no more silent bugs than labels"),
        ({"silent_count": -1}, "no more that pass"),
        ({"issue_count": True}, "whole counts"),
        ({"expected_real": {"value": 1.0, "low": 2.0, "high": 3.0}}, "expected_real"),
        ({"days": 0}, "days, or null"),
        ({"quantiles": [0.5] * 3}, "rising quantiles"),
        ({"quantiles": [*PROFILE.quantiles[1:], 0.0]}, "rising quantiles"),
        ({"quantiles": ["much"]}, "is no profile: ValueError"),
        ({"format_version": 2}, "its format is 2, not 1"),
        ({"model_id": 7}, "model_id is no text"),
        ({"threshold": "0.25"}, "is no profile: TypeError"),
        ({"base_rate": 0.05}, "is no profile: TypeError"),
        ({"more": 1}, "is no profile: TypeError"),
    ],
)
def test_what_could_not_be_meant_is_refused_with_a_next_step(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    path = tmp_path / "profile.json"
    write_profile(path, PROFILE)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(InputError) as caught:
        read_profile(path)
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.hint == "Run `silentrank calibrate` again."


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"null", b"\xff", b"[" * 10**5])
def test_what_is_no_profile_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "profile.json"
    path.write_bytes(content)

    with pytest.raises(InputError, match="is no profile"):
        read_profile(path)


def test_a_profile_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_profile(tmp_path / "absent.json")


def test_an_older_profile_that_keeps_no_quantiles_is_read(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    write_profile(path, PROFILE)
    older = json.loads(path.read_text())
    del older["quantiles"]
    path.write_text(json.dumps(older))

    assert read_profile(path) == replace(PROFILE, quantiles=())


def test_a_profile_counts_by_the_week_and_shifts_to_its_repository() -> None:
    assert PROFILE.passing_a_week == 2.0
    assert replace(PROFILE, days=None).passing_a_week is None
    assert PROFILE.shifted(np.array([0.5])) == pytest.approx([1 / (1 + np.exp(0.5))])
    assert [PROFILE.is_near(p) for p in (0.19, 0.2, 0.3, 0.41)] == [False, True, True, False]
