import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier.errors import GitHubError, InputError
from classifier.sources.github import connected
from tests.training.conftest import REPO
from training import cli
from training.collect import Selection, collect, search, selection_of, summary
from training.labels import StudyLabel, read_table

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.entities import Issue
    from tests.fake_github.repository import Repository

LABELS = ("comp:keras", "type:bug")
SELECTION = Selection(LABELS, date(2020, 1, 1), date(2020, 12, 31))
NOON = datetime(2020, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def grad(asked_github: "FakeGitHub", monkeypatch: pytest.MonkeyPatch) -> "Repository":
    """An empty repository, and a token to ask with."""
    monkeypatch.setenv("GITHUB_TOKEN", asked_github.token_user("alice"))
    asked_github.clock.set(NOON + timedelta(days=30))
    return asked_github.add_repository(REPO)


def add(
    repository: "Repository",
    title: str = "Loss is wrong",
    *,
    opened_at: datetime = NOON,
    is_closed: bool = True,
    labels: tuple[str, ...] = LABELS,
) -> "Issue":
    issue = repository.add_issue(title, labels=labels, created_at=opened_at)
    if is_closed:
        repository.close(issue)
    return issue


def row(number: int, closed_at: datetime | None = NOON + timedelta(days=60)) -> StudyLabel:
    """An issue of the study."""
    facts: dict[str, Any] = {
        **dict.fromkeys(["scenario", "impact", "component", "component_2", "root_cause"]),
        **dict.fromkeys(["github_labels", "buggy_version", "fixed_version", "fixing_commit"], ()),
        **dict.fromkeys(["vote_1", "vote_2", "vote_3", "silent"], False),
    }
    url = f"https://github.com/{REPO}/issues/{number}"
    about: dict[str, Any] = {"repo": REPO, "number": number, "url": url, "votes": 0}
    return StudyLabel(**about, opened_at=NOON, closed_at=closed_at, **facts)


def compared(study: list[StudyLabel]) -> dict[int, tuple[bool, bool, str]]:
    with connected(print) as client:
        rows = collect(client, REPO, SELECTION, study)
    return {row.number: (row.is_listed, row.is_found, row.why) for row in rows}


def test_the_selection_is_the_studys(grad: "Repository") -> None:
    add(grad)
    add(grad, is_closed=False)
    add(grad, labels=("comp:keras",))
    add(grad, opened_at=datetime(2019, 12, 31, 23, 59, tzinfo=UTC))
    first = add(grad, opened_at=datetime(2020, 1, 1, tzinfo=UTC))
    last = add(grad, opened_at=datetime(2020, 12, 31, 23, 59, tzinfo=UTC))
    grad.add_issue("a change", labels=LABELS, created_at=NOON, is_pull_request=True)

    with connected(print) as client:
        found = [record["number"] for record in search(client, REPO, SELECTION)]

    assert found == [first.number, 1, last.number]


def test_the_study_took_what_its_list_has() -> None:
    study = read_table(StudyLabel)
    selection = selection_of("study")

    days = {row.opened_at.date() for row in study if row.opened_at}
    assert (min(days), max(days)) == (selection.first_day, selection.last_day)
    assert all(row.closed_at for row in study if row.opened_at)
    lacking = [row.number for row in study if not set(selection.labels) <= set(row.github_labels)]
    assert len(lacking) / len(study) < 0.05


def test_differences_have_their_reasons(grad: "Repository") -> None:
    same, open_again, relabelled, moved, deleted = (add(grad) for _ in range(5))
    grad.reopen(open_again)
    grad.unlabel(relabelled, "type:bug", by="bob")
    grad.transfer(moved, "octo/other")
    grad.delete(deleted)
    labelled_later = add(grad)
    grad.store.clock.set(NOON + timedelta(days=90))
    closed_later = add(grad)

    assert compared([row(number) for number in range(1, 6)]) == {
        same.number: (True, True, ""),
        open_again.number: (True, False, "open again"),
        relabelled.number: (True, False, "without type:bug"),
        4: (True, False, "transferred"),
        5: (True, False, "gone"),
        labelled_later.number: (False, True, "labelled later, or left out"),
        closed_later.number: (False, True, "closed after the list was made"),
    }


def test_without_a_token_reasons_are_not_looked_up(
    grad: "Repository", asked_github: "FakeGitHub", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    add(grad)

    assert compared([row(1), row(2)])[2] == (True, False, "not looked up without a token")
    assert {request.path for request in asked_github.requests} == {"/search/issues"}


def test_issues_of_other_repositories_are_not_missed(grad: "Repository") -> None:
    add(grad)
    with connected(print) as client:
        assert [row.is_listed for row in collect(client, REPO, SELECTION, [])] == [False]
        assert collect(client, REPO, SELECTION, read_table(StudyLabel))[0].number == 1


def test_more_than_a_search_shows_takes_several(
    grad: "Repository", asked_github: "FakeGitHub"
) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(1500):
        add(grad, opened_at=start + timedelta(hours=5 * number))

    with connected(print) as client:
        numbers = [record["number"] for record in search(client, REPO, SELECTION)]

    assert numbers == list(range(1, 1501))
    queries = {request.query["q"].rpartition("created:")[2] for request in asked_github.requests}
    assert queries == {
        "2020-01-01..2020-12-31",
        "2020-01-01..2020-07-01",
        "2020-07-02..2020-12-31",
    }
    assert len(asked_github.requests) == 1 + 9 + 7


def test_a_search_that_gave_up_is_no_result(grad: "Repository", asked_github: "FakeGitHub") -> None:
    body = '{"total_count": 5, "incomplete_results": true, "items": []}'
    asked_github.fail_next(200, body=body)

    with connected(print) as client, pytest.raises(GitHubError, match="gave up"):
        list(search(client, grad.full_name, SELECTION))


def test_an_unknown_query_lists_the_known() -> None:
    with pytest.raises(InputError, match="Unknown query: survey") as caught:
        selection_of("survey")
    assert "study" in caught.value.hint


def test_agreement_comes_first_then_what_is_most(grad: "Repository") -> None:
    for _ in range(4):
        add(grad)
    with connected(print) as client:
        rows = collect(client, REPO, SELECTION, [row(1), row(98), row(99)])

    assert summary(rows) == [
        ["1", "in both", ""],
        ["2", "in the list alone", "gone"],
        ["3", "at GitHub alone", "labelled later, or left out"],
    ]


def test_the_command_prints_a_table_and_writes_a_file(
    asked_github: "FakeGitHub",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository = asked_github.add_repository("tensorflow/tensorflow")
    add(repository)
    out = tmp_path / "selection.csv"
    command = ["collect", "tensorflow/tensorflow", "--query", "study", "--out", str(out)]
    monkeypatch.setattr("sys.argv", ["silentrank-train", *command])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "1,168" in printed
    assert "at GitHub alone" in printed
    assert f"{out}: 1169 rows" in printed.replace("\n", "")
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert len(rows) == 1169
    assert rows[0] == {
        "repo": "tensorflow/tensorflow",
        "number": "1",
        "url": "https://github.com/tensorflow/tensorflow/issues/1",
        "is_listed": "false",
        "is_found": "true",
        "why": "closed after the list was made",
        "opened_at": "2020-03-01T12:00:00Z",
        "closed_at": rows[0]["closed_at"],
    }
