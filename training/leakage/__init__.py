"""Would a model look good without having understood anything? Checks that must all pass.

- **Permuted labels**: trained and measured on labels that changed hands, a family can only guess.
- **Probes**: what is no part of the report says nothing of the label, see ``leakage.probes``.
- **Overlap**: nothing that is tested was learned from, see ``leakage.overlap``.

Bounds come from what chance does to as many issues: three standard errors, which one check in
400 or more misses by bad luck. On the study, with 77 silent bugs of 1,166, that is an area of
.10, so a smaller leak goes unseen. Of the probes, one is known to say more than nothing and has
``SECTIONS_MARGIN`` on top: reports of wrong results fill in what was expected more often than
others do (ROC AUC .62 to .63, whichever seed shuffles the folds).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import get_args

import numpy as np
import pyarrow as pa
from rich.markup import escape
from rich.table import Table

from classifier.errors import InputError
from classifier.metrics import average_precision, roc_auc
from training.config import Experiment
from training.corpus import Booleans, Corpus
from training.dataset import Origin, digest_of
from training.evaluate import Fold, run_folds
from training.experiments import Bench, log_circumstances
from training.leakage.overlap import Pairs, count_repeats, count_shared_issues, near_pairs
from training.leakage.probes import probe
from training.predictions import write_table
from training.protocols import PROTOCOLS, Part, Protocol, parts_of

PERMUTATIONS = 2
"""Each with a shuffle and folds of its own; their mean is checked."""
STANDARD_ERRORS = 3.0
CHANCE = 0.5
RANDOM_RANKINGS = 1000
SECTIONS_MARGIN = 0.05
AS_STORED = "rendering, as stored"


GROUP = "leakage"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing measured and what it may be, bounds included."""

    name: str
    value: float
    low: float
    high: float

    @property
    def passed(self) -> bool:
        """Whether the value is within its bounds."""
        return self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True)
