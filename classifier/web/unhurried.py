"""Scoring that lets everybody else go first."""

from collections.abc import Callable, Sequence

from classifier.scorers import Scorer
from classifier.types import Evidence, NormalizedIssue, Score


class Unhurried:
    """A scorer that looks up before each text, and has done what somebody waits for."""

    def __init__(self, scorer: Scorer, let_others: Callable[[], None]) -> None:
        self._scorer = scorer
        self._let_others = let_others

    @property
    def has_aspects(self) -> bool:
        """As the scorer has it."""
        return self._scorer.has_aspects

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        """Score them one by one, which gives the same scores."""
        scores = []
        for issue in issues:
            self._let_others()
            scores += self._scorer.score([issue])
        return scores

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        """As the scorer tells them."""
        return self._scorer.facts(issue)
