"""How much a silent bug matters: what developers think of its kind.

A probability says whether an issue is a silent bug, a severity what it would mean. Their product,
``RankedIssue.priority``, is the expected rating if whatever is no silent bug counts for nothing.
"""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

from classifier.types import Aspects, Outlook, Scenario

MEAN_RATING: Mapping[Scenario, float] = MappingProxyType(
    {
        Scenario.CALCULATION: 3.62,
        Scenario.PARAMETER: 3.93,
        Scenario.MESSAGE: 2.50,
        Scenario.SAVELOAD: 4.19,
        Scenario.SHAPE: 3.28,
        Scenario.PERFORMANCE: 3.66,
        Scenario.STRUCTURE: 3.63,
    }
)
"""Mean severity, from 1, lowest, to 5, that 103 developers gave each scenario.

From the survey of Tambon, Nikanjam, An, Khomh and Antoniol, "Silent bugs in deep learning
frameworks: an empirical study of Keras and TensorFlow", Empirical Software Engineering 29 (2024);
its counts are in ``data/labels/survey.csv``. Intervals (95 %) reach .2 to either side, so only the
ends can be told apart.
"""

HALF = 0.5


def outlook_of(aspects: Aspects) -> Outlook:
    """What to expect of a silent bug; of equally likely scenarios the first counts."""
    likeliest, scenario = max(
        zip(aspects.scenario, Scenario, strict=True), key=lambda pair: pair[0]
    )
    return Outlook(scenario, likeliest, _median_level(aspects.impact), expected_severity(aspects))


def expected_severity(aspects: Aspects) -> float:
    """The scenarios' mean ratings, each weighed by its probability: 2.5 to 4.19."""
    return sum(
        probability * MEAN_RATING[scenario]
        for scenario, probability in zip(Scenario, aspects.scenario, strict=True)
    )


def _median_level(impact: tuple[float, ...]) -> int:
    """The first level that, with all below, is at least as likely as not."""
    return bisect_left(list(accumulate(impact)), HALF) + 1
