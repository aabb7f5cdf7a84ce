"""May the head order the queue? Only if it is better than the model where chance chose the issues.

Both are asked about the audited issues, the head out of fold, and their average precisions are
compared by a paired bootstrap over issues: either sees the same issues in every resample.

Who looks after every few decisions sees a useless head win sooner or later. So there is a look
only once the audited issues are twice as many as at the last one, and all looks together may err
as often as a single one might (Bonferroni). Between looks the last verdict stands.
"""

from collections.abc import Collection, Sequence
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
GROWTH = 2  # so many times the audited issues of the last look, before the next
LOOKS = 8  # from 50 audited issues to 6,400; after them the last verdict stands for good
LEVEL = TAIL / LOOKS  # at either end of a look's interval
RESAMPLES = 4000  # so that there are some dozen beyond that level
CERTAINTY = f"{1 - 2 * LEVEL:.1%}".replace("%", " %")


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the head may order the queue, and why."""

    is_open: bool
    reason: str
    audited_count: int
    average_precision: float | None = None  # the head's, out of fold, on audited issues
    baseline: float | None = None  # the model's on the same
    gain: Estimate | None = None


def is_due(audited_count: int, looked: Collection[int]) -> bool:
    """Whether to look again, after looks at so many audited issues each."""
    if not looked:
        return True
    return len(looked) < LOOKS and audited_count >= GROWTH * max(looked)


def judge(labels: Sequence[Labelled], *, seed: int = 0, resamples: int = RESAMPLES) -> Gate:
    """Compare head and model on the audited of the labels; refuse where they are too few."""
    audited = np.array([label.is_audited for label in labels], dtype=bool)
    truth = np.array([label.is_silent for label in labels], dtype=bool)
    if refused := _too_few(truth[audited]):
        return refused
    model = np.array([label.probability for label in labels])[audited]
    head = out_of_fold(labels, seed=seed)[audited]
    gain = gain_of(truth[audited], head, model, resamples=resamples, seed=seed)
    is_open = is_enough(gain)
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


def is_enough(gain: Estimate) -> bool:
    """Whether a head that is so far ahead may order the queue."""
    return gain.low > 0.0 and gain.value >= MARGIN


def gain_of(
    truth: Booleans, head: Floats, model: Floats, *, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """Of average precision, by which the head is ahead, with the interval of one look."""
    draws = np.concatenate(
        [
            curves.average_precision(descend(truth, head, counts))
            - curves.average_precision(descend(truth, model, counts))
            for counts in draw_resamples(truth, resamples=resamples, seed=seed)
        ]
    )
    low, high = np.quantile(draws, [LEVEL, 1.0 - LEVEL])
    value = average_precision(truth, head) - average_precision(truth, model)
    return Estimate(value, float(low), float(high))


def _reason(head: float, model: float, gain: Estimate, count: int, *, is_open: bool) -> str:
    numbers = (
        f"average precision {head:.2f} against the model's {model:.2f} on {count} audited "
        f"decisions, a difference of {gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f}, "
        f"with {CERTAINTY} certainty)"
    )
    if is_open:
        return f"Used: {numbers}."
    if gain.low > 0.0:
        return f"Not used: {numbers}, is less than {MARGIN}."
    return f"Not used: {numbers}, does not exclude that the model is as good."
