"""What labels tell beside silent or not, as soft targets for a network's heads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.dataset import KINDS, SCENARIOS, LabeledIssue

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

IMPACTS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Facets:
    """Of the rows to train on: which teach how to read, and what else is known of them.

    Classes are one-hot rows, NaN where they are not known.
    """

    is_taught: Booleans  # (rows,) a network learns from it: nobody is tested or calibrated on it
    is_judged: Booleans  # (rows,) a linear head learns from it
    opinions: Floats  # (rows,) a teacher's score, 0 to 1, NaN where people judged
    verdicts: Floats  # (rows,) what people judged: 1 silent, 0 not, NaN where they did not
    kinds: Floats  # (rows, kinds)
    scenarios: Floats  # (rows, scenarios)
    impacts: Floats  # (rows, impacts)

    @property
    def likelihoods(self) -> Floats:
        """How likely a silent bug by whoever judged, person or teacher: (rows,), 0 to 1."""
        return np.where(np.isnan(self.opinions), self.verdicts, self.opinions)


def facets_of(
    issues: Sequence[LabeledIssue], *, is_taught: Booleans, is_judged: Booleans
) -> Facets:
    """The facets of these rows."""
    return Facets(
        is_taught=is_taught,
        is_judged=is_judged,
        opinions=np.array(
            [np.nan if label.silver_score is None else label.silver_score / 100 for label in issues]
        ),
        verdicts=np.array(
            [np.nan if label.is_silent is None else float(label.is_silent) for label in issues]
        ),
        kinds=_one_hot([label.kind for label in issues], KINDS),
        scenarios=_one_hot([label.scenario for label in issues], SCENARIOS),
        impacts=_one_hot([label.impact for label in issues], IMPACTS),
    )


def _one_hot(values: Sequence[object], classes: Sequence[object]) -> Floats:
    rows = np.full((len(values), len(classes)), np.nan)
    for row, value in enumerate(values):
        if value in classes:
            rows[row] = [float(value == name) for name in classes]
    return rows
