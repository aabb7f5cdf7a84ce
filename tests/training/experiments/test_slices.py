import numpy as np
import pytest

from training.config import EvaluationSettings
from training.corpus import Booleans, Corpus
from training.paired import Predictions
from training.slices import by_looks, by_repository, slice_rows
from training.splits import Indices

SETTINGS = EvaluationSettings(resamples=100)


def longest(corpus: Corpus) -> tuple[str, Booleans]:
    """The name of a slice with enough of both classes, and which gold issues are in it."""
    slices = by_looks(corpus, corpus.gold).items()
    return next((name, is_in) for name, is_in in slices if name.startswith("above"))


@pytest.fixture
def tested(corpus: Corpus) -> Predictions:
    """A model that knows the truth of long issues, and no other."""
    truth = corpus.is_silent[corpus.gold]
    chance = np.random.default_rng(0).random(len(truth))
    is_known = longest(corpus)[1]
    return Predictions(
        name="half",
        keys=[corpus.issues[row].issue.key for row in corpus.gold],
        truth=truth,
        probabilities=np.where(is_known, truth, chance)[np.newaxis],
        folds=np.zeros((1, len(truth)), dtype=np.intp),
        train_counts=[1],
    )


def test_each_slice_is_measured_on_its_own_issues(corpus: Corpus, tested: Predictions) -> None:
    rows = slice_rows(corpus, tested, among=corpus.gold, by=by_looks, settings=SETTINGS)
    known = {name: row["roc_auc"].value > 0.999 for name, row in rows.items()}

    assert [is_known for name, is_known in known.items() if name.startswith("above")] == [True]
    assert not all(known.values())


def test_a_slice_says_how_many_issues_it_has_and_how_many_are_silent(
    corpus: Corpus, tested: Predictions
) -> None:
    rows = slice_rows(corpus, tested, among=corpus.gold, by=by_looks, settings=SETTINGS)
    name, is_in = longest(corpus)

    assert f"{name} ({tested.truth[is_in].sum()} of {is_in.sum()})" in rows


def test_lengths_are_thirds_and_every_issue_is_in_one(corpus: Corpus) -> None:
    slices = by_looks(corpus, corpus.gold)
    thirds = [rows for name, rows in slices.items() if name.endswith("characters")]

    assert len(thirds) == 3
    assert (np.sum(thirds, axis=0) == 1).all()
    assert min(rows.sum() for rows in thirds) >= len(corpus.gold) // 4


def test_what_holds_all_issues_or_too_few_is_no_slice(corpus: Corpus, tested: Predictions) -> None:
    assert slice_rows(corpus, tested, among=corpus.gold, by=by_repository, settings=SETTINGS) == {}


def test_a_slice_with_too_few_silent_bugs_can_be_named_and_is_not_measured(
    corpus: Corpus, tested: Predictions
) -> None:
    def few(corpus: Corpus, rows: Indices) -> dict[str, Booleans]:
        silent = np.flatnonzero(corpus.is_silent[rows])
        return {"almost no silent bug": ~np.isin(np.arange(len(rows)), silent[2:])}

    named, unnamed = (
        slice_rows(corpus, tested, among=corpus.gold, by=few, settings=SETTINGS, names_small=so)
        for so in (True, False)
    )

    assert named == {"almost no silent bug (2 of 46)": {}}
    assert unnamed == {}
