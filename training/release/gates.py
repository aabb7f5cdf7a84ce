"""What a model must show before it is promoted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from classifier.scorers import Scorer
from classifier.writers.escape import markdown_cell
from training.check_normalizer import CORRELATION_BOUND, FEWEST_PAIRS, check_normalizer
from training.compare import Difference, compare
from training.evaluate import Evaluation, Measured
from training.paired import Predictions
from training.release.reproduce import Reproduction

BETTER_SHARE = 0.9
"""Of paired bootstrap resamples in which a candidate has to be better than the champion."""
CALIBRATION_MARGIN = 0.01
"""By how much its expected calibration error may exceed the champion's."""


class Outcome(StrEnum):
    """What a gate says."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Gate:
    """One requirement: what was measured, what is asked for, and in a sentence what it means."""

    name: str
    value: str
    bound: str
    outcome: Outcome
    sentence: str
    is_required: bool = True  # closed where it cannot be checked

    @property
    def is_open(self) -> bool:
        """Whether a candidate may pass."""
        return self.outcome is Outcome.PASSED or (
            self.outcome is Outcome.UNCHECKED and not self.is_required
        )


def same_data(trained_on: str, measured_on: str) -> Gate:
    """The candidate was trained on the issues that it is judged by now; digests of both."""
    is_same = trained_on == measured_on
    return Gate(
        name="same data",
        value=trained_on[:12],
        bound=f"= {measured_on[:12]}",
        outcome=_outcome(is_passed=is_same),
        sentence="It was trained on the issues and labels that are here now."
        if is_same
        else "It was trained on other issues or labels than those that are here now.",
    )


def reproduced(found: Reproduction) -> Gate:
    """The candidate's weights are what its configuration gives, by the code that measures it."""
    return Gate(
        name="reproduced",
        value=f"differs by {max(quantity.difference for quantity in found.quantities):.1g}",
        bound=f"≤ {found.tolerance:g}",
        outcome=_outcome(is_passed=found.is_exact),
        sentence="Trained again, but for encoders that are kept, it says the same of every gold "
        "issue."
        if found.is_exact
        else "Trained again, it is another model: what is measured is not what would ship.",
    )


def not_reproduced(reason: str) -> Gate:
    """It cannot be trained again."""
    return Gate("reproduced", "unknown", "", Outcome.UNCHECKED, reason)


def better_than_champion(candidate: Evaluation, champion: Predictions) -> list[Gate]:
    """Ranks better and is calibrated no worse, on identical folds."""
    settings = candidate.experiment.evaluation
    comparison = compare(
        _tested(candidate),
        replace(champion, name=f"the champion {champion.name}"),
        resamples=settings.resamples,
        seed=settings.fold_seed,
    )
    ranking = comparison.differences["average_precision"]
    errors = comparison.differences["expected_calibration_error"]
    return [_better(ranking, comparison.sentence), _calibrated(errors)]


def better_than_chance(candidate: Evaluation) -> list[Gate]:
    """For a first model: it ranks better than chance. There is nothing to compare errors with."""
    estimate = candidate.rows["silent"]["average_precision"]
    base_rate = float(_tested(candidate).truth.mean())
    return [
        Gate(
            name="better",
            value=f"AP {estimate.value:.3f}, at least {estimate.low:.3f}",
            bound=f"> {base_rate:.3f}",
            outcome=_outcome(is_passed=estimate.low > base_rate),
            sentence="There is no champion yet: the 95 % interval of its average precision has to "
            "lie above the base rate, which chance reaches.",
        ),
        Gate(
            name="calibrated",
            value=f"ECE {candidate.rows['silent']['expected_calibration_error'].value:.3f}",
            bound="",
            outcome=Outcome.UNCHECKED,
            sentence="There is no champion yet to compare with.",
            is_required=False,
        ),
    ]


def not_comparable(reason: str) -> list[Gate]:
    """The champion cannot be measured, so nobody knows whether the candidate is better."""
    sentence = f"The champion cannot be measured: {reason}."
    bounds = {"better": f"≥ {BETTER_SHARE:.0%}", "calibrated": f"≤ +{CALIBRATION_MARGIN}"}
    return [
        Gate(name, "unknown", bound, Outcome.UNCHECKED, sentence) for name, bound in bounds.items()
    ]


def parity(pairs: Sequence[tuple[str, str, str]], scorer: Scorer) -> Gate:
    """Both renderings of an issue get the same from it; pairs as for ``check_normalizer``."""
    bound = f"≥ {CORRELATION_BOUND}"
    if len(pairs) < FEWEST_PAIRS:
        return Gate(
            name="parity",
            value=f"{len(pairs)} pairs",
            bound=bound,
            outcome=Outcome.UNCHECKED,
            sentence="No issues are known both as markdown and as rendered text.",
            is_required=False,
        )
    report = check_normalizer(pairs, scorer)
    return Gate(
        name="parity",
        value=f"correlation {report.score_correlation:.3f}",
        bound=bound,
        outcome=_outcome(is_passed=report.meets_bounds),
        sentence=f"{report.pair_count} issues as markdown and as rendered text "
        f"{'meet' if report.meets_bounds else 'miss'} the bounds of `check-normalizer`.",
    )


def markdown(gates: Sequence[Gate]) -> str:
    """The gates as a table."""
    lines = ["| gate | value | bound | outcome | meaning |", "|---|---|---|---|---|"]
    for gate in gates:
        cells = (gate.name, gate.value, gate.bound, gate.outcome, gate.sentence)
        lines.append(f"| {' | '.join(map(markdown_cell, cells))} |")
    return "\n".join(lines)


def _better(difference: Difference, sentence: str) -> Gate:
    is_better = difference.value > 0.0 and difference.better_share >= BETTER_SHARE
    return Gate(
        name="better",
        value=f"AP {difference.value:+.3f}, better in {difference.better_share:.0%} of resamples",
        bound=f"> 0 and ≥ {BETTER_SHARE:.0%}",
        outcome=_outcome(is_passed=is_better),
        sentence=sentence,
    )


def _calibrated(difference: Difference) -> Gate:
    is_calibrated = difference.value <= CALIBRATION_MARGIN
    return Gate(
        name="calibrated",
        value=f"ECE {difference.first:.3f} after {difference.second:.3f}",
        bound=f"≤ +{CALIBRATION_MARGIN}",
        outcome=_outcome(is_passed=is_calibrated),
        sentence=f"Its probabilities are {'about as' if is_calibrated else 'less'} honest "
        f"{'as' if is_calibrated else 'than'} the champion's.",
    )


def _tested(evaluation: Evaluation) -> Measured:
    (part,) = evaluation.parts  # of cross-validation
    return part


def _outcome(*, is_passed: bool) -> Outcome:
    return Outcome.PASSED if is_passed else Outcome.FAILED
