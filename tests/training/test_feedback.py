"""Feedback on the Action's comments becomes labels, the Action's own opinion does not."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("training.cli", reason="needs the extra train", exc_type=ImportError)

from classifier.github.client import connect
from classifier.labels import read_labels
from classifier.traces import signed
from classifier.types import IssueKey
from training.cli import main
from training.feedback import Feedback, collect_feedback

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Comment, Issue
    from tests.fake_github.repository import Repository

BOT = "github-actions[bot]"
OWN_LABEL, REFUSED = "possible silent bug", "not a silent bug"


@pytest.fixture
def repository(asked_github: FakeGitHub) -> Repository:
    return asked_github.add_repository("octo/demo")


def spoken_of(repository: Repository, *, label: bool = True) -> tuple[Issue, Comment]:
    """An issue as the Action leaves it."""
    issue = repository.add_issue()
    repository.react(issue, "eyes", by=BOT)
    comment = repository.comment(issue, signed("It may be.", kind="comment"), by=BOT)
    if label:
        repository.label(issue, OWN_LABEL, by=BOT)
    return issue, comment


def collected(login: str = BOT) -> list[Feedback]:
    with connect() as client:
        return list(collect_feedback(client, "octo/demo", login=login))


def said(row: Feedback) -> tuple[str, str, str]:
    return row.label, row.labelled_by, row.how


def test_what_the_action_says_itself_is_no_label(repository: Repository) -> None:
    issue, comment = spoken_of(repository)
    repository.react(comment, "+1", by=BOT)
    repository.react(comment, "+1", by="some-other[bot]")

    (row,) = collected()

    assert (row.number, said(row), row.up) == (issue.number, ("", "", ""), 0)


@pytest.mark.parametrize(
    ("ups", "downs", "label"), [(2, 1, "silent"), (0, 1, "not silent"), (1, 1, ""), (0, 0, "")]
)
def test_reactions_of_people_count_by_majority(
    repository: Repository, ups: int, downs: int, label: str
) -> None:
    _, comment = spoken_of(repository)
    for number in range(ups):
        repository.react(comment, "+1", by=f"fan{number}")
    for number in range(downs):
        repository.react(comment, "-1", by=f"critic{number}")

    (row,) = collected()

    assert said(row) == ((label, "human", "reactions") if label else ("", "", ""))
    assert (row.up, row.down) == (ups, downs)


def test_a_persons_label_outweighs_reactions(repository: Repository) -> None:
    issue, comment = spoken_of(repository)
    repository.react(comment, "+1", by="alice")
    repository.label(issue, REFUSED.upper(), by="bob")

    (row,) = collected()

    assert said(row) == ("not silent", "human", "label")


def test_a_label_counts_without_any_comment(repository: Repository) -> None:
    issue = repository.add_issue()
    repository.label(issue, REFUSED, by="bob")

    (row,) = collected()

    assert said(row) == ("not silent", "human", "label")


@pytest.mark.parametrize("actor", [BOT, "labeler[bot]"])
def test_a_label_by_a_bot_is_nobodys_word(repository: Repository, actor: str) -> None:
    repository.label(repository.add_issue(), REFUSED, by=actor)

    (row,) = collected()

    assert said(row) == ("", "", "")


def test_reactions_on_other_comments_do_not_count(repository: Repository) -> None:
    issue, _ = spoken_of(repository)
    forged = repository.comment(issue, signed("It is.", kind="comment"), by="mallory")
    repository.react(forged, "+1", by="alice")

    (row,) = collected()

    assert said(row) == ("", "", "")


def test_issues_that_the_action_never_spoke_of_and_pull_requests_are_passed_over(
    repository: Repository,
) -> None:
    repository.add_issue()
    repository.label(repository.add_issue(), "bug", by="bob")
    repository.label(repository.add_issue(is_pull_request=True), REFUSED, by="bob")

    assert collected() == []


def test_an_account_of_ones_own_is_looked_for_and_does_not_vote(repository: Repository) -> None:
    issue = repository.add_issue()
    repository.react(issue, "eyes", by="octo")
    comment = repository.comment(issue, signed("It may be.", kind="comment"), by="octo")
    repository.react(comment, "-1", by="octo")
    repository.react(comment, "+1", by="alice")

    (row,) = collected(login="Octo")

    assert said(row) == ("silent", "human", "reactions")


def test_the_command_writes_a_labels_file_of_people_alone(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, liked = spoken_of(repository)
    repository.react(liked, "+1", by="alice")
    refused, _ = spoken_of(repository)
    repository.label(refused, REFUSED, by="bob")
    spoken_of(repository)
    out = tmp_path / "feedback.csv"
    command = ["silentrank-train", "collect-feedback", "octo/demo", "--out", str(out)]
    command += ["--since", "2026-11-01"]
    monkeypatch.setattr("sys.argv", command)

    with pytest.raises(SystemExit) as ended:
        main()

    assert not ended.value.code
    assert "1 silent, 1 not silent, 1 without a clear word" in capsys.readouterr().out
    assert read_labels(out) == {IssueKey("octo/demo", 1): True, IssueKey("octo/demo", 2): False}
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["labelled_by"] for row in rows] == ["human", "human", ""]
