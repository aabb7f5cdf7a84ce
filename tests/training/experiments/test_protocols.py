import dataclasses

import numpy as np
import pytest

from classifier.errors import InputError
from training.config import Experiment
from training.corpus import Corpus
from training.protocols import PROTOCOLS, Part, Protocol, parts_of


def parts(corpus: Corpus, experiment: Experiment, protocol: Protocol) -> dict[str, Part]:
    return {part.name: part for part in parts_of(corpus, experiment.evaluation, protocol)}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_tested_was_nearly_trained_on(
    corpus: Corpus, experiment: Experiment, protocol: Protocol
) -> None:
    for part in parts(corpus, experiment, protocol).values():
        groups = part.corpus.groups
        for split in part.splits:
            trained = {*groups[split.train], *groups[split.extra]}
            assert split.test.size
            assert not trained & {*groups[split.test]}
            assert not {*split.train} & {*split.extra}


def test_every_issue_is_tested_once_a_repeat(corpus: Corpus, experiment: Experiment) -> None:
    (part,) = parts(corpus, experiment, "cv").values()

    assert len(part.splits) == 6
    for repeat in range(2):
        tested = [split.test for split in part.splits if split.repeat == repeat]
        assert sorted(np.concatenate(tested)) == corpus.gold.tolist()
    assert set(part.also) == {"any_vote"}


def test_another_fold_seed_gives_other_folds_and_another_seed_the_same(
    corpus: Corpus, experiment: Experiment
) -> None:
    def tested(experiment: Experiment) -> list[list[int]]:
        (part,) = parts(corpus, experiment, "cv").values()
        return [split.test.tolist() for split in part.splits]

    evaluation = experiment.evaluation.model_copy(update={"fold_seed": 8})

    assert tested(experiment.model_copy(update={"seed": 8})) == tested(experiment)
    assert tested(experiment.model_copy(update={"evaluation": evaluation})) != tested(experiment)


def test_the_rolling_origin_learns_from_the_past_alone(
    corpus: Corpus, experiment: Experiment
) -> None:
    (part,) = parts(corpus, experiment, "temporal").values()

    assert [split.name for split in part.splits] == ["2020-Q2", "2021-Q2"]
    for split in part.splits:
        start = corpus.opened_at[split.test].min()
        for rows in (split.train, split.extra):
            assert rows.size
            assert (corpus.opened_at[rows] < start).all()


def test_transfer_never_learns_from_a_tested_repository(
    corpus: Corpus, experiment: Experiment
) -> None:
    found = parts(corpus, experiment, "transfer")

    assert list(found) == [
        "study to PyTorch titles",
        "PyTorch titles to study",
        "PyTorch titles to later ones",
        "silver of other repositories",
    ]
    later = found.pop("PyTorch titles to later ones")
    for part in found.values():
        repos = part.corpus.repos
        for split in part.splits:
            trained = {*repos[split.train], *repos[split.extra]}
            assert not trained & {*repos[split.test]}
    (split,) = later.splits
    assert later.corpus.opened_at[split.test].min() >= np.datetime64("2023-01-01")
    assert later.corpus.opened_at[split.train].max() < np.datetime64("2023-01-01")


def test_between_pytorch_and_the_study_only_titles_are_read(
    corpus: Corpus, experiment: Experiment
) -> None:
    views = {name: part.corpus.view for name, part in parts(corpus, experiment, "transfer").items()}

    assert views.pop("silver of other repositories") == "whole"
    assert set(views.values()) == {"title"}


def test_left_out_repositories_are_tested_against_the_silver_labels(
    corpus: Corpus, experiment: Experiment
) -> None:
    part = parts(corpus, experiment, "transfer")["silver of other repositories"]

    tested = np.concatenate([split.test for split in part.splits])
    assert sorted(tested) == corpus.of("silver").tolist()
    assert part.truth[tested].tolist() == (corpus.silver_scores[tested] >= 0.5).tolist()
    assert {split.name for split in part.splits} == {f"small repositories {i}" for i in (1, 2, 3)}


def test_issues_of_your_own_take_the_studys_place(corpus: Corpus, experiment: Experiment) -> None:
    issues = [
        dataclasses.replace(label, origin="own", votes=None) if position < 60 else label
        for position, label in enumerate(corpus.issues)
    ]
    mixed = dataclasses.replace(corpus, issues=issues)

    (part,) = parts(mixed, experiment, "cv").values()
    (transfer,) = parts(mixed, experiment, "transfer").values()

    assert mixed.gold.tolist() == list(range(60))
    assert part.also == {}
    assert {*range(60, 66)} & {*part.splits[0].extra}  # the study teaches still
    assert transfer.name == "study to your issues"
    assert transfer.splits[0].test.tolist() == list(range(60))


def test_too_few_silent_bugs_to_train_on_are_refused_by_name(
    corpus: Corpus, experiment: Experiment
) -> None:
    evaluation = experiment.evaluation.model_copy(update={"inner_folds": 16})

    with pytest.raises(InputError, match=r"silent, 2020-Q2: \d+ silent and \d+ other groups"):
        parts_of(corpus, evaluation, "temporal")


def test_without_titles_of_a_later_year_transfer_is_refused(
    corpus: Corpus, experiment: Experiment
) -> None:
    known = [label for label in corpus.issues if label.origin != "pytorch_title"]
    without = dataclasses.replace(
        corpus, issues=known, texts=corpus.texts[:96], groups=corpus.groups[:96]
    )

    with pytest.raises(InputError, match="study to PyTorch titles: 0 issues to test on"):
        parts_of(without, experiment.evaluation, "transfer")