class LeakageReport:
    """All checks of one experiment."""

    experiment: str
    checks: Sequence[Check]
    unanswered: Mapping[Protocol, str]  # protocols that the corpus cannot answer, and why

    @property
    def passes(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


def check_leakage(bench: Bench, experiment: Experiment) -> LeakageReport:
    """Run every check; finished folds are kept as in other protocols.

    Raises InputError if the corpus is too small for cross-validation.
    """
    overlap, unanswered = check_overlap(bench.corpus, experiment)
    checks = (*check_permuted(bench, experiment), *check_probes(bench.corpus, experiment), *overlap)
    return LeakageReport(experiment.name, checks, unanswered)


def record_leakage(bench: Bench, experiment: Experiment) -> LeakageReport:
    """Run every check; what they found goes to RUNS/NAME/leakage and to the tracker."""
    with bench.tracker.run(experiment.name, group=GROUP):
        log_circumstances(bench, experiment, None)
        report = check_leakage(bench, experiment)
        rows = [asdict(check) | {"passed": check.passed} for check in report.checks]
        path = bench.runs / experiment.name / GROUP / "checks.parquet"
        bench.tracker.log_file(write_table(pa.Table.from_pylist(rows), path))
        bench.tracker.log_metrics({check.name: check.value for check in report.checks})
    return report


def check_permuted(bench: Bench, experiment: Experiment) -> list[Check]:
    """Cross-validate on permuted labels, which no model can rank better than chance does."""
    settings = experiment.evaluation.model_copy(update={"repeats": 1})
    parts = [
        parts_of(permuted(bench.corpus, experiment.seed + number), settings, "cv")[0]
        for number in range(PERMUTATIONS)
    ]
    title = f"{experiment.name} permuted"
    results = run_folds(parts, experiment, bench.store, title=title, jobs=bench.jobs)
    measured = np.array([_measure(*pair) for pair in zip(parts, results, strict=True)])
    area, precision = measured.mean(axis=0)
    truth = parts[0].truth[parts[0].corpus.gold]
    margin = STANDARD_ERRORS * standard_error(truth) / math.sqrt(PERMUTATIONS)
    return [
        Check("permuted labels: ROC AUC", float(area), CHANCE - margin, CHANCE + margin),
        Check("permuted labels: AP", float(precision), 0.0, _highest_precision(truth)),
    ]


def check_probes(corpus: Corpus, experiment: Experiment) -> list[Check]:
    """Cross-validate models that know nothing but one circumstance.

    Issues of your own all come from one renderer, so its marks are what reporters wrote.
    """
    told = {AS_STORED} if corpus.of("own").size else set()
    (part,) = parts_of(corpus, experiment.evaluation, "cv")
    highest = CHANCE + STANDARD_ERRORS * standard_error(part.truth[corpus.gold])
    margins = {"answered sections": SECTIONS_MARGIN}
    return [
        Check(f"{name} alone: ROC AUC", area, 0.0, highest + margins.get(name, 0.0))
        for name, area in probe(part).items()
        if name not in told
    ]


def check_overlap(
    corpus: Corpus, experiment: Experiment
) -> tuple[list[Check], dict[Protocol, str]]:
    """Count what training and test rows share, and tell which protocols have no splits."""
    checks: list[Check] = []
    unanswered: dict[Protocol, str] = {}
    pairs_of: dict[str, Pairs] = {}
    for protocol in PROTOCOLS:
        try:
            parts = parts_of(corpus, experiment.evaluation, protocol)
        except InputError as error:
            unanswered[protocol] = str(error)
            continue
        for part in parts:
            if part.corpus.view not in pairs_of:
                pairs_of[part.corpus.view] = near_pairs([text.text for text in part.corpus.texts])
        repeated = sum(count_repeats(part, pairs_of[part.corpus.view]) for part in parts)
        shared = sum(count_shared_issues(part) for part in parts)
        checks.append(Check(f"{protocol}: tested near-duplicates of training", repeated, 0, 0))
        checks.append(Check(f"{protocol}: issues both trained and tested", shared, 0, 0))
    return checks, unanswered


def permuted(corpus: Corpus, seed: int) -> Corpus:
    """Labels change hands within each origin, all of an issue's together; texts stay."""
    generator = np.random.default_rng(seed)
    issues = list(corpus.issues)
    for origin in get_args(Origin):
        rows = corpus.of(origin)
        for row, other in zip(rows, generator.permutation(rows), strict=True):
            issues[row] = replace(corpus.issues[other], issue=corpus.issues[row].issue)
    return replace(corpus, issues=issues, digest=digest_of(issues))


def standard_error(truth: Booleans) -> float:
    """Of the ROC AUC of scores that know nothing: Mann and Whitney's, Hanley and McNeil's at .5."""
    positives, rows = int(truth.sum()), len(truth)
    return math.sqrt((rows + 1) / (12 * positives * (rows - positives)))


def render(report: LeakageReport) -> Table:
    """The checks, each value beside what is allowed."""
    grid = Table(title=f"Leakage: {report.experiment}", title_justify="left")
    for heading in ("check", "value", "allowed", "verdict"):
        grid.add_column(heading, overflow="fold")
    for check in report.checks:
        verdict = "passed" if check.passed else "FAILED"
        grid.add_row(check.name, _number(check.value), _allowed(check), verdict)
    for protocol, reason in report.unanswered.items():
        grid.add_row(f"{protocol}: overlap", "", "", f"no splits: {escape(reason)}")
    return grid


def _measure(part: Part, folds: Sequence[Fold]) -> tuple[float, float]:
    scores = np.full(len(part.truth), np.nan)
    for fold in folds:
        scores[fold.split.test] = fold.outcome.probabilities
    tested = np.flatnonzero(~np.isnan(scores))
    return (
        roc_auc(part.truth[tested], scores[tested]),
        average_precision(part.truth[tested], scores[tested]),
    )


def _highest_precision(truth: Booleans) -> float:
    """What random rankings reach: average precision has no formula for its standard error."""
    generator = np.random.default_rng(0)
    random = [
        average_precision(truth, row) for row in generator.random((RANDOM_RANKINGS, len(truth)))
    ]
    return float(np.mean(random) + STANDARD_ERRORS * np.std(random) / math.sqrt(PERMUTATIONS))


def _allowed(check: Check) -> str:
    low, high = _number(check.low), _number(check.high)
    if check.low == check.high:
        return low
    return f"{low} to {high}" if check.low else f"at most {high}"


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
