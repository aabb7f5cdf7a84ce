import numpy as np
import pytest

from training.config import TargetSettings
from training.corpus import Corpus
from training.targets import training_part, used_beside, vote_factors

GOLD = np.arange(15)  # issues 1 to 15
SILVER = np.arange(66, 70)  # issues 104, 108, 112 and 116
TITLES = np.arange(96, 102)  # issues 201 to 206 of PyTorch


def test_votes_count_their_share_times_the_factor(corpus: Corpus) -> None:
    part = training_part(corpus, GOLD, TargetSettings(), [0.25, 0.75], extra=SILVER)

    assert part.targets.shape == (2, 15)
    for position in range(15):
        number = position + 1
        suspected = 1 / 3 if number % 5 == 0 else 0.0
        expected = [1.0, 1.0] if number % 3 == 0 else [0.25 * suspected, 0.75 * suspected]
        assert part.targets[:, position] == pytest.approx(expected)


def test_silver_rows_count_their_score_at_their_weight(corpus: Corpus) -> None:
    both = np.concatenate([GOLD, SILVER])
    part = training_part(corpus, both, TargetSettings(silver_weight=0.4), [0.5, 1.0], extra=SILVER)

    assert part.weights.tolist() == [1.0] * 15 + [0.4] * 4
    assert [text.key.number for text in part.texts[15:]] == [104, 108, 112, 116]
    for row in part.targets:  # of them only 108 can be divided by three
        assert row[15:] == pytest.approx([0.05, 0.8, 0.05, 0.05])


def test_an_exponent_takes_back_lenient_silver_scores(corpus: Corpus) -> None:
    part = training_part(corpus, SILVER, TargetSettings(silver_exponent=2.0), [0.5], extra=SILVER)

    assert part.targets[0] == pytest.approx([0.0025, 0.64, 0.0025, 0.0025])


def test_silver_rows_stay_away_where_they_are_not_used(corpus: Corpus) -> None:
    extra = np.concatenate([GOLD, SILVER])

    assert used_beside(corpus, extra, TargetSettings()).tolist() == extra.tolist()
    without = used_beside(corpus, extra, TargetSettings(use_silver=False))
    assert without.tolist() == GOLD.tolist()


def test_votes_that_are_not_used_have_one_factor_of_nothing(corpus: Corpus) -> None:
    factors = vote_factors(TargetSettings(use_votes=False, vote_factors=(0.5, 1.0)))

    part = training_part(corpus, GOLD, TargetSettings(), factors, extra=SILVER)

    assert factors == (0.0,)
    assert part.targets.tolist() == [corpus.is_silent[GOLD].astype(float).tolist()]


def test_targets_are_shares(corpus: Corpus) -> None:
    everything = np.arange(len(corpus.issues))
    part = training_part(corpus, everything, TargetSettings(), [0.0, 0.5, 1.0], extra=SILVER)

    assert part.targets.min() >= 0.0
    assert part.targets.max() <= 1.0


def test_titles_are_learned_from_only_where_they_are_asked_for(corpus: Corpus) -> None:
    extra = np.concatenate([GOLD, SILVER, TITLES])
    assert {*corpus.origins[TITLES]} == {"pytorch_title"}

    without, beside, alone = (
        used_beside(corpus, extra, TargetSettings(use_titles=titles, use_silver=silver)).tolist()
        for titles, silver in ((False, True), (True, True), (True, False))
    )

    assert without == [*GOLD, *SILVER]
    assert beside == extra.tolist()
    assert alone == [*GOLD, *TITLES]


def test_titles_beside_teach_how_to_read_and_are_not_judged(corpus: Corpus) -> None:
    extra = np.concatenate([SILVER, TITLES])
    part = training_part(
        corpus, np.concatenate([GOLD, extra]), TargetSettings(), [0.5], extra=extra
    )

    gold, silver, titles = (slice(0, 15), slice(15, 19), slice(19, 25))
    assert not part.facets.is_taught[gold].any()
    assert part.facets.is_taught[silver].all()
    assert part.facets.is_taught[titles].all()
    assert part.facets.is_judged[gold].all()
    assert part.facets.is_judged[silver].all()
    assert not part.facets.is_judged[titles].any()


def test_titles_that_are_measured_by_teach_and_are_judged(corpus: Corpus) -> None:
    rows = np.concatenate([SILVER, TITLES])
    part = training_part(corpus, rows, TargetSettings(), [0.5], extra=SILVER)

    assert part.facets.is_taught.all()
    assert part.facets.is_judged.all()


def test_the_study_beside_issues_of_ones_own_teaches_and_is_judged(corpus: Corpus) -> None:
    part = training_part(corpus, GOLD, TargetSettings(), [0.5], extra=GOLD[5:])

    assert part.facets.is_taught.tolist() == [False] * 5 + [True] * 10
    assert part.facets.is_judged.all()


def test_silver_rows_keep_the_teachers_opinion_whatever_their_target(corpus: Corpus) -> None:
    rows = np.concatenate([GOLD[:2], SILVER])
    settings = TargetSettings(silver_exponent=3.0)
    part = training_part(corpus, rows, settings, [0.5], extra=SILVER)

    assert np.isnan(part.facets.opinions[:2]).all()
    assert part.facets.opinions[2:] == pytest.approx([0.05, 0.8, 0.05, 0.05])
    assert part.targets[0, 2:] == pytest.approx(np.array([0.05, 0.8, 0.05, 0.05]) ** 3)
    assert np.isnan(part.facets.scenarios).all()  # the invented study tells none
