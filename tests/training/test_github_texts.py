"""``hydrate --from github``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from classifier.errors import GitHubError, InputError
from classifier.types import IssueKey
from tests.training.conftest import REPO
from training.hydrate import hydrate
from training.issue_text import IssueText
from training.labels import StudyLabel, keys_of, read_table
from training.shards import read_shards
from training.text_sources import read_text_source

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

OPENED_AT = datetime(2020, 5, 17, 8, 30, tzinfo=UTC)


def add(repository: "Repository", number: int, title: str, body: str = "text") -> "Issue":
    """Open an issue under a number of one's choice."""
    issue = repository.add_issue(title, body, created_at=OPENED_AT)
    del repository.issues[issue.number]
    issue.number = number
    repository.issues[number] = issue
    return issue


@pytest.fixture
def github(asked_github: "FakeGitHub", monkeypatch: pytest.MonkeyPatch) -> "FakeGitHub":
    """A GitHub that knows whoever asks."""
    monkeypatch.setenv("GITHUB_TOKEN", asked_github.token_user("alice"))
    return asked_github


def read(source: str, *keys: IssueKey) -> dict[IssueKey, IssueText]:
    return {text.key: text for text in read_text_source(source, set(keys))}


def test_labelled_issues_get_the_texts_that_they_were_filed_with(
    github: "FakeGitHub", labels: Path, tmp_path: Path
) -> None:
    grad, flame = github.add_repository(REPO), github.add_repository("octo/flame")
    for number in (1, 2, 3, 10, 11, 99):
        issue = add(grad, number, f"Title {number}", f"Body {number}")
        grad.edit(issue, title="Fixed", body="Fixed in 2.0")
    add(flame, 1, "Flame 1")

    report = hydrate("github", tmp_path / "out", labels=labels)

    texts = read_shards(tmp_path / "out")
    assert (report.read, report.stored, report.unlabelled) == (6, 6, 0)
    assert texts[IssueKey(REPO, 1)] == IssueText(
        IssueKey(REPO, 1), "Title 1", "Body 1", opened_at=OPENED_AT
    )
    assert sorted(texts) == [
        IssueKey("octo/flame", 1),
        *(IssueKey(REPO, number) for number in (1, 2, 3, 10, 11)),
    ]
    assert [table.with_text for table in report.coverage] == [3, 2, 1, 0]
    assert [request.path for request in github.requests].count("/graphql") == 1


def test_one_repository_can_be_asked_for(
    github: "FakeGitHub", labels: Path, tmp_path: Path
) -> None:
    add(github.add_repository(REPO), 1, "Title 1")
    add(github.add_repository("octo/flame"), 1, "Flame 1")

    hydrate("github:Octo/Flame", tmp_path / "out", labels=labels)

    assert list(read_shards(tmp_path / "out")) == [IssueKey("octo/flame", 1)]


def test_the_whole_study_takes_a_dozen_questions(github: "FakeGitHub", tmp_path: Path) -> None:
    repository = github.add_repository("tensorflow/tensorflow")
    keys = keys_of(read_table(StudyLabel))
    for key in keys:
        add(repository, key.number, f"Title {key.number}")

    texts = read("github:tensorflow/tensorflow", *keys)
    assert len(texts) == len(keys) == 1168
    assert [request.path for request in github.requests] == ["/graphql"] * 12

    github.requests.clear()
    assert read("github:tensorflow/tensorflow", *keys) == texts
    assert github.requests == []
    assert tmp_path


def test_transferred_issues_keep_the_name_that_their_label_knows(github: "FakeGitHub") -> None:
    repository = github.add_repository(REPO)
    issue = add(repository, 5, "Loss is odd")
    repository.edit(issue, title="Loss is wrong")
    repository.transfer(issue, "octo/other")

    texts = read("github", IssueKey(REPO, 5))

    assert texts[IssueKey(REPO, 5)].title == "Loss is odd"


def test_a_renamed_repository_is_followed(github: "FakeGitHub") -> None:
    repository = github.add_repository(REPO)
    add(repository, 5, "Loss is wrong")
    repository.rename("octo/new")

    assert read("github", IssueKey(REPO, 5))[IssueKey(REPO, 5)].title == "Loss is wrong"


def test_what_is_gone_is_missing_and_the_rest_is_there(github: "FakeGitHub") -> None:
    repository = github.add_repository(REPO)
    add(repository, 1, "here")
    repository.delete(add(repository, 2, "deleted"))
    change = add(repository, 4, "a change")
    change.is_pull_request = True
    keys = [IssueKey(REPO, number) for number in (1, 2, 3, 4)]
    keys += [IssueKey("octo/absent", number) for number in range(1, 6)]

    assert list(read("github", *keys)) == [IssueKey(REPO, 1)]
    paths = [request.path for request in github.requests]
    assert paths.count("/repos/octo/absent") == 1
    assert not any(path.startswith("/repos/octo/absent/") for path in paths)


def test_an_interrupted_run_asks_only_for_what_is_missing(github: "FakeGitHub") -> None:
    repository = github.add_repository(REPO)
    keys = [IssueKey(REPO, add(repository, number, f"{number}").number) for number in range(1, 251)]
    texts = read_text_source("github", keys)
    for _ in range(150):
        next(texts)
    texts.close()  # type: ignore[attr-defined] # as at Ctrl-C
    github.requests.clear()

    assert len(read("github", *keys)) == 250
    assert len(github.requests) == 1


def test_an_error_in_the_midst_is_told_of(github: "FakeGitHub") -> None:
    github.add_repository(REPO)
    github.fail_next(403, path=f"/repos/{REPO}/issues/1", body='{"message": "no"}')

    with pytest.raises(GitHubError, match="forbids"):
        read("github", IssueKey(REPO, 1))


def test_without_a_token_it_says_that_one_is_needed(asked_github: "FakeGitHub") -> None:
    with pytest.raises(GitHubError, match="token"):
        read("github", IssueKey(REPO, 1))
    assert asked_github.requests == []


@pytest.mark.parametrize(
    ("source", "keys", "message"),
    [
        ("github", [], "No issue is labelled"),
        ("github:octo/absent", [IssueKey(REPO, 1)], "No issue of octo/absent is labelled"),
    ],
)
def test_it_asks_for_nothing_that_is_not_labelled(
    source: str, keys: list[IssueKey], message: str, github: "FakeGitHub"
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(source, *keys)
    assert caught.value.hint
    assert github.requests == []
