import numpy as np
import pytest

from training.config import TargetSettings
from training.corpus import Corpus
from training.targets import training_part, used_beside, vote_factors

GOLD = np.arange(15)  # issues 1 to 15
SILVER = np.arange(66, 70)  # issues 104, 108, 112 and 116


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
