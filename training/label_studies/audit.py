"""Labels that out-of-fold probabilities doubt, for people to look at again.

A model errs more often than the reviewers did: what is listed is a question, not a correction.

References: Northcutt, Jiang & Chuang 2021 (confident learning: a label is in doubt where another
class reaches the mean probability of its own members), Kuan & Mueller 2022 (the margin against
these thresholds, which a rare class needs).
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from classifier.files import replace_file
from classifier.types import Issue
from classifier.writers.escape import csv_cell, visible
from training.config import Experiment
from training.corpus import Booleans, Corpus, Floats
from training.evaluate import Measured
from training.experiments import Bench, evaluate_quietly

SHEET = "audit.csv"
AT_MOST = 50
DIGITS = 4
FACTS = (
    *("reason", "repo", "number", "url", "votes", "is_silent"),
    *("probability", "spread", "disagreement", "is_confident"),
)
"""Columns of the sheet; the last, ``verdict``, is left to its reader."""


class Reason(StrEnum):
    """Why a label is worth a second look."""

    SUSPECTED = "not silent, but a reviewer suspected it"
    LIKELY = "not silent, but looks like it"
    UNLIKELY = "silent, but does not look like it"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One label in question."""

    reason: Reason
    issue: Issue
    votes: int | None  # 0 to 3, None where nobody voted
    is_silent: bool
    probability: float  # out of fold, mean over repeats
    spread: float  # standard deviation over repeats
    disagreement: float  # -1 to 1, above 0: nearer to the other class than its own members are
    is_confident: bool  # confident learning calls the label wrong


@dataclass(frozen=True, slots=True)
class Audit:
    """Doubts by reason, the greatest first."""

    doubts: Sequence[Doubt]
    silent_threshold: float  # mean probability of silent bugs: others from here on are in doubt
    other_threshold: float  # mean probability of the others: silent bugs up to here are


def audit(bench: Bench, experiment: Experiment, *, at_most: int = AT_MOST) -> Audit:
    """Compare labels with out-of-fold probabilities of cross-validation.

    Every negative that a reviewer suspected is listed; of the other two reasons, those that
    confident learning doubts, ``at_most`` of each.
    """
    measured = evaluate_quietly(bench, experiment, "cv").parts[0]
    return doubt_labels(bench.corpus, measured, at_most=at_most)


def doubt_labels(corpus: Corpus, measured: Measured, *, at_most: int = AT_MOST) -> Audit:
    """Find the labels to look at again among the issues that were measured."""
    labels = [corpus.issues[row] for row in _rows(corpus, measured)]
    mean = np.nanmean(measured.probabilities, axis=0)
    spread = np.nanstd(measured.probabilities, axis=0)
    disagreement, is_confident = disagree(measured.truth, mean)
    doubts = [
        Doubt(
            reason=_reason(is_silent=bool(measured.truth[i]), votes=label.votes),
            issue=label.issue,
            votes=label.votes,
            is_silent=bool(measured.truth[i]),
            probability=float(mean[i]),
            spread=float(spread[i]),
            disagreement=float(disagreement[i]),
            is_confident=bool(is_confident[i]),
        )
        for i, label in enumerate(labels)
    ]
    return Audit(
        doubts=_listed(doubts, at_most),
        silent_threshold=float(mean[measured.truth].mean()),
        other_threshold=float(mean[~measured.truth].mean()),
    )


def disagree(is_silent: Booleans, probabilities: Floats) -> tuple[Floats, Booleans]:
    """How far each label is from what the model says, and whether confident learning doubts it.

    A class's threshold is the mean probability that its own members get. Disagreement is how far
    the other class is above its threshold, less how far the label's own is above its own; a label
    is in doubt where the other class reaches its threshold, and the own one does not or is less
    likely.
    """
    of_class = np.stack([1 - probabilities, probabilities])  # (classes, issues)
    thresholds = np.array([of_class[0, ~is_silent].mean(), of_class[1, is_silent].mean()])
    above = of_class - thresholds[:, np.newaxis]
    issues, own = np.arange(len(is_silent)), is_silent.astype(np.intp)
    is_less_likely = of_class[own, issues] < of_class[1 - own, issues]
    is_confident = (above[1 - own, issues] >= 0.0) & ((above[own, issues] < 0.0) | is_less_likely)
    disagreement: Floats = (above[1 - own, issues] - above[own, issues]) / 2
    return disagreement, is_confident


def write_sheet(found: Audit, path: Path, *, has_titles: bool = False) -> Path:
    """Write a CSV file with a line a doubt and an empty column for the reader's verdict.

    It holds facts alone; with titles, which belong to those who wrote them, it is to be kept out
    of what is published.
    """
    stream = io.StringIO()
    rows = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow((*FACTS, *(("title",) if has_titles else ()), "verdict"))
    for doubt in found.doubts:
        title = (csv_cell(doubt.issue.title),) if has_titles else ()
        rows.writerow((*_facts(doubt), *title, ""))
    replace_file(path, stream.getvalue().encode())
    return path


def render(found: Audit, *, shown: int = 5) -> str:
    """How many labels are in doubt, and the first of each reason."""
    means = (
        f"Silent bugs get {found.silent_threshold:.1%} on average, others "
        f"{found.other_threshold:.1%}: beyond the other class's average, a label is in doubt."
    )
    lines = [means]
    for reason in Reason:
        listed = [doubt for doubt in found.doubts if doubt.reason is reason]
        confident = sum(doubt.is_confident for doubt in listed)
        lines.append(f"\n{reason}: {len(listed)} listed, {confident} of them in doubt")
        lines += [
            f"  {doubt.probability:6.1%} ±{doubt.spread:.1%}  "
            f"{visible(doubt.issue.key.repo)}#{doubt.issue.key.number}"
            for doubt in listed[:shown]
        ]
    return "\n".join(lines)


def _rows(corpus: Corpus, measured: Measured) -> list[int]:
    row_of = {corpus.issues[row].issue.key: int(row) for row in corpus.gold}
    return [row_of[key] for key in measured.keys]


def _reason(*, is_silent: bool, votes: int | None) -> Reason:
    if is_silent:
        return Reason.UNLIKELY
    return Reason.SUSPECTED if votes else Reason.LIKELY


def _listed(doubts: Sequence[Doubt], at_most: int) -> list[Doubt]:
    falling = sorted(doubts, key=lambda doubt: (-doubt.disagreement, doubt.issue.key))
    suspected = [doubt for doubt in falling if doubt.reason is Reason.SUSPECTED]
    listed = [suspected]
    for reason in (Reason.LIKELY, Reason.UNLIKELY):
        of_reason = [doubt for doubt in falling if doubt.reason is reason and doubt.is_confident]
        listed.append(of_reason[:at_most])
    return [doubt for part in listed for doubt in part]


def _facts(doubt: Doubt) -> tuple[str | int | float, ...]:
    key = doubt.issue.key
    return (
        str(doubt.reason),
        csv_cell(key.repo),
        key.number,
        csv_cell(doubt.issue.url),
        "" if doubt.votes is None else doubt.votes,
        int(doubt.is_silent),
        round(doubt.probability, DIGITS),
        round(doubt.spread, DIGITS),
        round(doubt.disagreement, DIGITS),
        int(doubt.is_confident),
    )
