import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import GitHubError, InputError, MissingExtraError
from classifier.github.query import Query
from classifier.sources import Skipped, Status, read_issues
from classifier.sources.github import parse, read_issue
from classifier.types import Issue, IssueKey

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub
    from tests.fake_github.repository import Repository


@pytest.fixture
def demo(asked_github: "FakeGitHub") -> "Repository":
    """An empty repository."""
    return asked_github.add_repository("octo/demo")


@pytest.fixture
def token(asked_github: "FakeGitHub", monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of somebody who is set up."""
    token = asked_github.token_user("alice")
    monkeypatch.setenv("GITHUB_TOKEN", token)
    return token


class Heard:
    """Reads sources, and keeps what they say."""

    def __init__(self) -> None:
        self.skipped: list[Skipped] = []
        self.statuses: list[Status] = []

    def read(self, *sources: str) -> list[Issue]:
        return list(read_issues(sources, self.skipped.append, self.statuses.append))

    @property
    def lasting(self) -> list[str]:
        return [status.text for status in self.statuses if status.is_lasting]


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_all_that_an_issue_has_arrives(demo: "Repository", heard: Heard) -> None:
    opened_at = datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)
    demo.add_issue("Loss is ｗｒｏｎｇ", "a\r\nb", labels=["bug"], created_at=opened_at)  # noqa: RUF001

    assert heard.read("github:octo/demo") == [
        Issue(
            IssueKey("octo/demo", 1),
            "Loss is ｗｒｏｎｇ",  # noqa: RUF001 - full-width survives
            "a\r\nb",
            opened_at,
            "https://github.com/octo/demo/issues/1",
            ("bug",),
        )
    ]


def test_an_absent_body_is_an_empty_one(demo: "Repository", heard: Heard) -> None:
    demo.add_issue("No words", None)

    assert [issue.body for issue in heard.read("github:octo/demo")] == [""]


def test_pull_requests_are_left_out_and_are_not_broken(demo: "Repository", heard: Heard) -> None:
    demo.add_issue("one")
    demo.add_issue("a change", is_pull_request=True)

    assert [issue.title for issue in heard.read("github:octo/demo")] == ["one"]
    assert heard.skipped == [Skipped("octo/demo#2", "a pull request", is_broken=False)]


def test_several_repositories_are_read_one_after_the_other(
    asked_github: "FakeGitHub", demo: "Repository", heard: Heard
) -> None:
    demo.add_issue("one")
    asked_github.add_repository("octo/other").add_issue("two")

    issues = heard.read("github:octo/demo", "github:octo/other?state=all&limit=5")

    assert [issue.key for issue in issues] == [IssueKey("octo/demo", 1), IssueKey("octo/other", 1)]


def test_it_says_how_much_is_read_and_how_many_requests_are_left(
    demo: "Repository", heard: Heard, token: str
) -> None:
    for number in range(120):
        demo.add_issue(f"{number}")
    heard.read("github:octo/demo")

    assert token
    assert [status.text for status in heard.statuses] == [
        "100 read, 4,998 of 5,000 requests left",
        "120 read, 4,997 of 5,000 requests left",
    ]
    assert heard.lasting == []


def test_without_a_token_it_says_so(demo: "Repository", heard: Heard) -> None:
    demo.add_issue("one")
    heard.read("github:octo/demo")

    assert heard.statuses[-1].text == "1 read, 58 of 60 requests left without a token"


def test_as_filed_undoes_what_was_edited_later(
    demo: "Repository", heard: Heard, token: str
) -> None:
    issue = demo.add_issue("Loss is odd", "It prints 3")
    demo.edit(issue, title="Loss is silently wrong", body="It should print 4")
    demo.add_issue("a change", is_pull_request=True)

    assert token
    assert [(issue.title, issue.body) for issue in heard.read("github:octo/demo?as-filed=1")] == [
        ("Loss is odd", "It prints 3")
    ]
    assert [issue.title for issue in heard.read("github:octo/demo?as-filed=0")] == [
        "Loss is silently wrong"
    ]
    assert [skipped.reason for skipped in heard.skipped] == ["a pull request"] * 2


def test_as_filed_says_of_which_issues_the_first_text_is_gone(
    demo: "Repository", heard: Heard, token: str
) -> None:
    for number in range(5):
        issue = demo.add_issue(f"{number}", "secret")
        demo.edit(issue, body="no secret")
        issue.edits[0].body = None

    assert token
    assert [issue.body for issue in heard.read("github:octo/demo?as-filed=1")] == ["no secret"] * 5
    (lasting,) = heard.lasting
    assert lasting.startswith("earliest text there is, as the first one is gone: octo/demo#1, ")
    assert lasting.endswith("octo/demo#3 … (5)")


def test_as_filed_needs_a_token(demo: "Repository", heard: Heard) -> None:
    demo.add_issue("one")

    with pytest.raises(GitHubError, match="only to who has a token"):
        heard.read("github:octo/demo?as-filed=1")


def test_it_tells_of_a_new_name_and_of_going_on(demo: "Repository", heard: Heard) -> None:
    for number in range(150):
        demo.add_issue(f"{number}")
    demo.rename("octo/new")
    issues = read_issues(["github:octo/demo"], heard.skipped.append)
    for _ in range(101):
        next(issues)
    issues.close()  # type: ignore[attr-defined] # as at Ctrl-C

    assert len(heard.read("github:octo/demo")) == 150
    assert heard.lasting[0] == "octo/demo is octo/new now"
    assert heard.lasting[1].startswith("octo/new: goes on with what was cut off, begun at ")


def test_a_wait_is_told_of(
    asked_github: "FakeGitHub",
    demo: "Repository",
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("classifier.github.retries.WORTH_TELLING_SECONDS", 1)
    demo.add_issue("one")
    asked_github.secondary_limit(retry_after_seconds=2)

    assert heard.read("github:octo/demo")
    assert heard.lasting == ["GitHub wants us to wait: 2 seconds"]


def test_an_issue_is_found_by_its_address(demo: "Repository") -> None:
    demo.add_issue("Loss is wrong", "text")

    for address in (
        "https://github.com/octo/demo/issues/1",
        "https://www.github.com/octo/demo/issues/1#issuecomment-12",
        "https://github.com/octo/demo/issues/1?x=y",
    ):
        assert read_issue(address).title == "Loss is wrong"


def test_a_transferred_issue_is_found_and_told_of(
    demo: "Repository", heard: Heard, token: str
) -> None:
    issue = demo.add_issue("Loss is odd")
    demo.edit(issue, title="Loss is wrong")
    demo.transfer(issue, "octo/other")
    address = "https://github.com/octo/demo/issues/1"

    found = read_issue(address, on_status=heard.statuses.append)
    assert (found.key, found.title) == (IssueKey("octo/other", 1), "Loss is wrong")
    assert heard.lasting == ["octo/demo#1 is octo/other#1 now"]

    assert token
    assert read_issue(address, is_as_filed=True).title == "Loss is odd"


def test_a_deleted_issue_is_an_error(demo: "Repository") -> None:
    demo.delete(demo.add_issue("goes"))

    with pytest.raises(GitHubError, match="This issue was deleted"):
        read_issue("https://github.com/octo/demo/issues/1")


@pytest.mark.parametrize("kind", ["issues", "pull"])
def test_a_pull_request_is_no_issue_to_score(kind: str, demo: "Repository") -> None:
    demo.add_issue("a change", is_pull_request=True)

    with pytest.raises(InputError, match="octo/demo#1 is no issue to score: a pull request"):
        read_issue(f"https://github.com/octo/demo/{kind}/1")


@pytest.mark.parametrize(
    "address",
    ["octo/demo#1", "https://github.com/octo/demo", "http://", "https://github.com/a/b/x/1"],
)
def test_what_is_no_address_of_an_issue_is_named(address: str) -> None:
    with pytest.raises(InputError, match="Not the address of an issue: ") as caught:
        read_issue(address)
    assert address in str(caught.value)


def test_an_issue_of_another_github_is_not_asked_for(
    demo: "Repository", monkeypatch: pytest.MonkeyPatch, asked_github: "FakeGitHub"
) -> None:
    demo.add_issue("one")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example.org")

    with pytest.raises(InputError, match=r"issues/1 is not at git\.example\.org"):
        read_issue("https://github.com/octo/demo/issues/1")
    assert asked_github.requests == []


def test_a_query_is_understood() -> None:
    request = parse("octo/demo?state=all&since=2026-11-01&labels=comp:keras,good%20first&limit=20")

    assert request.repository == "octo/demo"
    assert request.query == Query(
        "all", datetime(2026, 11, 1, tzinfo=UTC), ("comp:keras", "good first"), 20
    )
    assert not request.is_as_filed
    assert parse("octo/demo").query == Query()
    moment = parse("octo/demo?since=2026-11-01T08:30:00%2B02:00&as-filed=1")
    assert moment.query.since == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert moment.is_as_filed


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("github:", "No name of a repository: ''"),
        ("github:octo", "No name of a repository: 'octo'"),
        ("github:octo/demo/issues", "No name of a repository: 'octo/demo/issues'"),
        ("github:https://github.com/octo/demo", "No name of a repository: 'https:"),
        ("github:octo/demo?stat=open", "Unknown in octo/demo.stat=open: stat"),
        ("github:octo/demo?state=opened", "Unknown state: 'opened'"),
        ("github:octo/demo?state=", "Unknown state: ''"),
        ("github:octo/demo?since=yesterday", "No date: 'yesterday'"),
        ("github:octo/demo?since=2026-13-01", "No date: '2026-13-01'"),
        ("github:octo/demo?limit=0", "No limit: '0'"),
        ("github:octo/demo?limit=-5", "No limit: '-5'"),
        ("github:octo/demo?limit=many", "No limit: 'many'"),
        ("github:octo/demo?limit=²", "No limit: '²'"),
        ("github:octo/demo?as-filed=yes", "as-filed is 1 or 0, not 'yes'"),
        ("github:octo/demo?state=open&state=all", "Something is said twice"),
        ("github:octo/demo?nonsense", "Unknown in .*: nonsense"),
        ("github:octo/demo?labels=\udcff", "No text: "),
    ],
)
def test_what_makes_no_sense_is_named_before_anything_is_read(
    source: str, message: str, heard: Heard, asked_github: "FakeGitHub"
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        heard.read("issues.jsonl", source)
    assert caught.value.hint
    assert asked_github.requests == []


@given(st.text(st.sampled_from("octo/dm?&=%2021-:,statelimsncb\u00e9\ud800")))
def test_any_query_is_understood_or_refused(text: str) -> None:
    try:
        request = parse(f"octo/demo?{text}")
    except InputError:
        return
    assert request.repository == "octo/demo"
    assert request.query.limit is None or request.query.limit > 0
    assert all(label.encode() for label in request.query.labels)


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    for module in [name for name in sys.modules if name.startswith("classifier.github.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "github", None)

    with pytest.raises(MissingExtraError) as caught:
        heard.read("github:octo/demo")
    assert caught.value.hint == "Run `pip install 'silentrank[github]'`."
