"""Are the lines that a model quotes as its reasons the ones that matter to it?

The strongest quote is taken out of the issue's own markdown, and the whole path, normalizer
included, scores what is left. If the reasons are faithful, that changes the score more than taking
out another line of the issue, drawn by chance (deletion test; DeYoung et al., ERASER, ACL 2020).
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
"""Issues with a quote that was found in them and other lines beside it."""
RESAMPLES = 2000
CLIPPED = "…"
EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Mean change of the log-odds, either way, with 95 % bootstrap intervals over issues."""

    issues: int
    by_quote: float
    by_line: float
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
            f"by {self.by_quote:.2f}, without another line by {self.by_line:.2f}: "
            f"{self.difference:.2f} more ({self.low:.2f} to {self.high:.2f}). The quote matters "
            f"more in {self.stronger:.0%} of them."
        )


def faithfulness(issues: Iterable[Issue], model: Model, *, seed: int = 0) -> Faithfulness:
    """Take the strongest quote, then a random line, out of each issue.

    Raises InputError if too few issues have a quote and another line.
    """
    random = np.random.default_rng(seed)
    changes = []
    for issue in tqdm(list(issues), desc="taking lines out", unit=" issues", disable=None):
        without_quote = _without_quote(issue, model)
        without_line = _without_line(issue, random) if without_quote else None
        if without_quote and without_line:
            whole, *rest = _log_odds([issue, without_quote, without_line], model)
            changes.append([abs(whole - odds) for odds in rest])
    if len(changes) < FEWEST:
        raise InputError(
            f"{len(changes)} issues have a quote and another line, fewer than {FEWEST}",
            hint="Give more issues, with bodies.",
        )
    quotes, lines = np.array(changes).T
    samples = random.integers(0, len(quotes), (RESAMPLES, len(quotes)))
    low, high = np.quantile((quotes - lines)[samples].mean(axis=1), (0.025, 0.975))
    return Faithfulness(
        issues=len(quotes),
        by_quote=float(quotes.mean()),
        by_line=float(lines.mean()),
        difference=float((quotes - lines).mean()),
        low=float(low),
        high=float(high),
        stronger=float((quotes > lines).mean()),
    )


def _without_quote(issue: Issue, model: Model) -> Issue | None:
    """The issue without the strongest quote that its body has as it is; None if there is none."""
    (entry,) = rank_issues([issue], model, explain=True).entries
    for evidence in entry.evidence:
        words = evidence.text.rstrip(CLIPPED).split()
        if not evidence.is_quote or " ".join(words) in " ".join(issue.title.split()):
            continue
        pattern = r"\s+".join(map(re.escape, words))
        body, count = re.subn(pattern, " ", issue.body, count=1)
        if count:
            return replace(issue, body=body)
    return None


def _without_line(issue: Issue, random: np.random.Generator) -> Issue | None:
    lines = issue.body.splitlines()
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if len(filled) < 2:  # noqa: PLR2004 - the quote's own line is one
        return None
    del lines[int(random.choice(filled))]
    return replace(issue, body="\n".join(lines))


def _log_odds(variants: Sequence[Issue], model: Model) -> list[float]:
    return [
        math.log(likely / (1.0 - likely))
        for variant in variants
        for entry in rank_issues([variant], model).entries
        for likely in [min(max(entry.probability, EDGE), 1.0 - EDGE)]
    ]
