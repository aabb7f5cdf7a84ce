"""What people and bots do to issues of the fake GitHub: comments, labels, reactions."""

from collections.abc import Callable

import pytest
import requests

from tests.fake_github import FakeGitHub
from tests.fake_github.repository import Repository

Client = Callable[..., requests.Response]
ISSUES = "/repos/octo/demo/issues"


def test_a_comment_is_written_read_changed_and_deleted(demo: Repository, bot: Client) -> None:
    demo.comment(demo.add_issue(), "Me too", by="bob")
    made = bot("POST", f"{ISSUES}/1/comments", json={"body": "Possible silent bug"})
    url = made.json()["url"]

    assert made.status_code == 201
    assert made.json()["user"]["login"] == "github-actions[bot]"
    assert made.json()["performed_via_github_app"]["slug"] == "github-actions"
    assert bot("PATCH", url, json={"body": "Rather not"}).json()["body"] == "Rather not"
    assert bot("GET", url).json()["updated_at"] > made.json()["created_at"]
    bodies = [each["body"] for each in bot("GET", f"{ISSUES}/1/comments").json()]
    assert bodies == ["Me too", "Rather not"]
    assert bot("DELETE", url).status_code == 204
    assert bot("GET", url).status_code == 404
    assert bot("DELETE", url).status_code == 404


def test_comments_of_an_issue_and_of_a_repository_come_in_pages(
    demo: Repository, ask: Client
) -> None:
    first, second = demo.add_issue(), demo.add_issue()
    for place in range(5):
        demo.comment((first, second)[place % 2], f"No. {place}", by="bob")
    of_issue = ask("GET", f"{ISSUES}/1/comments?per_page=2")
    of_all = ask("GET", f"{ISSUES}/comments?per_page=4")

    assert [each["body"] for each in of_issue.json()] == ["No. 0", "No. 2"]
    assert [each["body"] for each in ask("GET", of_issue.links["next"]["url"]).json()] == ["No. 4"]
    assert [each["body"] for each in of_all.json()] == ["No. 0", "No. 1", "No. 2", "No. 3"]
    since = demo.issues[1].comments[-1].updated_at.isoformat()
    recent = ask("GET", f"{ISSUES}/1/comments", params={"since": since}).json()
    assert [each["body"] for each in recent] == ["No. 4"]


@pytest.mark.parametrize(
    ("body", "message"),
    [("", "Body cannot be blank"), ("x" * 65537, "Body is too long (maximum is 65536 characters)")],
)
def test_a_comment_needs_a_body_of_a_length_that_fits(
    demo: Repository, bot: Client, body: str, message: str
) -> None:
    issue = demo.add_issue()
    answer = bot("POST", f"{ISSUES}/1/comments", json={"body": body})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == message
    assert issue.comments == []


def test_a_locked_issue_takes_comments_of_members_alone(
    fake_github: FakeGitHub, demo: Repository, client_of: Callable[..., Client]
) -> None:
    demo.lock(demo.add_issue())
    stranger, owner = map(client_of, map(fake_github.token_user, ("bob", "octo")))

    refused = stranger("POST", f"{ISSUES}/1/comments", json={"body": "But"})
    assert refused.status_code == 403
    assert refused.json()["message"] == "Unable to create comment because issue is locked."
    assert owner("POST", f"{ISSUES}/1/comments", json={"body": "No"}).status_code == 201


def test_labels_are_put_on_an_issue_and_taken_off(demo: Repository, bot: Client) -> None:
    demo.add_issue(labels=["bug"], author="alice")
    labels = f"{ISSUES}/1/labels"

    added = bot("POST", labels, json={"labels": ["possible silent bug", "BUG"]})
    assert [label["name"] for label in added.json()] == ["bug", "possible silent bug"]
    assert bot("DELETE", f"{labels}/possible%20silent%20bug").status_code == 200
    again = bot("DELETE", f"{labels}/possible%20silent%20bug")
    assert (again.status_code, again.json()["message"]) == (404, "Label does not exist")
    replaced = bot("PUT", labels, json={"labels": ["math"]}).json()
    assert [label["name"] for label in replaced] == ["math"]
    assert [each["name"] for each in bot("GET", labels).json()] == ["math"]


