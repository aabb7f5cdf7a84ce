"""Is one model better than another? In numbers and in one plain sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from classifier.metrics import MEASURES, draw_resamples, measure_resamples
from training.corpus import Floats
from training.figures import between, short
from training.paired import (
    EQUAL,
    SIGNIFICANCE,
    FoldTest,
    Predictions,
    check_paired,
    resampled_t_test,
)

LEAST_P_VALUE = 0.01  # smaller ones are not told apart
LOWER_IS_BETTER = frozenset({"brier", "expected_calibration_error"})


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one measure, the first model's value minus the second's."""

    first: float
    second: float
    value: float
    low: float  # of the 95 % percentile interval
    high: float
    better_share: float  # of the resamples, 0 to 1: the first is better; equal ones count half


class Verdict(StrEnum):
    """How the first model fares against the second."""

    WIN = "win"
    DRAW = "draw"
    LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first model against the second, by average precision where one word is asked for."""

    first: str
    second: str
    positives: int  # silent bugs that both were tested on
    differences: Mapping[str, Difference]  # by measure
    fold_test: FoldTest | None  # None where folds allow no test

    @property
    def verdict(self) -> Verdict:
        """Win or loss where the bootstrap interval of the difference excludes 0."""
        return _verdict(self.differences["average_precision"])

    @property
    def sentence(self) -> str:
        """The verdict in plain words, with the numbers that it rests on."""
        difference = self.differences["average_precision"]
        start = {
            Verdict.WIN: f"{self.first} beats {self.second}",
            Verdict.LOSS: f"{self.first} loses to {self.second}",
            Verdict.DRAW: f"No difference that {self.positives} silent bugs can show: "
            f"{self.first} against {self.second}",
        }[self.verdict]
        return f"{start}: AP {between(difference)}{self._what_folds_say()}."

    def _what_folds_say(self) -> str:
        if self.fold_test is None:
            return "; the folds allow no t-test"
        p_value = self.fold_test.p_value
        said = "p < .01" if p_value < LEAST_P_VALUE else f"p = {short(p_value, 2)}"
        shown = _verdict(self.fold_test)
        if shown is self.verdict:
            return f", {said}"
        better = {Verdict.WIN: f"{self.first} ahead", Verdict.LOSS: f"{self.second} ahead"}
        return f"; the t-test over folds shows {better.get(shown, 'no difference')} ({said})"


def compare(
    first: Predictions, second: Predictions, *, resamples: int = 1000, seed: int = 0
) -> Comparison:
    """Difference of every measure, by a paired bootstrap over issues, and the test over folds.

    A resample draws the same issues for both models and in all repeats. Raises InputError unless
    both were measured on identical issues and folds.
    """
    check_paired(first, second)
    return Comparison(
        first=first.name,
        second=second.name,
        positives=int(first.truth.sum()),
        differences=_bootstrap(first, second, resamples, seed),
        fold_test=resampled_t_test(first, second),
    )


def columns(comparison: Comparison) -> dict[str, list[str] | list[float]]:
    """The differences as columns, a row a measure."""
    rows = comparison.differences
    names = ("first", "second", "value", "low", "high", "better_share")
    numbers = {name: [float(getattr(row, name)) for row in rows.values()] for name in names}
    return {"measure": list(rows), **numbers}


def _verdict(interval: Difference | FoldTest) -> Verdict:
    if interval.low > 0.0:
        return Verdict.WIN
    return Verdict.LOSS if interval.high < 0.0 else Verdict.DRAW


def _bootstrap(
    first: Predictions, second: Predictions, resamples: int, seed: int
) -> Mapping[str, Difference]:
    # first, as this refuses what cannot be measured
    values = {name: (_mean(name, first), _mean(name, second)) for name in MEASURES}
    blocks = [
        [measure_resamples(first.truth, model.probabilities, counts) for model in (first, second)]
        for counts in draw_resamples(first.truth, first.folds >= 0, resamples=resamples, seed=seed)
    ]
    return MappingProxyType(
        {
            name: _difference(
                name, *pair, np.concatenate([one[name] - other[name] for one, other in blocks])
            )
            for name, pair in values.items()
        }
    )


def _mean(name: str, model: Predictions) -> float:
    repeats = zip(model.probabilities, model.folds >= 0, strict=True)
    return float(np.mean([MEASURES[name](model.truth[at], row[at]) for row, at in repeats]))


def _difference(name: str, first: float, second: float, draws: Floats) -> Difference:
    draws = np.where(np.abs(draws) <= EQUAL, 0.0, draws)
    low, high = np.quantile(draws, [SIGNIFICANCE / 2, 1 - SIGNIFICANCE / 2])
    gains = -draws if name in LOWER_IS_BETTER else draws
    better = float(np.mean(gains > 0.0) + np.mean(gains == 0.0) / 2)
    return Difference(first, second, first - second, float(low), float(high), better)
