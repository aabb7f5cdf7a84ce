from typing import TYPE_CHECKING

import numpy as np

from training.corpus import Corpus, load_corpus

if TYPE_CHECKING:
    from tests.training.experiments.conftest import InventedStudy


def at(corpus: Corpus, number: int) -> int:
    """Where the issue with this number stands; the invented ones share none."""
    return [label.issue.key.number for label in corpus.issues].index(number)


def rows(*positions: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.array(positions, dtype=np.intp)


def test_study_silver_and_titles_follow_each_other(corpus: Corpus) -> None:
    assert len(corpus.issues) == len(corpus.texts) == len(corpus.groups) == 66 + 30 + 90
    assert corpus.of("study").tolist() == list(range(66)) == corpus.gold.tolist()
    assert corpus.of("silver").tolist() == list(range(66, 96))
    assert corpus.of("pytorch_title").tolist() == list(range(96, 186))
    assert corpus.of("own").size == 0
    for label, text in zip(corpus.issues, corpus.texts, strict=True):
        assert text.key == label.issue.key


def test_what_is_known_of_a_row_depends_on_its_origin(corpus: Corpus) -> None:
    silver = corpus.of("silver")

    assert corpus.is_silent[corpus.gold].sum() == 22
    assert corpus.votes[corpus.gold].max() == 3
    assert not corpus.is_silent[silver].any()
    assert not corpus.is_judged[silver].any()
    assert corpus.is_judged[corpus.gold].all()
    assert sorted(set(corpus.silver_scores[silver])) == [0.05, 0.8]
    assert np.isnan(corpus.silver_scores[corpus.gold]).all()
    assert str(corpus.opened_at[at(corpus, 1)]) == "2019-06-01T10:00:00"
    assert np.isnat(corpus.opened_at[at(corpus, 101)])


def test_near_duplicates_share_a_group_and_nobody_else_does(corpus: Corpus) -> None:
    assert corpus.groups[at(corpus, 1)] == corpus.groups[at(corpus, 2)]
    assert corpus.groups[at(corpus, 6)] == corpus.groups[at(corpus, 103)]
    assert len(set(corpus.groups)) == len(corpus.groups) - 2


def test_a_row_that_repeats_what_is_tested_is_not_apart(corpus: Corpus) -> None:
    silver = corpus.of("silver")

    beside_six = corpus.apart(silver, rows(at(corpus, 6)))

    assert set(silver) - set(beside_six) == {at(corpus, 103)}
    assert corpus.apart(silver, rows(at(corpus, 7))).tolist() == silver.tolist()


def test_a_row_is_earlier_only_where_its_date_says_so(corpus: Corpus) -> None:
    moment = np.datetime64("2020-01-01")
    silver = corpus.of("silver")

    earlier = set(corpus.before(silver, moment))

    assert earlier == {row for row in silver if corpus.opened_at[row] < moment}
    assert at(corpus, 101) not in earlier  # its date is not known
    assert 0 < len(earlier) < len(silver)


def test_of_a_title_view_nothing_but_titles_is_left(corpus: Corpus) -> None:
    titles = corpus.titles()

    assert titles.view == "title"
    assert titles.digest != corpus.digest
    assert [text.segments for text in titles.texts] == [text.segments[:1] for text in corpus.texts]
    assert {label.issue.body for label in titles.issues} == {""}
    assert titles.is_silent.tolist() == corpus.is_silent.tolist()
    assert titles.groups[at(corpus, 1)] == titles.groups[at(corpus, 2)]


def test_the_same_texts_and_labels_make_the_same_corpus(
    corpus: Corpus, study: "InventedStudy"
) -> None:
    again = load_corpus(study.hydrated, labels=study.labels)

    assert again.digest == corpus.digest
    assert again.texts == corpus.texts
    assert (again.groups == corpus.groups).all()
