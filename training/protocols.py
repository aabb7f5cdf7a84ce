"""What each protocol asks: who trains, who is tested, against which truth.

All rows are positions in a corpus. Whatever the protocol, no training row nearly repeats a tested
one, and every experiment with equal ``[evaluation]`` settings meets identical folds.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError
from training.config import EvaluationSettings
from training.corpus import Booleans, Corpus
from training.splits import (
    Indices,
    Split,
    leave_group_out_splits,
    repeated_stratified_splits,
    rolling_origin_splits,
)

Protocol = Literal["cv", "temporal", "transfer"]

logger = logging.getLogger(__name__)

LIKELY_SILVER = 0.5
"""A silver score from here on counts as silent where silver labels are what is tested on."""
LARGE_REPO = 10
"""Repositories with as many likely and as many unlikely silver issues are left out one by one."""
SMALL_REPO_GROUPS = 3
"""The others are left out in as many groups: alone, most have too few issues to rank."""
FEWEST_TESTED = 20
"""What the measure that reads least, precision among the first 20, needs."""
SILVER_PART = "silver of other repositories"
LATER_TITLES = np.datetime64("2023-01-01")


@dataclass(frozen=True, eq=False)
class Part:
    """One question of a protocol: a table row, or several where other truths are asked for, too."""

    name: str
    corpus: Corpus
    truth: Booleans  # (rows,) what calibration fits and measures compare with
    splits: Sequence[Split]
    also: Mapping[str, Booleans] = field(default_factory=dict)  # row name → another truth


def cross_validation(corpus: Corpus, settings: EvaluationSettings) -> list[Part]:
    """Repeated stratified folds, grouped by near-duplicates."""
    gold = corpus.gold
    splits = repeated_stratified_splits(
        corpus.is_silent[gold].tolist(),
        corpus.groups[gold].tolist(),
        folds=settings.folds,
        repeats=settings.repeats,
        seed=settings.fold_seed,
    )
    lifted = [_lift(corpus, gold, split, beside(corpus)) for split in splits]
    return [Part("silent", corpus, corpus.is_silent, lifted, _votes(corpus))]


def temporal(corpus: Corpus, settings: EvaluationSettings) -> list[Part]:
    """Rolling origin: train on the past, test on the next quarter, as it would have run."""
    extra = np.setdiff1d(beside(corpus), corpus.of("distilled"))  # their teacher knew what came
    splits = _rolling(corpus, corpus.gold, extra, settings.first_origin)
    return [Part("silent", corpus, corpus.is_silent, splits, _votes(corpus))]


def transfer(corpus: Corpus, _: EvaluationSettings) -> list[Part]:
    """Train on one source, test on another repository.

    Of PyTorch's issues only titles are known, so there both sides are reduced to titles.
    """
    if corpus.of("own").size:
        return [untouched(corpus)]
    titles = corpus.titles()
    study, pytorch = titles.gold, np.intersect1d(titles.of("pytorch_title"), _judged(titles))
    is_later = titles.opened_at[pytorch] >= LATER_TITLES
    earlier, later = pytorch[~is_later], pytorch[is_later]
    return [
        _between(titles, "study to PyTorch titles", study, pytorch),
        _between(titles, "PyTorch titles to study", pytorch, study),
        _later_titles(titles, earlier, later),
        _other_repositories(corpus),
    ]


PROTOCOLS: Mapping[Protocol, Callable[[Corpus, EvaluationSettings], list[Part]]] = MappingProxyType(
    {"cv": cross_validation, "temporal": temporal, "transfer": transfer}
)


def answerable(corpus: Corpus, settings: EvaluationSettings) -> list[Protocol]:
    """Protocols to measure fully, checked before hours are spent.

    Issues of your own may have no dates, or no study beside them, so that only cross-validation
    must be possible; the others are left out with a warning. Raises InputError if it is not, or
    if the study cannot answer one of all.
    """
    found: list[Protocol] = []
    for protocol in PROTOCOLS:
        try:
            parts_of(corpus, settings, protocol)
        except InputError as error:
            if protocol == "cv" or not corpus.of("own").size:
                raise
            logger.warning("%s is left out: %s", protocol, error)
        else:
            found.append(protocol)
    return found


def parts_of(corpus: Corpus, settings: EvaluationSettings, protocol: Protocol) -> list[Part]:
    """A protocol's parts. Raises InputError where the corpus cannot answer one of them."""
    parts = [
        part
        for part in PROTOCOLS[protocol](corpus, settings)
        if part.name not in settings.left_out_parts
    ]
    check_parts(parts, settings)
    return parts


def check_parts(parts: Sequence[Part], settings: EvaluationSettings) -> None:
    """Raise InputError where rows are too few to train or to test on, before hours are spent."""
    for part in parts:
        _check_tested(part)
        for split in part.splits:
            _check_trained(part, split, settings)


def as_reported(corpus: Corpus, settings: EvaluationSettings) -> Part:
    """Test each quarter's gold issues by a model of everything that people judged before it.

    It begins with the first quarter that has enough before it. Raises InputError if an issue has
    no opening date.
    """
    if undated := int(np.isnat(corpus.opened_at[corpus.gold]).sum()):
        raise InputError(
            f"{undated} of {len(corpus.gold)} issues have no opening date",
            hint="Give `created_at`, or leave these issues out.",
        )
    judged = np.union1d(corpus.of("study"), corpus.gold)
    known_since = corpus.opened_at[corpus.gold].min().astype("datetime64[D]").item()
    first = known_since if corpus.of("own").size else settings.first_origin
    splits = [
        replace(split, test=np.intersect1d(split.test, corpus.gold))
        for split in _rolling(corpus, judged, corpus.of("silver"), first)
    ]
    part = Part("silent", corpus, corpus.is_silent, splits)
    known = [split for split in splits if split.test.size and _is_trainable(part, split, settings)]
    return replace(part, splits=known or splits)


