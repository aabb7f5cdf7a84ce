"""What is known of one repository: its base rate, and from where on its issues are worth reading.

``silentrank calibrate`` writes it, ``--profile`` reads it: plain JSON that may be read, committed
and, within what makes sense, changed by hand.
"""

import json
from dataclasses import asdict, dataclass, fields
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError
from classifier.files import replace_file
from classifier.metrics import Estimate
from classifier.percentiles import are_quantiles
from classifier.prior_shift import WIDEST_OFFSET, add_offset

FORMAT_VERSION = 1
AGAIN = "Run `silentrank calibrate` again."
ESTIMATES = ("base_rate", "expected_real")


@dataclass(frozen=True, slots=True)
class Profile:
    """One repository under one model; probabilities are for the repository's base rate."""

    repository: str  # "" where the issues did not say
    model_id: str
    created_at: str  # ISO 8601, UTC
    criterion: str  # such as "budget 20/week"
    base_rate: Estimate  # share of silent bugs, 95 % interval
    log_odds_offset: float  # added to the model's log-odds
    threshold: float
    band_low: float  # the band around the threshold in which resamples had theirs
    band_high: float
    issue_count: int
    labelled_count: int  # 0: the base rate was estimated from the model's probabilities alone
    silent_count: int  # of those with a label
    passing_count: int
    expected_real: Estimate  # silent bugs among those that passed, 95 % interval
    days: int | None  # that the issues were opened in; None if some have no date
    quantiles: tuple[float, ...] = ()  # of the shifted probabilities, at percentiles.POINTS
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        """Refuse what could not be meant."""
        rate, expected = self.base_rate, self.expected_real
        counts = (self.passing_count, self.issue_count, self.labelled_count, self.silent_count)
        does_fit = {
            "a threshold within its band, from 0 to 1": (
                0 <= self.band_low <= self.threshold <= self.band_high <= 1
            ),
            "a base rate above 0 and below 1": 0 < rate.low <= rate.value <= rate.high < 1,
            "a log_odds_offset that a number can hold": abs(self.log_odds_offset) <= WIDEST_OFFSET,
            "whole counts": all(type(count) is int for count in counts),
            "no more that pass, or have labels, than issues": (
                min(counts) >= 0 and max(counts) == self.issue_count
            ),
            "no more silent bugs than labels": self.silent_count <= self.labelled_count,
            "expected_real from 0 on": 0 <= expected.low <= expected.value <= expected.high < inf,
            "days, or null": self.days is None or (type(self.days) is int and self.days > 0),
            "rising quantiles, or none": not self.quantiles or are_quantiles(self.quantiles),
        }
        if missing := [what for what, holds in does_fit.items() if not holds]:
            raise InputError(f"A profile needs {missing[0]}", hint=AGAIN)

    @property
    def passing_a_week(self) -> float | None:
        """Issues that passed in a week; None where dates are unknown."""
        return None if self.days is None else 7.0 * self.passing_count / self.days

    def shifted(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """A model's probabilities, of any shape, as they are in this repository."""
        return add_offset(probabilities, self.log_odds_offset)

    def is_near(self, probability: float) -> bool:
        """Whether a shifted probability lies in the band around the threshold."""
        return self.band_low <= probability <= self.band_high


def write_profile(path: Path, profile: Profile) -> None:
    """Write a profile, whole or not at all."""
    content = json.dumps(asdict(profile), indent=2, ensure_ascii=False)
    replace_file(path, f"{content}\n".encode())


def read_profile(path: Path) -> Profile:
    """Read a profile. Raises InputError if there is none, or none that makes sense."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"Cannot read {path}: {reason}", hint="`silentrank calibrate` writes profiles."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no profile, but damaged JSON: {error}", hint=AGAIN) from error
    try:
        return _profile(content)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} is no profile: {error!r}", hint=AGAIN) from error
    except InputError as error:
        raise InputError(f"{path} is damaged: {error}", hint=error.hint) from error


def _profile(content: Any) -> Profile:  # noqa: ANN401 - decoded JSON
    if content["format_version"] != FORMAT_VERSION:
        raise InputError(
            f"its format is {content['format_version']!r}, not {FORMAT_VERSION}", hint=AGAIN
        )
    texts = {field.name for field in fields(Profile) if field.type is str}
    if wrong := sorted(name for name in texts if not isinstance(content[name], str)):
        raise InputError(f"{wrong[0]} is no text", hint=AGAIN)
    estimates = {name: Estimate(**content[name]) for name in ESTIMATES}
    quantiles = tuple(map(float, content.get("quantiles", ())))
    return Profile(**content | estimates | {"quantiles": quantiles})