def test_events_tell_who_labeled_renamed_and_closed(demo: Repository, bot: Client) -> None:
    issue = demo.add_issue("Before", author="alice")
    bot("POST", f"{ISSUES}/1/labels", json={"labels": ["x"]})
    demo.unlabel(issue, "x", by="bob")
    demo.edit(issue, title="After", by="alice")
    demo.close(issue, by="bob")
    demo.reopen(issue, by="carol")
    demo.lock(issue, by="octo")

    events = bot("GET", f"{ISSUES}/1/events").json()
    of_all = bot("GET", f"{ISSUES}/events").json()

    assert [(event["event"], event["actor"]["login"]) for event in events] == [
        ("labeled", "github-actions[bot]"),
        ("unlabeled", "bob"),
        ("renamed", "alice"),
        ("closed", "bob"),
        ("reopened", "carol"),
        ("locked", "octo"),
    ]
    assert events[0]["label"]["name"] == "x"
    assert events[2]["rename"] == {"from": "Before", "to": "After"}
    assert [event["id"] for event in of_all] == [event["id"] for event in events[::-1]]
    assert {event["issue"]["number"] for event in of_all} == {1}
    assert bot("GET", events[0]["url"]).json()["event"] == "labeled"


def test_a_timeline_has_comments_among_events_in_their_order(demo: Repository, ask: Client) -> None:
    issue = demo.add_issue()
    demo.label(issue, "bug", by="bob")
    demo.comment(issue, "Why?", by="alice")
    demo.unlabel(issue, "bug", by="bob")

    timeline = ask("GET", f"{ISSUES}/1/timeline").json()

    assert [entry["event"] for entry in timeline] == ["labeled", "commented", "unlabeled"]
    assert timeline[1]["body"] == "Why?"


def test_labels_of_a_repository_are_defined_once_whatever_their_case(
    demo: Repository, bot: Client
) -> None:
    labels = "/repos/octo/demo/labels"
    wish = {"name": "Possible silent bug", "color": "fbca04", "description": "No crash, but wrong"}

    assert bot("GET", f"{labels}/possible%20silent%20bug").status_code == 404
    assert bot("POST", labels, json=wish).status_code == 201
    assert bot("GET", f"{labels}/POSSIBLE%20SILENT%20BUG").json()["color"] == "fbca04"
    again = bot("POST", labels, json=wish | {"name": "possible SILENT bug"})
    assert again.json()["errors"][0]["code"] == "already_exists"
    assert [label["name"] for label in bot("GET", labels).json()] == [wish["name"]]
    assert len(demo.labels) == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": "x" * 51}, "name"),
        ({"name": "x", "color": "red"}, "color"),
        ({"name": "x", "description": "x" * 101}, "description"),
    ],
)
def test_a_label_that_github_does_not_take_is_refused(
    demo: Repository, bot: Client, wish: dict[str, str], field: str
) -> None:
    answer = bot("POST", "/repos/octo/demo/labels", json=wish)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert demo.labels == {}


def test_people_react_once_and_are_counted(
    fake_github: FakeGitHub, demo: Repository, bot: Client, alice: Client
) -> None:
    comment = demo.comment(demo.add_issue(), "Possible silent bug", by="github-actions[bot]")
    reactions = f"{ISSUES}/comments/{comment.id}/reactions"
    demo.react(comment, "-1", by="bob")

    assert alice("POST", reactions, json={"content": "+1"}).status_code == 201
    assert alice("POST", reactions, json={"content": "+1"}).status_code == 200
    assert alice("POST", f"{ISSUES}/1/reactions", json={"content": "eyes"}).status_code == 201
    shown = bot("GET", reactions).json()
    assert [(each["user"]["login"], each["content"]) for each in shown] == [
        ("bob", "-1"),
        ("alice", "+1"),
    ]
    rollup = bot("GET", f"{ISSUES}/comments/{comment.id}").json()["reactions"]
    assert (rollup["total_count"], rollup["+1"], rollup["-1"], rollup["heart"]) == (2, 1, 1, 0)
    assert len(bot("GET", f"{reactions}?content=%2B1").json()) == 1
    assert bot("DELETE", f"{reactions}/{shown[1]['id']}").status_code == 403
    assert alice("DELETE", f"{reactions}/{shown[1]['id']}").status_code == 204
    assert [each.user.login for each in comment.reactions] == ["bob"]
    assert fake_github.users["bob"].login == "bob"
