import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.config import Experiment
from training.experiments import Bench
from training.label_studies.audit import FACTS, Audit, Reason, audit, disagree, render, write_sheet

UP, DOWN = 0.6, 0.4


@pytest.fixture(scope="module")
def found(bench: Bench, experiment: Experiment) -> Audit:
    return audit(bench, experiment)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_negative_that_a_reviewer_suspected_is_listed(bench: Bench, found: Audit) -> None:
    corpus = bench.corpus
    suspected = {
        corpus.issues[row].issue.key
        for row in corpus.gold
        if corpus.votes[row] and not corpus.is_silent[row]
    }

    listed = {doubt.issue.key for doubt in found.doubts if doubt.reason is Reason.SUSPECTED}

    assert listed == suspected
    assert suspected


def test_other_labels_are_listed_only_beyond_the_other_class_average(found: Audit) -> None:
    others = [doubt for doubt in found.doubts if doubt.reason is not Reason.SUSPECTED]

    assert {doubt.reason for doubt in others} == {Reason.LIKELY, Reason.UNLIKELY}
    for doubt in others:
        assert doubt.is_silent is (doubt.reason is Reason.UNLIKELY)
        if doubt.is_silent:
            assert doubt.probability <= found.other_threshold
        else:
            assert not doubt.votes
            assert doubt.probability >= found.silent_threshold


def test_the_greatest_disagreement_comes_first_and_lists_can_be_cut(
    bench: Bench, experiment: Experiment, found: Audit
) -> None:
    short = audit(bench, experiment, at_most=1)  # its folds are kept: nothing trains again

    for reason in Reason:
        listed = [doubt for doubt in found.doubts if doubt.reason is reason]
        assert listed == sorted(listed, key=lambda doubt: -doubt.disagreement)
        if reason is not Reason.SUSPECTED:
            assert [doubt for doubt in short.doubts if doubt.reason is reason] == listed[:1]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=30))
def test_of_one_class_the_less_likely_label_is_doubted_more(
    rows: list[tuple[bool, float]],
) -> None:
    is_silent = np.array([True, False, *(label for label, _ in rows)])
    probabilities = np.array([UP, DOWN, *(value for _, value in rows)])

    disagreement, is_confident = disagree(is_silent, probabilities)

    assert np.abs(disagreement).max() <= 1.0
    for label, sign in ((True, -1), (False, 1)):
        order = np.argsort(sign * probabilities[is_silent == label], kind="stable")
        assert (np.diff(disagreement[is_silent == label][order]) >= -1e-12).all()
        doubted = is_confident[is_silent == label][order].astype(int)
        assert (np.diff(doubted) >= 0).all()


def test_labels_that_the_model_agrees_with_are_not_in_doubt() -> None:
    is_silent = np.array([True, True, True, False, False, False])
    probabilities = np.array([0.9, 0.8, 0.05, 0.1, 0.2, 0.95])

    disagreement, is_confident = disagree(is_silent, probabilities)

    assert is_confident.tolist() == [False, False, True, False, False, True]
    assert (disagreement > 0).tolist() == is_confident.tolist()


def test_the_sheet_has_facts_alone_and_room_for_a_verdict(found: Audit, tmp_path: Path) -> None:
    path = write_sheet(found, tmp_path / "audit.csv")

    rows = read(path)
    assert list(rows[0]) == [*FACTS, "verdict"]
    assert len(rows) == len(found.doubts)
    content = path.read_text(encoding="utf-8")
    for doubt, row in zip(found.doubts, rows, strict=True):
        assert doubt.issue.title not in content
        assert int(row["number"]) == doubt.issue.key.number
        assert float(row["probability"]) == pytest.approx(doubt.probability, abs=1e-4)
        assert row["verdict"] == ""


def test_titles_come_only_when_asked_for_and_run_no_formula(found: Audit, tmp_path: Path) -> None:
    hostile = '=HYPERLINK("https://example.org")\x1b[2J'
    doubt = found.doubts[0]
    issue = replace(doubt.issue, title=hostile, url="@SUM(1)")
    one = replace(found, doubts=[replace(doubt, issue=issue)])

    (row,) = read(write_sheet(one, tmp_path / "titles.csv", has_titles=True))

    assert row["title"].startswith("'=HYPERLINK")
    assert "\x1b" not in row["title"]
    assert row["url"] == "'@SUM(1)"


def test_the_summary_counts_each_reason_and_names_issues(found: Audit) -> None:
    text = render(found, shown=1)

    for reason in Reason:
        listed = [doubt for doubt in found.doubts if doubt.reason is reason]
        assert f"{reason}: {len(listed)} listed" in text
        assert f"{listed[0].issue.key.repo}#{listed[0].issue.key.number}" in text
