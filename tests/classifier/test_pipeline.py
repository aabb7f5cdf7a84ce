from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.errors import ArtifactError, InputError
from classifier.metrics import Estimate
from classifier.pipeline import ISSUES_A_BATCH, Model, Progress, load, rank_issues
from classifier.profile import Profile
from classifier.ranking import rank, verdict_of
from classifier.scorers.linear import NUMBERS_FILE
from classifier.types import Issue, IssueKey, RankBy, Scenario

if TYPE_CHECKING:
    from tests.classifier.conftest import WordScorer

PROFILE = Profile(
    repository="octo/demo",
    model_id="words",
    created_at="2026-01-02T03:04:05+00:00",
    criterion="recall 0.9",
    base_rate=Estimate(0.05, 0.03, 0.08),
    log_odds_offset=0.0,
    threshold=0.3,
    band_low=0.2,
    band_high=0.8,
    issue_count=100,
    labelled_count=0,
    silent_count=0,
    passing_count=20,
    expected_real=Estimate(6.5, 2.0, 12.0),
    days=None,
)
PROFILES = st.floats(-99, 99).map(
    lambda offset: replace(PROFILE, model_id="aspects", log_odds_offset=offset)
)
SAYINGS = ("wrong", "wrong wrong", "crash", "nothing")
REPORTS = (*SAYINGS, "wrong message wrong", "wrong saveload severe", "saveload", "message")


def issues_of(count: int, sayings: Sequence[str] = SAYINGS) -> Iterator[Issue]:
    for number in range(1, count + 1):
        yield Issue(IssueKey("octo/demo", number), sayings[number % len(sayings)])


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


@pytest.mark.parametrize("by", ["probability", "priority"])
@given(
    count=st.integers(0, 3 * ISSUES_A_BATCH),
    top=st.integers(1, 300) | st.none(),
    least=st.sampled_from([0.0, 0.5, 0.7]),
    profile=st.none() | PROFILES,
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_batches_do_not_show(  # noqa: PLR0917 - pytest and Hypothesis give them by name
    aspect_model: Model,
    by: RankBy,
    count: int,
    top: int | None,
    least: float,
    profile: Profile | None,
) -> None:
    ask = partial(rank_issues, model=aspect_model, by=by, profile=profile)
    at_once = ask(issues_of(count, REPORTS), min_probability=0.0).entries
    likely = [replace(entry, rank=0) for entry in at_once if entry.probability >= least]

    kept = ask(issues_of(count, REPORTS), top=top, min_probability=least).entries

    assert [replace(entry, rank=0) for entry in kept] == likely[:top]
    assert [entry.rank for entry in kept] == list(range(1, len(kept) + 1))


def test_by_priority_the_severe_pass_the_likelier(aspect_model: Model) -> None:
    ranking = rank_issues(issues_of(8, REPORTS), aspect_model, by="priority", top=4)

    assert (ranking.by, ranking.has_outlooks) == ("priority", True)
    assert [(entry.title, round(entry.probability, 2)) for entry in ranking.entries] == [
        ("wrong wrong", 0.8),
        ("wrong saveload severe", 0.67),
        ("wrong", 0.67),
        ("wrong message wrong", 0.8),
    ]


def test_what_to_expect_of_an_issue_goes_with_it(aspect_model: Model) -> None:
    (entry,) = rank_issues([Issue(IssueKey(), "severe saveload")], aspect_model).entries

    assert entry.outlook is not None
    assert entry.outlook.scenario is Scenario.SAVELOAD
    assert entry.outlook.scenario_probability == pytest.approx(0.7)
    assert entry.outlook.impact == 4


@given(count=st.integers(0, 40), profile=PROFILES, top=st.integers(1, 40))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_under_a_profile_a_priority_is_of_the_probability_that_is_shown(
    aspect_model: Model, count: int, profile: Profile, top: int
) -> None:
    issues = list(issues_of(count, REPORTS))
    ask = partial(rank_issues, issues, aspect_model, profile=profile, min_probability=0.0)
    shown = {entry.key: entry.probability for entry in ask().entries}

    entries = ask(by="priority", top=top).entries

    assert len(entries) == min(count, top)
    assert all(entry.probability == shown[entry.key] for entry in entries)
    assert entries == rank(entries, by="priority")


def test_a_model_that_knows_no_scenarios_ranks_by_no_priority_and_reads_nothing(
    word_model: Model,
) -> None:
    def never() -> Iterator[Issue]:
        pytest.fail("was read")
        yield

    with pytest.raises(InputError, match="Model words knows no scenarios") as caught:
        rank_issues(never(), word_model, by="priority")
    assert caught.value.hint.startswith("Rank by probability")


def test_a_model_that_knows_no_scenarios_promises_none(word_model: Model) -> None:
    ranking = rank_issues(issues_of(1), word_model)

    assert (ranking.by, ranking.has_outlooks) == ("probability", False)
    assert ranking.entries[0].outlook is None


@given(count=st.integers(0, 40), offset=st.floats(-99, 99), top=st.integers(1, 40))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_profile_shifts_probabilities_and_never_the_order(
    word_model: Model, count: int, offset: float, top: int
) -> None:
    profile = replace(PROFILE, log_odds_offset=offset, threshold=0.0, band_low=0.0)

    bare = rank_issues(issues_of(count), word_model, top=top)
    under = rank_issues(issues_of(count), word_model, top=top, profile=profile)

    assert [entry.key for entry in under.entries] == [entry.key for entry in bare.entries]
    assert under.threshold == 0.0
    assert bare.threshold is None


def test_missing_facts_are_named_near_the_threshold_alone(word_model: Model) -> None:
    profile = replace(PROFILE, threshold=0.5, band_low=0.4, band_high=0.7)

    entries = rank_issues(issues_of(4), word_model, min_probability=0.0, profile=profile).entries

    assert [entry.probability for entry in entries] == pytest.approx([0.8, 2 / 3, 0.5, 1 / 3])
    assert [len(entry.missing) for entry in entries] == [0, 3, 3, 0]
    assert [verdict_of(entry, 0.5) for entry in entries] == [
        "read",
        "can't tell",
        "can't tell",
        "leave",
    ]


def test_a_profile_of_another_model_is_refused_before_anything_is_read(word_model: Model) -> None:
    def never() -> Iterator[Issue]:
        pytest.fail("was read")
        yield

    with pytest.raises(InputError, match="of model lessons, not of words"):
        rank_issues(never(), word_model, profile=replace(PROFILE, model_id="lessons"))


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
