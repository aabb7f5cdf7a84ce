"""How severe developers find each scenario of a silent bug: a prior for what is read first.

Of the study's survey: 103 developers rated each scenario's severity from 1, lowest, to 5. A prior
ranks kinds of bugs, not bugs: ratings of one scenario differ more than the scenarios' means.
"""

from collections.abc import Mapping
from math import sqrt
from pathlib import Path
from types import MappingProxyType

import numpy as np

from classifier.errors import InputError
from classifier.metrics import Estimate
from training.labels import Scenario, SurveyRating, read_table

RATINGS = np.arange(1, 6)
NORMAL_95 = 1.96


def severity_prior(labels: Path | None = None) -> Mapping[Scenario, Estimate]:
    """Mean severity of each scenario, 1 to 5, with a 95 % normal interval.

    Raises InputError if a scenario was rated fewer than twice.
    """
    rows = [row for row in read_table(SurveyRating, labels) if row.question == "severity"]
    return MappingProxyType({row.scenario: _mean_rating(row) for row in rows})


def normalized(severity: float) -> float:
    """A severity from 1 to 5 as a share, 0 to 1: 0 if everyone rated it 1."""
    return float((severity - RATINGS[0]) / (RATINGS[-1] - RATINGS[0]))


def render(prior: Mapping[Scenario, Estimate]) -> str:
    """A markdown table, the severest first."""
    falling = sorted(prior.items(), key=lambda item: -item[1].value)
    rows = [
        f"| {name} | {e.value:.2f} ({e.low:.2f}\u2013{e.high:.2f}) | {normalized(e.value):.2f} |"
        for name, e in falling
    ]
    return "\n".join(["| scenario | severity, 1 to 5 | normalized |", "|---|---|---|", *rows])


def _mean_rating(row: SurveyRating) -> Estimate:
    counts = np.array([row.rated_1, row.rated_2, row.rated_3, row.rated_4, row.rated_5])
    raters = int(counts.sum())
    if raters < 2:  # noqa: PLR2004 - a spread needs two
        raise InputError(
            f"{row.scenario!r} was rated {raters} times",
            hint="Run `silentrank-train labels extract` again.",
        )
    mean = float(counts @ RATINGS / raters)
    variance = float(counts @ (RATINGS - mean) ** 2 / (raters - 1))
    margin = NORMAL_95 * sqrt(variance / raters)
    return Estimate(mean, mean - margin, mean + margin)