def untouched(corpus: Corpus) -> Part:
    """Test issues of your own by a model that learned from the study, and from none of yours."""
    return _between(corpus, "study to your issues", corpus.of("study"), corpus.gold)


def beside(corpus: Corpus) -> Indices:
    """Rows that teach but are not tested: all but gold, and titles that nobody judged."""
    unknown = np.setdiff1d(corpus.of("pytorch_title"), _judged(corpus))
    return np.setdiff1d(np.arange(len(corpus.issues)), np.union1d(corpus.gold, unknown))


def _rolling(corpus: Corpus, rows: Indices, extra: Indices, first: date) -> list[Split]:
    splits = rolling_origin_splits(corpus.opened_at[rows], corpus.groups[rows], first=first)
    starts = [corpus.opened_at[rows[split.test]].min() for split in splits]
    return [
        _lift(corpus, rows, split, corpus.before(extra, start))
        for split, start in zip(splits, starts, strict=True)
    ]


def _between(corpus: Corpus, name: str, train: Indices, test: Indices) -> Part:
    """From one source to another; silver labels of the tested repositories stay out."""
    extra = corpus.apart(_elsewhere(corpus, corpus.of("silver"), test), test)
    split = Split(name, corpus.apart(train, test), test, extra=extra)
    return Part(name, corpus, corpus.is_silent, [split])


def _later_titles(corpus: Corpus, train: Indices, test: Indices) -> Part:
    """Within one repository, from the past to a later year."""
    name = "PyTorch titles to later ones"
    extra = corpus.apart(corpus.before(corpus.of("silver"), LATER_TITLES), test)
    split = Split(name, corpus.apart(train, test), test, extra=extra)
    return Part(name, corpus, corpus.is_silent, [split])


def _other_repositories(corpus: Corpus) -> Part:
    """Leave repositories out of the silver labels, whose scores stand in for the truth there."""
    silver = corpus.of("silver")
    truth = corpus.is_silent | (np.nan_to_num(corpus.silver_scores) >= LIKELY_SILVER)
    names = _named_repositories(corpus.repos[silver], truth[silver])
    splits = []
    for split in leave_group_out_splits(names, corpus.groups[silver]):
        test = silver[split.test]
        extra = _elsewhere(corpus, corpus.of("study"), test)
        splits.append(_lift(corpus, silver, split, extra))
    return Part(SILVER_PART, corpus, truth, splits)


def _named_repositories(repo_of: NDArray[np.str_], is_likely: Booleans) -> list[str]:
    name_of: dict[str, str] = {}
    small = 0
    for repo in np.unique(repo_of):
        among = is_likely[repo_of == repo]
        if min(among.sum(), (~among).sum()) >= LARGE_REPO:
            name_of[repo] = repo
        else:
            name_of[repo] = f"small repositories {small % SMALL_REPO_GROUPS + 1}"
            small += 1
    return [name_of[repo] for repo in repo_of]


def _lift(corpus: Corpus, rows: Indices, split: Split, extra: Indices) -> Split:
    """From positions among some rows to the corpus's own, with extra rows beside them."""
    test = rows[split.test]
    return replace(split, train=rows[split.train], test=test, extra=corpus.apart(extra, test))


def _elsewhere(corpus: Corpus, rows: Indices, tested: Indices) -> Indices:
    return rows[~np.isin(corpus.repos[rows], np.unique(corpus.repos[tested]))]


def _judged(corpus: Corpus) -> Indices:
    return np.flatnonzero(corpus.is_judged)


def _votes(corpus: Corpus) -> dict[str, Booleans]:
    return {} if corpus.of("own").size else {"any_vote": corpus.votes > 0}


def _check_tested(part: Part) -> None:
    truth = part.truth[np.concatenate([split.test for split in part.splits])]
    if len(truth) < FEWEST_TESTED:
        raise InputError(
            f"{part.name}: {len(truth)} issues to test on are fewer than {FEWEST_TESTED}",
            hint="Label more issues, or start at an earlier first_origin.",
        )
    if not 0 < truth.sum() < len(truth):
        raise InputError(
            f"{part.name}: {truth.sum()} of {len(truth)} issues to test on are silent bugs",
            hint="A ranking can be measured only where both classes occur.",
        )


def _check_trained(part: Part, split: Split, settings: EvaluationSettings) -> None:
    """Refuse early what would fail hours later."""
    if not _is_trainable(part, split, settings):
        silent, others = _count_groups(part, split)
        raise InputError(
            f"{part.name}, {split.name}: {silent} silent and {others} other groups of issues are "
            f"too few to train on with {settings.inner_folds} inner folds",
            hint="Label more issues, hydrate the study's texts, lower inner_folds, or start at a "
            "later first_origin.",
        )


def _is_trainable(part: Part, split: Split, settings: EvaluationSettings) -> bool:
    return min(_count_groups(part, split)) >= settings.inner_folds


def _count_groups(part: Part, split: Split) -> tuple[int, int]:
    """Groups of silent bugs, and of other issues, to train on."""
    truth, groups = part.truth[split.train], part.corpus.groups[split.train]
    return np.unique(groups[truth]).size, np.unique(groups[~truth]).size
