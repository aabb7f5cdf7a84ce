"""The family ``keyword``: rules that a maintainer would write by hand, before any model.

Weights are log-odds, set by reading the definition of a silent bug, not by fitting. Patterns
are more than terms, and the linear scorer knows no other: nothing serves these rules yet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from classifier.calibration import probability_of
from classifier.scorers.features import texts_of
from classifier.types import NormalizedIssue
from training.config import Settings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rule:
    """What an issue may say, and the log-odds that it adds, once, if it does."""

    words: str  # a regular expression between word boundaries; case does not matter
    weight: float


RULES = (
    Rule(r"silent(?:ly)?", 2.0),
    Rule(r"(?:no|without(?: any| an)?) (?:error|warning|exception)s?(?: messages?)?", 1.5),
    Rule(r"wrong(?:ly)?|incorrect(?:ly)?|inaccurate|erroneous(?:ly)?", 1.0),
    Rule(r"inconsisten(?:t|tly|cy)|mismatch(?:es)?|discrepanc(?:y|ies)", 1.0),
    Rule(r"(?:different|unexpected|strange) (?:results?|values?|outputs?|behaviou?rs?)", 1.0),
    Rule(r"differs?|not (?:the same|equal)|(?:does|do|did)(?: not|n['\u2019]t) match", 0.5),
    Rule(r"ignor(?:es|ed|ing)|ha(?:s|ve) no effect|not respected", 1.0),
    Rule(
        r"(?:not|never|\w+n['\u2019]t) (?:being )?(?:updated?|applied|restored?|saved?|used)", 1.0
    ),
    Rule(r"expected (?:results?|values?|outputs?|behaviou?r)|should (?:be|return|have)", 0.5),
    Rule(r"accuracy|loss|gradients?|metrics?|weights?", 0.25),
    Rule(r"traceback|exceptions?|[a-z]+error|raises?|throws?", -1.0),
    Rule(r"crash(?:es|ed|ing)?|seg(?:mentation )?faults?|core dump(?:ed)?|abort(?:s|ed)?", -1.5),
    Rule(r"hangs?|stuck|deadlock|freezes?|out of memory|oom|memory leak", -1.5),
    Rule(r"install(?:ing|ation)?|build(?:ing)?|compil(?:e|ing|ation)|dll|bazel|pip", -1.5),
    Rule(r"feature request|add support|support for|would be (?:nice|great|useful)", -1.5),
    Rule(r"documentation|docs?|docstring|tutorial|typo|broken link", -1.0),
    Rule(r"how (?:to|do|can|should)|is it possible|is there (?:a|any) way", -1.0),
)
ERROR_WEIGHT = -1.5
"""Log-odds of an issue that has an error or a traceback in it."""


class KeywordSettings(Settings):
    """How much more a title says than the description below it."""

    title_factor: float = Field(default=2.0, gt=0.0)
    """What a rule's weight is multiplied by if the title fulfils it."""


@dataclass(frozen=True, slots=True)
class KeywordModel:
    """Bench only: the rules, and how frequent silent bugs were in training."""

    title_factor: float
    base_log_odds: float

    def predict(self, issues: Sequence[NormalizedIssue]) -> Floats:
        """Raw probabilities: (issues,)."""
        columns = texts_of(issues)
        rows = zip(columns["title"], columns["prose"], columns["error"], strict=True)
        return probability_of(np.array([self._log_odds(*texts) for texts in rows]))

    def _log_odds(self, title: str, prose: str, error: str) -> float:
        total = self.base_log_odds + (ERROR_WEIGHT if error else 0.0)
        for pattern, weight in _PATTERNS:
            if pattern.search(title):
                total += self.title_factor * weight
            elif pattern.search(prose):
                total += weight
        return total


_PATTERNS = [(re.compile(rf"\b(?:{rule.words})\b", re.IGNORECASE), rule.weight) for rule in RULES]


def fit(
    settings: KeywordSettings,
    texts: Sequence[NormalizedIssue],  # noqa: ARG001 - a family's signature
    targets: Floats,
    weights: Floats,
    *,
    seed: int,  # noqa: ARG001
) -> list[KeywordModel]:
    """One model for each row of ``targets``, which they only shift: issues keep their order."""
    models = []
    for row in targets:
        # an issue more of each kind, so that the odds are finite
        silent = 1.0 + float(weights @ row)
        other = 1.0 + float(weights @ (1.0 - row))
        models.append(KeywordModel(settings.title_factor, float(np.log(silent / other))))
    return models
