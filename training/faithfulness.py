"""Are the lines that a model quotes as its reasons the ones that matter to it?

The strongest quote is taken out of the issue's own markdown, and the whole path, normalizer
included, scores what is left. If the reasons are faithful, that changes the score more than taking
out as many other words of the issue, neighbours drawn by chance (deletion test; DeYoung et al.,
ERASER, ACL 2020).
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from tqdm import tqdm

from classifier.errors import InputError
from classifier.pipeline import Model, rank_issues
from classifier.types import Issue

FEWEST = 10
"""Issues with a quote that was found in them and as many words beside it."""
RESAMPLES = 2000
CLIPPED = "…"
EDGE = 1e-6

Span = tuple[int, int]  # of the body's characters


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Mean change of the log-odds, either way, with 95 % bootstrap intervals over issues."""

    issues: int
    by_quote: float
    by_rival: float
    difference: float
    low: float  # of the difference
    high: float
    stronger: float  # share of the issues in which the quote mattered more

    @property
    def is_faithful(self) -> bool:
        """Whether quotes matter more than chance, beyond what resampling explains."""
        return self.low > 0.0

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        return (
            f"{self.issues} issues. Without its strongest quote the log-odds of an issue change "
            f"by {self.by_quote:.2f}, without as many other words by {self.by_rival:.2f}: "
            f"{self.difference:.2f} more ({self.low:.2f} to {self.high:.2f}). The quote matters "
            f"more in {self.stronger:.0%} of them."
        )


def faithfulness(issues: Iterable[Issue], model: Model, *, seed: int = 0) -> Faithfulness:
    """Take the strongest quote, then as many other words drawn by chance, out of each issue.

    Raises InputError if too few issues have a quote and as many words beside it.
    """
    random = np.random.default_rng(seed)
    changes = []
    for issue in tqdm(list(issues), desc="taking words out", unit=" issues", disable=None):
        quote = _find_quote(issue, model)
        rival = _draw_rival(issue.body, quote, random) if quote else None
        if quote and rival:
            whole, *rest = _log_odds([issue, _without(issue, quote), _without(issue, rival)], model)
            changes.append([abs(whole - odds) for odds in rest])
    if len(changes) < FEWEST:
        raise InputError(
            f"{len(changes)} issues have a quote and as many other words, fewer than {FEWEST}",
            hint="Give more issues, with bodies.",
        )
    quotes, rivals = np.array(changes).T
    samples = random.integers(0, len(quotes), (RESAMPLES, len(quotes)))
    low, high = np.quantile((quotes - rivals)[samples].mean(axis=1), (0.025, 0.975))
    return Faithfulness(
        issues=len(quotes),
        by_quote=float(quotes.mean()),
        by_rival=float(rivals.mean()),
        difference=float((quotes - rivals).mean()),
        low=float(low),
        high=float(high),
        stronger=float((quotes > rivals).mean()),
    )


def _find_quote(issue: Issue, model: Model) -> Span | None:
    """Where the body has the strongest quote that it has as it is; None if there is none."""
    (entry,) = rank_issues([issue], model, explain=True).entries
    for evidence in entry.evidence:
        words = evidence.text.rstrip(CLIPPED).split()
        if not evidence.is_quote or " ".join(words) in " ".join(issue.title.split()):
            continue
        if found := re.search(r"\s+".join(map(re.escape, words)), issue.body):
            return found.span()
    return None


def _draw_rival(body: str, quote: Span, random: np.random.Generator) -> Span | None:
    """As many neighbouring words as the quote has, none of them its own; None if there are none."""
    start, end = quote
    count = len(body[start:end].split())
    words = [word.span() for word in re.finditer(r"\S+", body)]
    runs = [(words[at][0], words[at + count - 1][1]) for at in range(len(words) - count + 1)]
    others = [run for run in runs if run[1] <= start or run[0] >= end]
    return others[random.integers(len(others))] if others else None


def _without(issue: Issue, span: Span) -> Issue:
    return replace(issue, body=f"{issue.body[: span[0]]} {issue.body[span[1] :]}")


def _log_odds(variants: Sequence[Issue], model: Model) -> list[float]:
    return [
        math.log(likely / (1.0 - likely))
        for variant in variants
        for entry in rank_issues([variant], model).entries
        for likely in [min(max(entry.probability, EDGE), 1.0 - EDGE)]
    ]
