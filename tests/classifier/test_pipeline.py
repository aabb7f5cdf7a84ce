from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.errors import ArtifactError, InputError
from classifier.pipeline import ISSUES_A_BATCH, Model, Progress, load, rank_issues
from classifier.scorers.linear import NUMBERS_FILE
from classifier.types import Issue, IssueKey

if TYPE_CHECKING:
    from tests.classifier.conftest import WordScorer

SAYINGS = ("wrong", "wrong wrong", "crash", "nothing")


def issues_of(count: int) -> Iterator[Issue]:
    for number in range(1, count + 1):
        yield Issue(IssueKey("octo/demo", number), SAYINGS[number % len(SAYINGS)])


def test_issues_come_out_likeliest_first_under_the_models_name(word_model: Model) -> None:
    ranking = rank_issues(issues_of(4), word_model)

    assert ranking.model_id == "words"
    assert [entry.title for entry in ranking.entries] == [
        "wrong wrong",
        "wrong",
        "nothing",
        "crash",
    ]
    assert [entry.rank for entry in ranking.entries] == [1, 2, 3, 4]
    assert ranking.entries[0].probability == pytest.approx(0.8)


@given(
    count=st.integers(0, 3 * ISSUES_A_BATCH),
    top=st.integers(1, 300) | st.none(),
    least=st.sampled_from([0.0, 0.5, 0.9]),
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_batches_do_not_show(word_model: Model, count: int, top: int | None, least: float) -> None:
    at_once = rank_issues(issues_of(count), word_model).entries
    likely = [entry for entry in at_once if entry.probability >= least]

    kept = rank_issues(issues_of(count), word_model, top=top, min_probability=least).entries

    assert list(kept) == likely[:top]


def test_an_issue_given_twice_counts_once_as_it_was_given_first(
    word_model: Model, make_issue: Callable[..., Issue]
) -> None:
    reports: list[Progress] = []
    given = [make_issue("first"), make_issue("again"), make_issue("other", number=2)]

    ranking = rank_issues(given, word_model, on_progress=reports.append)

    assert [entry.title for entry in ranking.entries] == ["first", "other"]
    assert reports[-1] == Progress(scored_count=2, repeated_count=1)


@pytest.mark.parametrize(("repo", "number"), [("", 7), ("octo/demo", 0)])
def test_issues_without_a_whole_key_are_never_taken_for_one_another(
    word_model: Model, make_issue: Callable[..., Issue], repo: str, number: int
) -> None:
    given = [make_issue("same", repo=repo, number=number)] * 2

    assert len(rank_issues(given, word_model).entries) == 2


def test_issues_are_read_as_they_are_scored_not_all_at_first(word_model: Model) -> None:
    read_count = 0
    scored: list[tuple[int, int]] = []

    def counted() -> Iterator[Issue]:
        nonlocal read_count
        for issue in issues_of(2 * ISSUES_A_BATCH + 1):
            read_count += 1
            yield issue

    def note(progress: Progress) -> None:
        scored.append((progress.scored_count, read_count))

    rank_issues(counted(), word_model, on_progress=note)

    assert scored[0] == (ISSUES_A_BATCH, ISSUES_A_BATCH)
    assert scored[-1] == (2 * ISSUES_A_BATCH + 1, 2 * ISSUES_A_BATCH + 1)


def test_only_what_is_kept_is_explained(
    word_model: Model, word_scorer: "WordScorer", make_issue: Callable[..., Issue]
) -> None:
    given = [make_issue("wrong", "All wrong.", number=n) for n in range(1, 31)]

    ranking = rank_issues(given, word_model, top=1, explain=True)

    assert [reason.text for reason in ranking.entries[0].evidence] == [
        "All wrong.",
        "wrong",
        "no error",
    ]
    assert word_scorer.read_count == 30 + 3  # the whole, and without each of its two lines


def test_evidence_is_empty_unless_asked_for(
    word_model: Model, make_issue: Callable[..., Issue]
) -> None:
    assert rank_issues([make_issue("wrong")], word_model).entries[0].evidence == ()


def test_senseless_limits_are_refused_before_anything_is_read(word_model: Model) -> None:
    def never() -> Iterator[Issue]:
        pytest.fail("was read")
        yield

    with pytest.raises(InputError, match="top 0"):
        rank_issues(never(), word_model, top=0)


def test_a_model_directory_scores_what_it_was_taught(
    model_directory: Path, make_issue: Callable[..., Issue]
) -> None:
    model = load(model_directory)

    ranking = rank_issues(
        [
            make_issue("crash with a segmentation fault", number=1),
            make_issue("metric is wrong, no error is shown", number=2),
        ],
        model,
        explain=True,
    )

    assert model.model_id == ranking.model_id == "lessons"
    assert [entry.key.number for entry in ranking.entries] == [2, 1]
    assert ranking.entries[0].evidence[0].weight > 0 > ranking.entries[1].evidence[0].weight


def test_an_altered_model_is_refused(model_directory: Path, tmp_path: Path) -> None:
    for file in model_directory.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = tmp_path / NUMBERS_FILE
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")

    with pytest.raises(ArtifactError, match="checksum"):
        load(tmp_path)
