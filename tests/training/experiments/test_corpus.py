from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from classifier.types import IssueKey
from training.corpus import Corpus, load_corpus

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy


def gold_at(corpus: Corpus, number: int) -> int:
    keys = [label.issue.key for label in corpus.gold]
    return keys.index(IssueKey("octo/grad", number))


def silver_at(corpus: Corpus, number: int) -> int:
    return [label.issue.key.number for label in corpus.silver].index(number)


def test_gold_is_the_study_and_silver_the_pool(corpus: Corpus) -> None:
    assert len(corpus.gold) == len(corpus.gold_texts) == len(corpus.gold_groups) == 66
    assert len(corpus.silver) == len(corpus.silver_texts) == len(corpus.silver_groups) == 30
    assert corpus.is_silent.sum() == 22
    assert corpus.votes.max() == 3
    assert {label.origin for label in corpus.gold} == {"study"}
    assert {label.origin for label in corpus.silver} == {"silver"}
    for label, text in zip(corpus.gold, corpus.gold_texts, strict=True):
        assert text.key == label.issue.key


def test_near_duplicates_share_a_group_and_nobody_else_does(corpus: Corpus) -> None:
    groups = [*corpus.gold_groups, *corpus.silver_groups]

    assert corpus.gold_groups[gold_at(corpus, 1)] == corpus.gold_groups[gold_at(corpus, 2)]
    assert corpus.gold_groups[gold_at(corpus, 6)] == corpus.silver_groups[silver_at(corpus, 103)]
    assert len(set(groups)) == len(groups) - 2


def test_silver_that_repeats_what_is_tested_is_no_training_row(corpus: Corpus) -> None:
    everything = set(range(len(corpus.silver)))
    repeating = silver_at(corpus, 103)

    for_six = corpus.silver_without(np.array([gold_at(corpus, 6)]))
    for_seven = corpus.silver_without(np.array([gold_at(corpus, 7)]))

    assert set(for_six) == everything - {repeating}
    assert set(for_seven) == everything


def test_silver_counts_as_earlier_only_where_its_date_says_so(corpus: Corpus) -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC)

    earlier = set(corpus.silver_before(moment))

    for position, label in enumerate(corpus.silver):
        opened_at = label.issue.opened_at
        assert (position in earlier) == (opened_at is not None and opened_at < moment)
    assert silver_at(corpus, 101) not in earlier  # its date is not known
    assert 0 < len(earlier) < len(corpus.silver)


def test_the_same_texts_and_labels_make_the_same_corpus(
    corpus: Corpus, study: "InventedStudy"
) -> None:
    again = load_corpus(study.hydrated, labels=study.labels)

    assert again.digest == corpus.digest
    assert again.gold_texts == corpus.gold_texts
    assert (again.gold_groups == corpus.gold_groups).all()
