"""May the head order the queue? Only if it is better than the model where chance chose the issues.

Both are asked about the audited issues, the head out of fold, and their average precisions are
compared by a paired bootstrap over issues: either sees the same issues in every resample.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier import curves
from classifier.curves import descend
from classifier.metrics import Estimate, average_precision, draw_resamples
from classifier.web.statistics.estimates import TAIL, Booleans, Floats
from classifier.web.statistics.head import Labelled, out_of_fold

LEAST_AUDITED = 50
LEAST_OF_KIND = 10
"""Audited issues of either kind: with fewer, average precision jumps with every one of them."""
MARGIN = 0.01
"""What the head must gain, beside an interval above 0: less is not worth a queue that moves."""
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the head may order the queue, and why."""

    is_open: bool
    reason: str
    audited_count: int
    average_precision: float | None = None  # the head's, out of fold, on audited issues
    baseline: float | None = None  # the model's on the same
    gain: Estimate | None = None


def judge(labels: Sequence[Labelled], *, seed: int = 0, resamples: int = RESAMPLES) -> Gate:
    """Compare head and model on the audited of the labels; refuse where they are too few."""
    audited = np.array([label.is_audited for label in labels], dtype=bool)
    truth = np.array([label.is_silent for label in labels], dtype=bool)
    if refused := _too_few(truth[audited]):
        return refused
    model = np.array([label.probability for label in labels])[audited]
    head = out_of_fold(labels, seed=seed)[audited]
    gain = _gain(truth[audited], head, model, resamples, seed)
    is_open = gain.low > 0.0 and gain.value >= MARGIN
    reached, baseline = (average_precision(truth[audited], said) for said in (head, model))
    return Gate(
        is_open=is_open,
        reason=_reason(reached, baseline, gain, len(model), is_open=is_open),
        audited_count=len(model),
        average_precision=reached,
        baseline=baseline,
        gain=gain,
    )


def _too_few(truth: Booleans) -> Gate | None:
    silent, others = int(truth.sum()), int((~truth).sum())
    if len(truth) >= LEAST_AUDITED and min(silent, others) >= LEAST_OF_KIND:
        return None
    reason = (
        f"Not used: {len(truth)} audited decisions, {silent} of them silent, are too few to tell "
        f"whether it is better than the model; {LEAST_AUDITED} are needed, {LEAST_OF_KIND} of "
        "either kind."
    )
    return Gate(is_open=False, reason=reason, audited_count=len(truth))


def _gain(truth: Booleans, head: Floats, model: Floats, resamples: int, seed: int) -> Estimate:
    """Of average precision, by which the head is ahead."""
    draws = np.concatenate(
        [
            curves.average_precision(descend(truth, head, counts))
            - curves.average_precision(descend(truth, model, counts))
            for counts in draw_resamples(truth, resamples=resamples, seed=seed)
        ]
    )
    low, high = np.quantile(draws, [TAIL, 1.0 - TAIL])
    value = average_precision(truth, head) - average_precision(truth, model)
    return Estimate(value, float(low), float(high))


def _reason(head: float, model: float, gain: Estimate, count: int, *, is_open: bool) -> str:
    numbers = (
        f"average precision {head:.2f} against the model's {model:.2f} on {count} audited "
        f"decisions, a difference of {gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})"
    )
    if is_open:
        return f"Used: {numbers}."
    if gain.low > 0.0:
        return f"Not used: {numbers}, is less than {MARGIN}."
    return f"Not used: {numbers}, does not exclude that the model is as good."
